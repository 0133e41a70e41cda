"""How much memory a process and those it starts come to hold, sampled while something else happens."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

EVERY = 0.02
PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory:
    """Largest resident memory seen of a worker process, and of any one process below it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = self.own = resident(pid)
        self.below = 0

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self.own = max(self.own, resident(self._pid))
            self.below = max([self.below, *map(resident, started_by(self._pid))])

    def __str__(self) -> str:
        own, growth, below = (amount / 2**20 for amount in (self.own, self.own - self.before, self.below))
        return f"worker process: {own:.0f} MB, grown by {growth:.0f} MB; its largest sandbox {below:.0f} MB"


def resident(pid: int) -> int:
    """Bytes; 0 for a process that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def started_by(pid: int) -> Iterator[int]:
    """Children and their children."""
    try:
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield child
        yield from started_by(child)


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
