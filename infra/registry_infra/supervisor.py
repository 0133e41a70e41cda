"""Starts parts and jobs, keeps parts alive, records what it sees, and ends everything it started.

One thread: the kernel's "end with the parent" follows the starting thread, and nothing here needs a second one.
"""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from registry_infra.parts import Job, NotReady, Part
from registry_infra.problems import StackProblem, StopRequested
from registry_infra.state import PartState

FIRST_DELAY = 0.5
"""Seconds before the second attempt to start what dies before it was ever ready; the first is made at once."""
LONGEST_DELAY = 30.0
BACKLOG = 1024
"""Connections that wait at a door while nobody takes them."""
DEATHS_AT_START = 4
"""A part that dies so often before it was ever ready will not come up by waiting."""
LOG_LIMIT = 20_000_000
"""Bytes after which a part's log is set aside at its next start; one older log is kept."""


@dataclass
class Running:
    """A part together with its process and its history of deaths."""

    part: Part
    record: PartState
    process: "subprocess.Popen[bytes] | None" = None
    delay: float = 0.0
    restart_at: float | None = None
    door: socket.socket | None = None
    outlived: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    """Earlier processes of the part, whose children may still be serving at its door."""


@dataclass
class Supervisor:
    """`changed` is called with all records whenever one changed."""

    logs: Path
    changed: Callable[[list[PartState]], None] = lambda _records: None
    running: dict[str, Running] = field(default_factory=dict)
    jobs: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    stop_requested: bool = False
    _wake: "socket.socket | None" = None

    def handle_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop the stack; a child's end is noticed at once."""
        self._wake, writer = socket.socketpair()
        self._wake.setblocking(False)
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_requested = True

    # Starting

    def start(self, part: Part) -> None:
        """Starts a part and keeps it alive from now on. Does not wait for it to be ready."""
        record = PartState(part.name, health_port=part.health_port)
        self.running[part.name] = Running(part, record)
        self._spawn(self.running[part.name])
        self._record()

    def _spawn(self, entry: Running) -> None:
        if entry.part.door and entry.door is None:
            entry.door = _listen(entry.part.door)
        log = self._log(entry.part.name)
        entry.process = entry.part.program.start(log, end_with_parent=entry.part.stop_signal, door=entry.door)
        entry.restart_at = None
        entry.record.pid, entry.record.state, entry.record.since = entry.process.pid, "starting", time.time()

    def _log(self, name: str) -> Path:
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def wait_until_ready(self, names: Iterable[str]) -> None:
        """Returns when every named part can do its job; raises StackProblem when one takes too long."""
        for name in names:
            entry = self.running[name]
            deadline = time.monotonic() + entry.part.ready_within
            pause = 0.05
            while (reason := self._not_ready(entry)) is not None:
                if entry.record.restarts >= DEATHS_AT_START:
                    raise StackProblem(f"{name} does not start: {reason}. {self.see_log(name)}")
                if time.monotonic() > deadline:
                    raise StackProblem(
                        f"{name} is not ready after {entry.part.ready_within:.0f} s: {reason}. {self.see_log(name)}"
                    )
                self.watch(pause)
                pause = min(pause * 1.5, 0.5)
            self._is_ready(entry)
            self._record()

    def _is_ready(self, entry: Running) -> None:
        """From here on a death is no failure to start, and what served in its place is no longer needed."""
        entry.record.state, entry.delay = "running", 0.0
        for process in entry.outlived:
            _signal_group(process, signal.SIGTERM)
        entry.outlived.clear()

    def _not_ready(self, entry: Running) -> str | None:
        if entry.restart_at is not None:
            return entry.record.last_end
        try:
            entry.part.check()
        except NotReady as reason:
            return str(reason)
        return None

    def run_jobs(self, jobs: Iterable[Job], at_once: int = 2) -> None:
        """Runs jobs, a few at a time, each after the jobs it needs; raises StackProblem when one fails."""
        waiting, done = list(jobs), set[str]()
        active: dict[str, subprocess.Popen[bytes]] = {}
        while waiting or active:
            for job in [job for job in waiting if done.issuperset(job.needs)][: at_once - len(active)]:
                waiting.remove(job)
                name = job.program.name
                active[name] = job.program.start(self._log(name), end_with_parent=signal.SIGTERM)
                self.jobs.append(active[name])
            for name, process in list(active.items()):
                if process.poll() is None:
                    continue
                del active[name]
                self.jobs.remove(process)
                if process.returncode:
                    raise StackProblem(f"{name} failed with status {process.returncode}. {self.see_log(name)}")
                done.add(name)
            if active:
                self.watch(0.5)

    def see_log(self, name: str) -> str:
        """The end of a part's log, for a message about it."""
        log = self.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"Its last line: {last[-300:]} (all of it: {log})" if last else f"Its log {log} is empty"

    # Keeping alive

    def watch(self, seconds: float) -> None:
        """Waits at most so long, and meanwhile restarts what died; raises StopRequested after a signal."""
        self._wait(seconds)
        if self.stop_requested:
            raise StopRequested
        changes = [self._look_after(entry) for entry in self.running.values()]
        if any(changes):
            self._record()

    def _wait(self, seconds: float) -> None:
        if self._wake is None:
            time.sleep(min(seconds, 0.2))
        elif not self.stop_requested and select.select([self._wake], [], [], seconds)[0]:
            self._wake.recv(4096)

    def _look_after(self, entry: Running) -> bool:
        if entry.restart_at is not None:
            if time.monotonic() < entry.restart_at:
                return False
            entry.record.restarts += 1
            self._spawn(entry)
            return True
        if entry.process is None or entry.process.poll() is None:
            return self._notice_ready(entry)
        if entry.door:
            entry.outlived.append(entry.process)
        entry.record.last_end = describe_end(entry.process.returncode)
        entry.record.state, entry.record.pid, entry.record.since = "restarting", None, time.time()
        entry.restart_at = time.monotonic() + entry.delay
        entry.delay = min(max(FIRST_DELAY, entry.delay * 2), LONGEST_DELAY)
        return True

    def _notice_ready(self, entry: Running) -> bool:
        if entry.record.state != "starting" or entry.record.restarts == 0 or self._not_ready(entry) is not None:
            return False
        self._is_ready(entry)
        entry.record.since = time.time()
        return True

    def keep_alive(self) -> None:
        """Until a signal asks to stop."""
        while True:
            nearest = min((e.restart_at for e in self.running.values() if e.restart_at), default=None)
            starting = any(entry.record.state == "starting" for entry in self.running.values())
            pause = 0.5 if starting else 5.0
            self.watch(max(0.05, min(pause, nearest - time.monotonic())) if nearest else pause)

    # Ending

    def stop(self) -> None:
        """Ends jobs, then what talks to the servers, then the servers; each of these groups side by side."""
        for process in self.jobs:
            _signal_group(process, signal.SIGTERM)
        for process in self.jobs:
            _await_end(process, 5)
        entries = list(self.running.values())
        self._stop_together([entry for entry in entries if not entry.part.serves_others])
        self._stop_together([entry for entry in entries if entry.part.serves_others])
        self._record()

    def _stop_together(self, entries: list[Running]) -> None:
        for entry in entries:
            if entry.process is not None and entry.process.poll() is None:
                entry.process.send_signal(entry.part.stop_signal)
        for entry in entries:
            for process in entry.outlived:
                _signal_group(process, signal.SIGTERM)
            if entry.process is not None:
                _await_end(entry.process, entry.part.stop_within)
            for process in entry.outlived:
                _signal_group(process, signal.SIGKILL)
            if entry.door:
                entry.door.close()
                entry.door = None
            entry.record.state, entry.record.pid, entry.restart_at = "stopped", None, None

    def _record(self) -> None:
        self.changed([entry.record for entry in self.running.values()])


def _listen(address: tuple[str, int]) -> socket.socket:
    try:
        return socket.create_server(address, backlog=BACKLOG)
    except OSError as error:
        raise StackProblem(f"nothing can listen at {address[0]}:{address[1]}: {error.strerror}") from None


def describe_end(returncode: int) -> str:
    """How a process ended: its status, or the signal's name."""
    if returncode < 0:
        return f"it was ended by {signal.Signals(-returncode).name}"
    return f"it ended with status {returncode}"


def _await_end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.wait()
        return
    _signal_group(process, signal.SIGKILL)  # what it started and left behind


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """A part leads a process group of its own; children that it forgot are in it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return
