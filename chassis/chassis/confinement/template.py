"""The template process and its children, as the pool sees them: started, forked, ended, and what became of them."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.confinement import wire
from chassis.confinement.model import Confinement, ConfinementError, Death

START_SECONDS = 60.0
_END_SECONDS = 5.0
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC", "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2"}
_PASSED_ON = ("REGISTRY_FONT_PATH",)
"""Nothing else of the environment reaches what is confined: it holds passwords and keys."""


@dataclass
class Child:
    """One disposable process: where jobs go, and the pipe in which the template says how it ended."""

    channel: socket.socket
    ending: int
    handle: int | None = None
    jobs: int = 0

    def greet(self) -> None:
        """Waits for its hello. Raises ``wire.Closed``, ``TimeoutError`` or ``ProcessLookupError`` if there is none."""
        self.channel.settimeout(START_SECONDS)
        self.handle = os.pidfd_open(int(wire.receive(self.channel, 1 << 10)["pid"]))

    def has_ended(self, within: float) -> bool:
        """Whether it ends by itself: asked before it is killed, since afterwards both look alike."""
        if self.handle is None:
            return False
        waiting = select.poll()
        waiting.register(self.handle, select.POLLIN)
        return bool(waiting.poll(within * 1000))

    def end(self) -> Death:
        """Kills it, unless it has ended before, and says how it ended."""
        if self.handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        self.channel.close()
        ready, _, _ = select.select([self.ending], [], [], _END_SECONDS)
        answer = os.read(self.ending, 256) if ready else b""
        self.forget()
        return Death(**json.loads(answer)) if answer else Death()

    def forget(self) -> None:
        """Closes what is open of it here."""
        self.channel.close()
        os.close(self.ending)
        if self.handle is not None:
            os.close(self.handle)


class Template:
    """The process that has imported the parsers and is forked for each call."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        try:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-m", "chassis.confinement.zygote"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=_ENVIRONMENT | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    cwd="/",
                    start_new_session=True,
                )
        except OSError as error:
            raise ConfinementError(f"the confined template process does not start: {error.strerror}") from error
        try:
            self._control.settimeout(START_SECONDS)
            wire.send(self._control, configuration)
            hello = wire.receive(self._control, 1 << 12)
        except (wire.Closed, OSError) as error:
            self._process.kill()
            self.stop()
            raise ConfinementError("the confined template process does not start") from error
        self._control.settimeout(None)
        filtered = bool(hello["filtered"])
        self.confinement = Confinement(
            network="namespace" if hello["network"] else "seccomp" if filtered else "none",
            filesystem="own_root" if hello["own_root"] else "shared",
            user=hello["user"],
            system_calls="filtered" if filtered else "unfiltered",
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self) -> Child:
        """A new child. Raises OSError when the template has gone."""
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            wire.send(self._control, {}, [theirs.fileno(), write])
        except OSError:
            ours.close()
            os.close(read)
            raise
        finally:
            theirs.close()
            os.close(write)
        return Child(channel=ours, ending=read)

    def cpu_seconds(self) -> float:
        """CPU time of the template and of its children that have ended."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Ends it, and with it every child."""
        self._control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
