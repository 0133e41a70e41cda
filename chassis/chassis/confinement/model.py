"""What goes into a confined call and what comes out of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedRandom, BufferedReader
from typing import Any, Literal

JsonValue = Any
"""Whatever ``json`` writes and reads back unchanged."""

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one call. Memory is what the call may add to the idle process, mapped inputs not counted."""

    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    output_bytes: int = 256 * MIB
    reply_bytes: int = 4 * MIB
    open_files: int = 64
    threads: int = 32


@dataclass(frozen=True)
class Job:
    """What a confined function receives. It has no file names and no network: only open files and JSON arguments."""

    inputs: tuple[BufferedReader, ...]
    args: dict[str, JsonValue]
    output: BufferedRandom | None = None
    progress: Callable[[float], None] = field(default=lambda _: None)

    @property
    def source(self) -> BufferedReader:
        return self.inputs[0]


ConfinedFunction = Callable[[Job], JsonValue]


class Refused(Exception):
    """Raised by a confined function that will not handle this input; ``code`` is stable."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class ConfinementError(RuntimeError):
    """Confinement itself cannot work here (no processes, no permission): an operator's problem, not the file's."""


class ConfinementLost(ConfinementError):
    """The process was taken away from outside in the middle of its call, more than once. It says nothing about the
    file: the call may be made again later, and until it has been, nobody knows."""


OutcomeKind = Literal["ok", "crashed", "timed_out", "out_of_memory", "refused"]


@dataclass(frozen=True)
class ConfinedOutcome:
    """How a call ended. ``value`` only when ``ok``; ``detail`` is for logs, but for ``refused`` it is the code."""

    kind: OutcomeKind
    value: JsonValue = None
    detail: str = ""
    params: dict[str, str | int | float] = field(default_factory=dict)
    wall_seconds: float = 0.0
    peak_bytes: int = 0

    @property
    def ok(self) -> bool:
        return self.kind == "ok"


@dataclass(frozen=True)
class Death:
    """What the template saw of a child's end: wait status and largest resident memory in bytes, or the error number of
    a fork that failed. Neither: the template itself has gone."""

    status: int | None = None
    peak: int = 0
    failed: int | None = None

    @property
    def outside_cause(self) -> str:
        """Who took the process away, when it was neither the file nor a limit of the call; else empty.

        Decided by what was seen, not by how much memory was used:

        - Address space beyond ``RLIMIT_AS`` is refused with ENOMEM. That ends as MemoryError, or in C++ by SIGABRT or
          SIGTRAP, never by SIGKILL. So SIGKILL is the kernel's OOM killer, short of memory as a whole (a process within
          its limit may be the one it picks), or an operator, or the death of the template, with which children die.
        - ``RLIMIT_CPU`` sends SIGXCPU, a forbidden system call gives EPERM or SIGSYS, a broken parser SIGSEGV and the
          like. SIGTERM, SIGINT, SIGHUP and SIGQUIT are only ever sent by somebody.
        - Code that has taken over a parser may still kill itself. It gains that its file counts as not checked.

        What the pool kills itself (time is up) is told apart before, see ``Child.has_ended``.
        """
        if self.failed is not None:
            return f"no process: {os.strerror(self.failed)}"
        if self.status is None:
            return "the template process has gone"
        if os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) in _SENT_BY_SOMEBODY:
            return signal.Signals(os.WTERMSIG(self.status)).name
        return ""


_SENT_BY_SOMEBODY = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


@dataclass(frozen=True)
class Confinement:
    """Which walls stand around the processes of a pool on this machine, strongest first in each line."""

    network: Literal["namespace", "seccomp", "none"]
    filesystem: Literal["own_root", "shared"]
    user: Literal["nobody", "no_capabilities"]
    system_calls: Literal["filtered", "unfiltered"]

    @property
    def without_network(self) -> bool:
        return self.network != "none"
