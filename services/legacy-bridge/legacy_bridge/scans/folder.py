"""Reading a scan in the operator's folder: never anything beside the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from legacy_bridge.scans.model import MOST_BYTES, ScanRefused, ending_of, steps_of


def read_scan(folders: Sequence[Path], path: str) -> tuple[str, bytes]:
    """A name for people, and the bytes of the file that ``path`` names under the first of ``folders`` that has it.

    Windows tells no capitals from small letters, so a name that is not there as it is written is found by its letters.
    What is read is what was looked at: the file is opened once, and no link that leads out of the folder is followed.
    Raises :class:`ScanRefused`.
    """
    steps, refusal = steps_of(path), ScanRefused("scan_missing")
    for folder in folders:
        try:
            data = _read(folder.resolve(strict=True), steps)
        except ScanRefused as refused:
            refusal = refused
            if refused.code == "scan_missing":
                continue
            raise
        return f"{Path(steps[-1]).stem[:100] or 'scan'}{ending_of(data)}", data
    raise refusal


def _read(folder: Path, steps: Sequence[str]) -> bytes:
    try:
        place = _found(folder, steps).resolve(strict=True)
        if not place.is_relative_to(folder):
            raise ScanRefused("scan_outside")
        return _bytes_of(place)
    except (FileNotFoundError, NotADirectoryError):
        raise ScanRefused("scan_missing") from None
    except (OSError, ValueError, RuntimeError):
        raise ScanRefused("scan_unreadable") from None


def _found(folder: Path, steps: Sequence[str]) -> Path:
    place = folder
    for step in steps:
        following = place / step
        if not os.path.lexists(following):
            alike = sorted(name for name in os.listdir(place) if name.casefold() == step.casefold())
            if not alike:
                raise FileNotFoundError(step)
            following = place / alike[0]
        place = following.resolve(strict=True)
        if not place.is_relative_to(folder):
            raise ScanRefused("scan_outside")
    return place


def _bytes_of(place: Path) -> bytes:
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ScanRefused("scan_unreadable")
        data = stream.read(MOST_BYTES + 1) if found.st_size <= MOST_BYTES else b""
        if found.st_size > MOST_BYTES or len(data) > MOST_BYTES:
            raise ScanRefused("scan_too_large")
    if not data:
        raise ScanRefused("scan_empty")
    return data
