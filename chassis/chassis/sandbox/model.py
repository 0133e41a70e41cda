"""What goes into a sandboxed call and what comes out of it."""

from __future__ import annotations

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
    """What a sandboxed function receives. It has no file names and no network: only open files and JSON arguments."""

    inputs: tuple[BufferedReader, ...]
    args: dict[str, JsonValue]
    output: BufferedRandom | None = None
    progress: Callable[[float], None] = field(default=lambda _: None)

    @property
    def source(self) -> BufferedReader:
        return self.inputs[0]


SandboxFunction = Callable[[Job], JsonValue]


class Refused(Exception):
    """Raised by a sandboxed function that will not handle this input; ``code`` is stable."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


OutcomeKind = Literal["ok", "crashed", "timed_out", "out_of_memory", "refused"]


@dataclass(frozen=True)
class SandboxOutcome:
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
class Confinement:
    """Which walls stand around the processes of a pool on this machine, strongest first in each line."""

    network: Literal["namespace", "seccomp", "none"]
    filesystem: Literal["own_root", "shared"]
    user: Literal["nobody", "no_capabilities"]
    system_calls: Literal["filtered", "unfiltered"]

    @property
    def without_network(self) -> bool:
        return self.network != "none"
