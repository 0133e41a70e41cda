"""The pool: hands each call to a fresh process, watches the clock, and says how it ended."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from chassis.confinement import wire
from chassis.confinement.model import (
    ConfinedOutcome,
    Confinement,
    ConfinementError,
    ConfinementLost,
    Death,
    JsonValue,
    Limits,
)
from chassis.confinement.template import Child, Template

CHANCES = 2
"""Processes that a call gets at once, when the first is taken away from outside. Trying again later is the queue's."""
_STARTS = 3
_PAUSE = 0.2
_DYING_SECONDS = 2.0
"""Within which a process that closed its channel is seen to end by itself."""


class ConfinedPool:
    """Runs functions of ``modules`` in separate processes. Thread-safe; at most ``workers`` calls at a time.

    ``jobs_per_process`` is 1 by default: nothing of one person's file can reach the next one's. Raise it only for
    files of one and the same case. ``import_paths`` are added in front of the import path.
    """

    def __init__(
        self,
        modules: Sequence[str],
        workers: int = 2,
        *,
        jobs_per_process: int = 1,
        import_paths: Sequence[str | Path] = (),
        namespaces: bool = True,
    ) -> None:
        self.workers = workers
        self.jobs_per_process = jobs_per_process
        self._configuration = {
            "modules": list(modules),
            "import_paths": [str(path) for path in import_paths],
            "namespaces": namespaces,
        }
        self._turns = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: deque[Child] = deque()
        self._template: Template | None = None
        self._closed = False

    def start(self) -> Confinement:
        """Starts the template process and warm children; returns the walls that stand on this machine."""
        with self._lock:
            template = self._started()
            while len(self._idle) < self.workers:
                self._idle.append(template.fork())
            return template.confinement

    @property
    def confinement(self) -> Confinement:
        return self._template.confinement if self._template else self.start()

    def run(
        self,
        function: str,
        *,
        path: Path | str | None = None,
        paths: Sequence[Path | str] = (),
        args: dict[str, JsonValue] | None = None,
        output: Path | str | None = None,
        limits: Limits | None = None,
        on_progress: Callable[[float], None] | None = None,
    ) -> ConfinedOutcome:
        """Calls ``function`` ("package.module:name") with the open files and arguments. Never raises for bad input.

        ``output`` is created (it must not exist) and removed again unless the call ends well. A call whose process was
        taken away from outside (``Death.outside_cause``) begins anew on a fresh one, unless most of its time has gone;
        ``ConfinementLost`` when that one is taken away too. ``ConfinementError`` when there are no processes at all.
        """
        limits = limits or Limits()
        started = time.monotonic()
        sources = ([path] if path is not None else []) + list(paths)
        request = {
            "function": function,
            "args": args or {},
            "limits": asdict(limits),
            "output": output is not None,
        }
        for chance in range(1, CHANCES + 1):
            try:
                with _opened(sources, output) as files, self._turns:
                    outcome = self._call(request, files, limits, started, on_progress)
                break
            except _Unreadable as error:
                return ConfinedOutcome("refused", detail="input_unreadable", params={"reason": error.reason})
            except ConfinementLost:
                if chance == CHANCES or time.monotonic() - started > limits.wall_seconds / 2:
                    raise
        if output is not None and not outcome.ok:
            Path(output).unlink(missing_ok=True)
        return outcome

    def cpu_seconds(self) -> float:
        """CPU time that the pool's processes have used so far; calls still running are not counted."""
        with self._lock:
            return self._template.cpu_seconds() if self._template else 0.0

    def _call(
        self,
        request: dict[str, Any],
        files: list[int],
        limits: Limits,
        started: float,
        on_progress: Callable[[float], None] | None,
    ) -> ConfinedOutcome:
        child = self._take()
        try:
            reply = _reply(child, request, files, limits, on_progress)
        except BaseException:
            child.end()
            self._refill()
            raise
        child.jobs += 1
        peak = 0
        if reply.get("kind") in ("ok", "refused") and child.jobs < self.jobs_per_process:
            with self._lock:
                self._idle.append(child)
        else:
            by_itself = bool(reply) or child.has_ended(_DYING_SECONDS)
            death = child.end()
            peak = death.peak
            self._refill()
            if not reply:
                reply = _cause(death, limits) if by_itself else {"kind": "crashed", "detail": "closed its channel"}
        return ConfinedOutcome(
            kind=reply["kind"],
            value=reply.get("value"),
            detail=str(reply.get("detail", "")),
            params=reply.get("params", {}),
            wall_seconds=time.monotonic() - started,
            peak_bytes=peak,
        )

    def _take(self) -> Child:
        """A child that has said hello and lives; starts what is missing. ``ConfinementLost`` without memory for one."""
        death, starts = Death(), 0
        while starts < _STARTS:
            try:
                with self._lock:
                    template = self._started()
                    warm = bool(self._idle)
                    child = self._idle.popleft() if warm else template.fork()
            except OSError:
                starts += 1
                continue  # the template has just gone: a new one
            starts += not warm
            try:
                if child.handle is None:
                    child.greet()
                if not child.has_ended(0):
                    return child
            except (wire.Closed, TimeoutError, ProcessLookupError):
                pass
            death = child.end()
            if death.failed is not None:
                time.sleep(_PAUSE * max(1, starts))
        if death.outside_cause:
            raise ConfinementLost(death.outside_cause)
        raise ConfinementError("the confined processes end as soon as they start")

    def _refill(self) -> None:
        with self._lock:
            if self._template is not None and len(self._idle) < self.workers:
                with suppress(OSError):
                    self._idle.append(self._template.fork())

    def _started(self) -> Template:
        if self._closed:
            raise ConfinementError("the pool is closed")
        if self._template is None or not self._template.alive:
            self._stop()
            self._template = Template(self._configuration)
        return self._template

    def _stop(self) -> None:
        while self._idle:
            self._idle.pop().forget()
        if self._template is not None:
            self._template.stop()
            self._template = None

    def close(self) -> None:
        """Ends every process of the pool."""
        with self._lock:
            self._closed = True
            self._stop()

    def __enter__(self) -> ConfinedPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Unreadable(Exception):
    def __init__(self, reason: str) -> None:
        self.reason = reason


@contextmanager
def _opened(sources: Sequence[Path | str], output: Path | str | None) -> Iterator[list[int]]:
    """The files of one try, each from its beginning. The output is last; a try that raises leaves none."""
    files: list[int] = []
    try:
        try:
            for source in sources:
                files.append(os.open(source, os.O_RDONLY | os.O_CLOEXEC))
        except OSError as error:
            raise _Unreadable(str(error.strerror)) from error
        if output is not None:
            files.append(os.open(output, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            yield files
        except BaseException:
            if output is not None:
                Path(output).unlink(missing_ok=True)
            raise
    finally:
        for number in files:
            os.close(number)


def _reply(
    child: Child,
    request: dict[str, Any],
    files: list[int],
    limits: Limits,
    on_progress: Callable[[float], None] | None,
) -> dict[str, Any]:
    """What the child answers; empty when it went away without an answer."""
    deadline = time.monotonic() + limits.wall_seconds
    try:
        child.channel.settimeout(limits.wall_seconds)
        wire.send(child.channel, request, files)
        while True:
            child.channel.settimeout(max(0.001, deadline - time.monotonic()))
            reply = wire.receive(child.channel, limits.reply_bytes)
            if "progress" not in reply:
                return reply
            if on_progress is not None:
                on_progress(float(reply["progress"]))
    except TimeoutError:
        return {"kind": "timed_out", "detail": f"no answer in {limits.wall_seconds:g} s"}
    except wire.TooLarge:
        return {"kind": "crashed", "detail": "reply too large"}
    except (wire.Closed, ConnectionError, ValueError):
        return {}


def _cause(death: Death, limits: Limits) -> dict[str, Any]:
    """A process that died without an answer: by its CPU limit, by its memory, or by a crash of the parser.

    ``ConfinementLost`` when it was taken away.
    """
    if death.outside_cause:
        raise ConfinementLost(death.outside_cause)
    assert death.status is not None
    if os.WIFSIGNALED(death.status):
        number = os.WTERMSIG(death.status)
        name = signal.Signals(number).name
        if number == signal.SIGXCPU:
            return {"kind": "timed_out", "detail": name}
        if number in (signal.SIGABRT, signal.SIGTRAP) and death.peak > limits.memory_bytes // 2:
            return {"kind": "out_of_memory", "detail": name}
        return {"kind": "crashed", "detail": name}
    return {"kind": "crashed", "detail": f"exit status {os.waitstatus_to_exitcode(death.status)}"}
