"""Many PDF files of the platform's own as one to be printed, without ever holding more than a few of them.

What is joined is for paper: marks of signatures become part of the page, and what was attached stays behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pikepdf

AT_ONCE = 25
"""Files that are open at the same time; their pages are then laid aside on the disk."""


def join(files: Iterable[Path], folder: Path) -> Path | None:
    """One file in ``folder`` with the pages of all, in their order; None of no files. Each is read once, when its turn
    comes, so that the iterator may bring it then."""
    parts: list[Path] = []
    waiting: list[Path] = []
    for file in files:
        waiting.append(file)
        if len(waiting) == AT_ONCE:
            parts.append(_joined(waiting, folder / f"part-{len(parts)}.pdf", flat=True))
            waiting = []
    if waiting:
        parts.append(_joined(waiting, folder / f"part-{len(parts)}.pdf", flat=True))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else _joined(parts, folder / "joined.pdf", flat=False)


def _joined(files: Iterable[Path], target: Path, *, flat: bool) -> Path:
    with ExitStack() as opened:
        whole = opened.enter_context(pikepdf.new())
        for file in files:
            one = opened.enter_context(pikepdf.open(file))
            if flat:
                one.flatten_annotations("print")
            whole.pages.extend(one.pages)
        whole.save(target)
    return target
