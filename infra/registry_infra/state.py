"""The record of a running stack in its data folder, by which status, logs and down find it from another shell."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from registry_infra.parts import STACK_VARIABLE
from registry_infra.place import original_of
from registry_infra.private import write_whole


@dataclass
class PartState:
    """One part as the supervisor sees it. Times are seconds since the epoch."""

    name: str
    state: str = "waiting"
    """waiting, starting, running, restarting or stopped"""
    pid: int | None = None
    since: float = field(default_factory=time.time)
    restarts: int = 0
    last_end: str = ""
    health_port: int | None = None


@dataclass
class StackState:
    """phase: starting, running, stopping or stopped."""

    pid: int
    process_started: float
    phase: str
    url: str
    parts: list[PartState] = field(default_factory=list)

    def save(self, file: Path) -> None:
        """In one step: who reads meanwhile has the state of before or the new one."""
        write_whole(file, json.dumps(asdict(self), indent=1))


def own_state(url: str) -> StackState:
    """Of a stack that this process supervises from now on; with its start time, since process ids come again."""
    process = psutil.Process()
    return StackState(process.pid, process.create_time(), "starting", url)


def load_state(file: Path) -> StackState | None:
    """None without a stack, and in a copied folder, whose state tells of the original's processes."""
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    if original_of(file.parent):  # what was copied tells of another stack's processes
        return None
    return StackState(**{**kept, "parts": [PartState(**part) for part in kept["parts"]]})


def supervisor_of(state: StackState | None) -> psutil.Process | None:
    """The supervisor's process, if it still is the one that wrote the record."""
    if state is None:
        return None
    try:
        process = psutil.Process(state.pid)
        same = abs(process.create_time() - state.process_started) < 1
    except psutil.NoSuchProcess:
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None


def processes_of(stack_id: str) -> Iterator[psutil.Process]:
    """Every living process that carries the stack's mark, whoever started it and whatever became of its parent."""
    for process in psutil.process_iter():
        try:
            marked = process.pid != os.getpid() and process.environ().get(STACK_VARIABLE) == stack_id
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except psutil.Error:
            continue


def end_leftovers(stack_id: str, patience: float = 5.0) -> int:
    """Ends the processes that a killed supervisor left: SIGTERM, then SIGKILL. Returns how many there were."""
    left = list(processes_of(stack_id))
    for process in left:
        _ignoring_gone(process.terminate)
    _, alive = psutil.wait_procs(left, timeout=patience)
    for process in alive:
        _ignoring_gone(process.kill)
    psutil.wait_procs(alive, timeout=patience)
    return len(left)


def _ignoring_gone(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return
