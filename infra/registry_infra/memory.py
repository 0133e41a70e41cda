"""A folder in memory for a test's server, of which nothing is kept.

A database of a test is a copy of 600 small files, made and deleted again. That is most of what a test costs where they
lie on a disk: its file system takes two to five times as long for it as memory does.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  a folder of this user's own is made in it, and looked at before it is used
ROOM = 2 << 30
"""Bytes that have to be free, in that file system and of the machine's memory: several times what two servers take."""


@contextmanager
def folder_in_memory(otherwise: Path, memory: Path = MEMORY) -> Iterator[Path]:
    """A new folder in memory, gone afterwards; ``otherwise`` where there is no such place or too little room."""
    place = memory / f"registry-tests-{os.geteuid()}"
    if not _has_room(memory) or not _is_ours(place):
        yield otherwise
        return
    with _turn(place):
        _remove_left_over(place)
        folder = Path(tempfile.mkdtemp(dir=place))
        folder.chmod(0o711)  # the servers' user has to pass through
        held = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def _has_room(memory: Path) -> bool:
    try:
        facts = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        available = int(facts["MemAvailable"].split()[0]) * 1024
        return min(available, shutil.disk_usage(memory).free) >= ROOM and os.access(memory, os.W_OK)
    except (OSError, KeyError, ValueError):  # another system than Linux
        return False


def _is_ours(place: Path) -> bool:
    """Everybody may make entries in there: one that another user made, or a link, is none to use."""
    with suppress(FileExistsError):
        place.mkdir(mode=0o711)
        place.chmod(0o711)
    return not place.is_symlink() and place.is_dir() and place.stat().st_uid == os.geteuid()


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    """Nobody removes a folder between its making and its lock."""
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _lock(folder: Path) -> int | None:
    """Held as long as the process lives; None while another holds it."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held


def _remove_left_over(place: Path) -> None:
    """Of runs that were killed: memory is not a disk that one may forget things on."""
    for folder in place.iterdir():
        held = _lock(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)
