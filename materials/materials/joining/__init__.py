"""Many PDF files of the platform's own as one to be printed, without ever holding more than a few of them.

What is joined is for paper: marks of signatures become part of the page, and what was attached stays behind. It is
done in a process apart: it takes long, and whoever asks for it has others to serve meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from chassis.confinement import ConfinedPool, ConfinementError, Limits

CONFINED_MODULE = "materials.joining.run"
AT_ONCE = 15
"""Files that are open at the same time, which with their output is what one call in confinement is given; their pages
are then laid aside on the disk."""
_LIMITS = Limits(memory_bytes=1 << 30, cpu_seconds=120, wall_seconds=180, output_bytes=1 << 30)


def join(files: Iterable[Path], folder: Path, pool: ConfinedPool) -> Path | None:
    """One file in ``folder`` with the pages of all, in their order; None of no files. Each is read once, when its turn
    comes, so that the iterator may bring it then. ``pool``: of processes that have ``CONFINED_MODULE``. Raises
    `ConfinementError` where they cannot join them."""
    parts: list[Path] = []
    waiting: list[Path] = []
    for file in files:
        waiting.append(file)
        if len(waiting) == AT_ONCE:
            parts.append(_joined(waiting, folder / f"part-{len(parts)}.pdf", pool, flat=True))
            waiting = []
    if waiting:
        parts.append(_joined(waiting, folder / f"part-{len(parts)}.pdf", pool, flat=True))
    level = 0
    while len(parts) > 1:
        level += 1
        groups = [parts[at : at + AT_ONCE] for at in range(0, len(parts), AT_ONCE)]
        parts = [
            _joined(group, folder / f"part-{level}-{number}.pdf", pool, flat=False)
            for number, group in enumerate(groups)
        ]
    return parts[0] if parts else None


def _joined(files: Sequence[Path], target: Path, pool: ConfinedPool, *, flat: bool) -> Path:
    function = f"{CONFINED_MODULE}:joined"
    outcome = pool.run(function, paths=files, args={"flat": flat}, output=target, limits=_LIMITS)
    if not outcome.ok:
        raise ConfinementError(f"{len(files)} files were not joined: {outcome.kind} {outcome.detail}")
    return target
