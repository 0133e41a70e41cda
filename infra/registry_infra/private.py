"""Files for the owner's eyes only.

Everything below a data folder holds passwords, keys or what people filed. What is started here makes its files and
folders with `UMASK`; what lay there before, from an earlier version or a copy, is closed at the next start.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry_infra.problems import StackProblem

UMASK = 0o077
_OTHERS = 0o077


def write_whole(file: Path, content: str | bytes, mode: int = 0o600) -> None:
    """So that a start which is cut off here leaves the file as it was, or not at all. Nobody else may read it at any
    moment, whatever an earlier file of the name allowed."""
    partial = file.with_name(f"{file.name}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(partial, flags, 0o600), "wb") as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(content.encode() if isinstance(content, str) else content)
        os.fchmod(stream.fileno(), mode)
    os.replace(partial, file)


def open_log(file: Path, *, anew: bool = False) -> int:
    """A descriptor to append to, or to write from the start."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if anew else os.O_APPEND)
    return os.open(file, flags, 0o600)


def close_to_others(place: Path) -> None:
    """Takes every right of group and others from a file, or from a folder and all in it. Links are not followed.

    The folder's own rights go last: a walk that was cut off begins again. Raises StackProblem for what is not ours.
    """
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        return
    if stat.S_ISDIR(mode):
        for entry in sorted(place.iterdir()):
            close_to_others(entry)
    if mode & _OTHERS:
        try:
            place.chmod(stat.S_IMODE(mode) & ~_OTHERS)
        except OSError as error:
            raise StackProblem(
                f"others may read {place}, which belongs to another user ({error.strerror}). "
                "Take it away from there, or start as the user that it belongs to."
            ) from None


def is_closed(place: Path) -> bool:
    """Whether group and others have no right to it; a link says nothing by itself."""
    mode = place.lstat().st_mode
    return stat.S_ISLNK(mode) or not mode & _OTHERS


@contextmanager
def readable_by_all() -> Iterator[None]:
    """For programs that were fetched: the servers read them as another user, and there is nothing secret in them."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)
