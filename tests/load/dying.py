"""The payment service and its worker as processes that are started again whenever they die, and somebody who kills
them, what they start, the broker and the database."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psutil
from registry_infra.folders import claim_servers, prepare_folders
from registry_infra.postgres import prepare_server
from registry_infra.progress import silent
from registry_infra.rabbitmq import prepare_broker
from registry_infra.state import end_leftovers
from registry_infra.supervisor import Supervisor

from tests.load.servers import CHECKOUT

LEAST_LIFE = 15.0
"""Seconds within which a process is not killed again: it would never come to do anything."""
LIKELY = {"service": 4.0, "worker": 4.0, "reader": 1.0, "backend": 1.0, "database": 0.7, "broker": 0.7}


@contextmanager
def servers_that_come_back(folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses of a database and a broker that are started again whenever they die."""
    places = [prepare_folders(folder / name) for name in ("postgres", "broker")]
    for place in places:
        claim_servers(place)
    database = prepare_server(places[0], silent)  # waits for the disk: what it has said yes to, it keeps when killed
    broker = prepare_broker(places[1], silent)
    ready, stopping = threading.Event(), threading.Event()

    def keep() -> None:
        # What a thread has started ends with it: the same one starts, and starts again, and stops.
        supervisor = Supervisor(places[0].logs)
        for part in (*([database.part] if database.part else []), *broker.parts):
            supervisor.start(part)
        supervisor.wait_until_ready(list(supervisor.running))
        ready.set()
        while not stopping.is_set():
            supervisor.watch(0.2)
        supervisor.stop()

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        assert ready.wait(120), "the servers do not start"
        yield database.uri, broker.uri()
    finally:
        stopping.set()
        keeper.join()
        for place in places:
            end_leftovers(place.stack_id)


class Dying:
    """Kills the service and its worker, and the servers in ``folder``: this process may have others. ``killed`` counts
    by what it was."""

    def __init__(self, folder: Path, environment: Mapping[str, str], variant: str = "") -> None:
        self._folder = str(folder)
        service = ["tests.faults.broken", variant, "payment"] if variant else ["chassis.run", "payment"]
        self._commands = {"service": service, "worker": ["chassis.worker", "payment"]}
        self._environment = {**os.environ, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping, self._sparing = threading.Event(), threading.Event()
        self._keeper = threading.Thread(target=self._keep)
        self._killer: threading.Thread | None = None
        self.killed: Counter[str] = Counter()

    def __enter__(self) -> Dying:
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.let_live()
        self._stopping.set()
        self._keeper.join()
        for process in self._running.values():
            process.kill()
            process.wait()

    def begin_to_kill(self, pause: float, chance: random.Random) -> None:
        """Each kind at least once, then anyone; ``pause`` seconds between two deaths, about."""
        self._killer = threading.Thread(target=self._kill_all_the_time, args=(pause, chance))
        self._killer.start()

    def until_each_died(self, seconds: float) -> None:
        """Waits until somebody of each kind was killed, at most so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(not self.killed[kind] for kind in LIKELY):
            self._sparing.wait(0.2)

    def let_live(self) -> None:
        """Nobody is killed any more."""
        self._sparing.set()
        if self._killer:
            self._killer.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            for name, words in self._commands.items():
                known = self._running.get(name)
                if known is None or known.poll() is not None:
                    command = [sys.executable, "-W", "ignore", "-m", *words]
                    self._running[name] = subprocess.Popen(
                        command,
                        cwd=CHECKOUT,
                        env=self._environment,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
            self._stopping.wait(0.2)

    def _kill_all_the_time(self, pause: float, chance: random.Random) -> None:
        while not self._sparing.wait(chance.uniform(0.5, 1.5) * pause):
            spared = [kind for kind in LIKELY if not self.killed[kind]]
            kinds = [kind for kind in spared if self._of(kind)] or list(LIKELY)
            kind = chance.choices(kinds, [LIKELY[one] for one in kinds])[0]
            if found := self._of(kind):
                with suppress(ProcessLookupError, psutil.Error):
                    os.kill(chance.choice(found), signal.SIGKILL)
                    self.killed[kind] += 1

    def _of(self, kind: str) -> list[int]:
        try:
            if kind in self._running:
                process = psutil.Process(self._running[kind].pid)
                return [process.pid] if time.time() - process.create_time() > LEAST_LIFE else []
            if kind == "reader":
                return [one.pid for one in psutil.Process(self._running["worker"].pid).children(recursive=True)]
            if kind == "broker":
                return [one.pid for one in self._below("beam.smp") if self._is_ours([*one.environ().values()])]
            databases = [one for one in self._below("postgres") if self._is_ours(one.cmdline())]
            return [one.pid for server in databases for one in ([server] if kind == "database" else server.children())]
        except (psutil.Error, KeyError):
            return []

    def _below(self, name: str) -> list[psutil.Process]:
        return [one for one in psutil.Process().children(recursive=True) if one.name() == name]

    def _is_ours(self, words: Sequence[str]) -> bool:
        """Of a server that was started for the folder; what a database starts has a command line of its own."""
        return any(self._folder in word for word in words)
