"""Kills processes of a stack at random, and publishes its events again, late and out of order."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import amqp
import psutil
import psycopg
from chassis.outbox.store import envelope
from chassis.rpc.connection import connect
from psycopg.rows import namedtuple_row
from registry_infra.folders import Folders
from registry_infra.processes import Settings
from registry_infra.state import load_state

NEVER = {"epmd"}
"""Serves no request; without it the broker cannot start again, and the supervisor brings both back."""
SERVERS = {"rabbitmq": 0.25, "postgresql": 0.5, "postgres": 0.5}
"""Killed less often than the others: while one is away, there is nothing to be seen of the rest."""
CHILDREN = {"gateway", "postgresql", "postgres", "filing-materials", "identity-images"}
"""Of these, sometimes a child is killed instead: a web worker, a backend, a sandboxed parser."""
GATEWAY = ("gateway", "gateway child")
"""Both are killed in every campaign: its master, whose workers then serve on, and one of them."""


class Killer(threading.Thread):
    """``kill -9`` at random intervals until told to stop; ``killed`` counts by name."""

    def __init__(self, folders: Folders, mean_seconds: float, chance: random.Random) -> None:
        super().__init__(name="killer", daemon=True)
        self._folders = folders
        self._mean = mean_seconds
        self._chance = chance
        self._stopping = threading.Event()
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        # Every process at least once, in random order, the gateway's in the first half; then anyone.
        queue = [name for name in self._names() if name != "gateway"]
        self._chance.shuffle(queue)
        for name in GATEWAY:
            queue.insert(self._chance.randint(len(queue) // 2, len(queue)), name)
        while not self._stopping.wait(self._chance.uniform(0.3, 1.7) * self._mean):
            name = queue.pop() if queue else self._anyone()
            if name and not self._kill(name):
                queue.insert(-1, name)  # it is not up, or has no child yet: its turn comes after the next

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _pids(self) -> dict[str, int]:
        state = load_state(self._folders.state)
        return {part.name: part.pid for part in state.parts if part.pid} if state else {}

    def _names(self) -> list[str]:
        return [name for name in self._pids() if name not in NEVER]

    def _anyone(self) -> str | None:
        names = [n for n in (*self._names(), "gateway child") if self._chance.random() < SERVERS.get(n, 1.0)]
        return self._chance.choice(names) if names else None

    def _kill(self, target: str) -> bool:
        name, _, of = target.partition(" ")
        pid = self._pids().get(name)
        if pid is None:
            return False
        with suppress(psutil.Error, ProcessLookupError):
            children = psutil.Process(pid).children(recursive=True) if name in CHILDREN else []
            if of and not children:
                return False
            if children and (of or (target not in GATEWAY and self._chance.random() < 0.5)):
                os.kill(self._chance.choice(children).pid, signal.SIGKILL)
                self.killed[f"{name} child"] += 1
            else:
                os.kill(pid, signal.SIGKILL)
                self.killed[name] += 1
            return True
        return False


class Rogue(threading.Thread):
    """Publishes events of the outboxes a second and third time, shuffled, with each service's own broker user."""

    def __init__(self, settings: Settings, chance: random.Random) -> None:
        super().__init__(name="rogue", daemon=True)
        self._settings = settings
        self._chance = chance
        self._stopping = threading.Event()
        self.published = 0

    def run(self) -> None:
        services = ("identity", "filing", "payment", "archive")
        while not self._stopping.wait(1.0):
            for service in services:
                with suppress(OSError, amqp.AMQPError, psycopg.Error):
                    self._publish_again(service)

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _publish_again(self, service: str) -> None:
        url = self._settings.owner_database_urls[service]
        with psycopg.connect(url, connect_timeout=3, row_factory=namedtuple_row) as database:
            rows = database.execute("SELECT * FROM outbox ORDER BY random() LIMIT 10").fetchall()
        events = [envelope(row, service) for row in rows for _ in range(self._chance.randint(1, 2))]
        self._chance.shuffle(events)
        connection = connect(self._settings.amqp_urls[service], heartbeat=0, timeout=3)
        try:
            channel = connection.channel()
            for event in events:
                message = amqp.Message(event.model_dump_json(), delivery_mode=2, message_id=event.id)
                channel.basic_publish_confirm(message, f"{service}.events", event.name)
                self.published += 1
        finally:
            connection.close()


def wait_until(condition: Callable[[], object], seconds: float, what: str = "it") -> None:
    """Fails the test unless ``condition`` holds within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.05)
