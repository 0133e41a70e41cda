"""The pool: hands each call to a fresh process, watches the clock, and says how it ended."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from chassis.sandbox import wire
from chassis.sandbox.model import Confinement, JsonValue, Limits, SandboxOutcome

_START_SECONDS = 60.0
_END_SECONDS = 5.0
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC", "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2"}
_PASSED_ON = ("REGISTRY_FONT_PATH",)
"""Nothing else of the environment reaches the sandbox: it holds passwords and keys."""


class SandboxError(RuntimeError):
    """The sandbox itself cannot work here (no processes, no permission): an operator's problem, not the file's."""


@dataclass
class _Child:
    channel: socket.socket
    ending: int
    handle: int | None = None
    jobs: int = 0


class SandboxPool:
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
        self._idle: deque[_Child] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._confinement: Confinement | None = None
        self._closed = False

    def start(self) -> Confinement:
        """Starts the template process and warm children; returns the walls that stand on this machine."""
        with self._lock:
            self._ensure_started()
            while len(self._idle) < self.workers:
                self._idle.append(self._fork())
            assert self._confinement is not None
            return self._confinement

    @property
    def confinement(self) -> Confinement:
        return self._confinement or self.start()

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
    ) -> SandboxOutcome:
        """Calls ``function`` ("package.module:name") with the open files and arguments. Never raises for bad input.

        ``output`` is created (it must not exist) and removed again unless the call ends well.
        """
        limits = limits or Limits()
        started = time.monotonic()
        sources = ([path] if path is not None else []) + list(paths)
        files: list[int] = []
        try:
            try:
                files = [os.open(source, os.O_RDONLY | os.O_CLOEXEC) for source in sources]
            except OSError as error:
                return SandboxOutcome("refused", detail="input_unreadable", params={"reason": str(error.strerror)})
            if output is not None:
                files.append(os.open(output, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            request = {
                "function": function,
                "args": args or {},
                "limits": asdict(limits),
                "output": output is not None,
            }
            with self._turns:
                outcome = self._call(request, files, limits, started, on_progress)
        finally:
            for number in files:
                os.close(number)
        if output is not None and not outcome.ok:
            with suppress(FileNotFoundError):
                os.unlink(output)
        return outcome

    def cpu_seconds(self) -> float:
        """CPU time that the pool's processes have used so far; calls still running are not counted."""
        with self._lock:
            if self._process is None:
                return 0.0
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def _call(
        self,
        request: dict[str, Any],
        files: list[int],
        limits: Limits,
        started: float,
        on_progress: Callable[[float], None] | None,
    ) -> SandboxOutcome:
        child = self._take()
        reply: dict[str, Any] = {}
        try:
            deadline = time.monotonic() + limits.wall_seconds
            child.channel.settimeout(limits.wall_seconds)
            wire.send(child.channel, request, files)
            while True:
                child.channel.settimeout(max(0.001, deadline - time.monotonic()))
                reply = wire.receive(child.channel, limits.reply_bytes)
                if "progress" not in reply:
                    break
                if on_progress is not None:
                    on_progress(float(reply["progress"]))
                reply = {}
        except TimeoutError:
            reply = {"kind": "timed_out", "detail": f"no answer in {limits.wall_seconds:g} s"}
        except wire.TooLarge:
            reply = {"kind": "crashed", "detail": "reply too large"}
        except (wire.Closed, ConnectionError, ValueError):
            reply = {}
        child.jobs += 1
        peak = 0
        if reply.get("kind") in ("ok", "refused") and child.jobs < self.jobs_per_process:
            with self._lock:
                self._idle.append(child)
        else:
            status, peak = self._end(child)
            if not reply:
                reply = _cause_of_death(status, peak, limits)
            self._refill()
        return SandboxOutcome(
            kind=reply["kind"],
            value=reply.get("value"),
            detail=str(reply.get("detail", "")),
            params=reply.get("params", {}),
            wall_seconds=time.monotonic() - started,
            peak_bytes=peak,
        )

    def _take(self) -> _Child:
        """A warm child that has said hello; starts what is missing."""
        for _ in range(3):
            with self._lock:
                self._ensure_started()
                child = self._idle.popleft() if self._idle else self._fork()
            if child.handle is not None:
                return child
            try:
                child.channel.settimeout(_START_SECONDS)
                child.handle = os.pidfd_open(int(wire.receive(child.channel, 1 << 10)["pid"]))
                return child
            except (wire.Closed, TimeoutError, ProcessLookupError):
                self._end(child)
                with self._lock:
                    self._stop()
        raise SandboxError("the sandbox's processes end as soon as they start")

    def _refill(self) -> None:
        with self._lock:
            if self._control is not None and len(self._idle) < self.workers:
                with suppress(OSError):
                    self._idle.append(self._fork())

    def _fork(self) -> _Child:
        assert self._control is not None
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
        return _Child(channel=ours, ending=read)

    def _end(self, child: _Child) -> tuple[int, int]:
        """Kills the child and returns (wait status, peak bytes); one that died before keeps its own status."""
        if child.handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(child.handle, signal.SIGKILL)
            os.close(child.handle)
        child.channel.close()
        try:
            ready, _, _ = select.select([child.ending], [], [], _END_SECONDS)
            answer = os.read(child.ending, 256) if ready else b""
        finally:
            os.close(child.ending)
        message = json.loads(answer) if answer else {"status": int(signal.SIGKILL), "peak": 0}
        return message["status"], message["peak"]

    def _ensure_started(self) -> None:
        if self._closed:
            raise SandboxError("the pool is closed")
        if self._process is not None and self._process.poll() is None:
            return
        self._stop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "chassis.sandbox.zygote"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_ENVIRONMENT | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                cwd="/",
                start_new_session=True,
            )
        try:
            ours.settimeout(_START_SECONDS)
            wire.send(ours, self._configuration)
            hello = wire.receive(ours, 1 << 12)
        except (wire.Closed, TimeoutError) as error:
            ours.close()
            self._process.kill()
            self._process.wait()
            self._process = None
            raise SandboxError("the sandbox's template process does not start") from error
        ours.settimeout(None)
        self._control = ours
        filtered = bool(hello["filtered"])
        self._confinement = Confinement(
            network="namespace" if hello["network"] else "seccomp" if filtered else "none",
            filesystem="own_root" if hello["own_root"] else "shared",
            user=hello["user"],
            system_calls="filtered" if filtered else "unfiltered",
        )

    def _stop(self) -> None:
        while self._idle:
            child = self._idle.pop()
            child.channel.close()
            os.close(child.ending)
            if child.handle is not None:
                os.close(child.handle)
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def close(self) -> None:
        """Ends every process of the pool."""
        with self._lock:
            self._closed = True
            self._stop()

    def __enter__(self) -> SandboxPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _cause_of_death(status: int, peak: int, limits: Limits) -> dict[str, Any]:
    """A process that died without an answer: by its CPU limit, by memory, or by a crash of the parser."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        if number == signal.SIGXCPU:
            return {"kind": "timed_out", "detail": name}
        if number in (signal.SIGABRT, signal.SIGTRAP, signal.SIGKILL) and peak > limits.memory_bytes // 2:
            return {"kind": "out_of_memory", "detail": name}
        return {"kind": "crashed", "detail": name}
    return {"kind": "crashed", "detail": f"exit status {os.waitstatus_to_exitcode(status)}"}
