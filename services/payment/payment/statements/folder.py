"""A folder that statements are dropped in: which files are complete, and where they go. Nothing here is about money.

``.taking/`` has what a worker has laid its hands on. That is a rename, in which one of several workers succeeds, and
gives the file the number that its statement will have: whoever goes on after a death sees whether that statement is
there. Folders are held open, and no link is followed, wherever one was put.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from chassis.failpoints import failpoint
from chassis.ids import new_id
from contracts.text import legible, line

QUIET_SECONDS = 3.0
"""For so long a file has had the same size and time of change before it counts as complete."""
MOST_AT_ONCE = 200
_BEGUN = (".", "~")
_UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload", ".swp", "~")
_CLAIMED = re.compile(r"(.+)\.(bst-[0-9a-z]{26})(\.[^.]{1,10})?", re.DOTALL)
_LONGEST = 120
"""Bytes of a name that are kept: with a number and an ending it must not become longer than a folder takes."""
_REASON = ".reason.txt"

Kept = Literal["taken", "refused"]
Facts = tuple[int, int, int]


class Gone(Exception):
    """Another worker has put it away."""


class Unfit(Exception):
    """No file that can be a statement; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Claimed:
    """A file in ``.taking``. ``statement_id``: the number that its statement has, or will have."""

    place: str
    statement_id: str
    file_name: str


class Watched:
    """What one process remembers of the folder between two looks. ``clock`` is in seconds."""

    def __init__(self, root: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._clock = clock
        self._seen: dict[tuple[bool, str], tuple[Facts, float]] = {}

    @contextmanager
    def look(self) -> Iterator[Look]:
        """The folder, held open with those in it, which are made if they are not there. Raises ``OSError``."""
        with ExitStack() as held:

            def hold(name: str | Path, within: int | None = None) -> int:
                links = 0 if within is None else os.O_NOFOLLOW
                descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | links, dir_fd=within)
                held.callback(os.close, descriptor)
                return descriptor

            root = hold(self.root)
            folders = []
            for name in (".taking", "taken", "refused"):
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=root)
                folders.append(hold(name, root))
            yield Look(self, root, *folders)

    def settled(self, folder: int, *, in_hands: bool = False) -> list[str]:
        """Names of files in a folder that did not change between looks."""
        now, found = self._clock(), dict[tuple[bool, str], tuple[Facts, float]]()
        for name, facts in islice(_facts_of_all(folder) if in_hands else _facts_of_files(folder), MOST_AT_ONCE):
            before = self._seen.get((in_hands, name))
            found[in_hands, name] = before if before and before[0] == facts else (facts, now)
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] != in_hands} | found
        return sorted(name for (_, name), (_, since) in found.items() if now - since >= QUIET_SECONDS)


class Look:
    """One look at the folder."""

    def __init__(self, watched: Watched, root: int, taking: int, taken: int, refused: int) -> None:
        self._watched = watched
        self._root, self._taking = root, taking
        self._kept: dict[Kept, int] = {"taken": taken, "refused": refused}

    def claimed(self) -> list[Claimed]:
        """Lays hands on what is complete; what was in hands already, and is complete, is given out."""
        found = [_CLAIMED.fullmatch(name) for name in self._watched.settled(self._taking, in_hands=True)]
        for name in self._watched.settled(self._root):
            self._claim(name, self._root, *os.path.splitext(shown(name)))
        return [Claimed(one[0], one[2], f"{one[1]}{one[3] or ''}") for one in found if one]

    def claim_again(self, claimed: Claimed) -> None:
        """It has grown since it was read: what it is now is a statement of its own."""
        self._claim(claimed.place, self._taking, *os.path.splitext(claimed.file_name))

    def _claim(self, name: str, folder: int, stem: str, ending: str) -> None:
        ending = ending if len(ending) <= 11 else ""
        kept = stem.encode()[:_LONGEST].decode(errors="ignore")
        with suppress(FileNotFoundError):  # another worker was faster
            place = f"{kept}.{new_id('bst')}{ending}"
            os.rename(name, place, src_dir_fd=folder, dst_dir_fd=self._taking)
        failpoint("folder.claimed")

    def read(self, claimed: Claimed, limit: int) -> bytes:
        """Its bytes. Raises :class:`Unfit` for what is no file, is larger than ``limit``, or may not be read."""
        descriptor = self._opened(claimed)
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
                raise Unfit("not_a_file")
            if facts.st_size > limit:
                raise Unfit("too_large")
            with open(descriptor, "rb", closefd=False) as stream:
                data = stream.read(limit + 1)
        finally:
            os.close(descriptor)
        if len(data) > limit:
            raise Unfit("too_large")
        return data

    def _opened(self, claimed: Claimed) -> int:
        try:
            return os.open(claimed.place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._taking)
        except FileNotFoundError:
            raise Gone from None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):
                raise Unfit("not_a_file") from None
            if error.errno in (errno.EACCES, errno.EPERM):
                raise Unfit("unreadable") from None
            raise

    def size(self, claimed: Claimed) -> int:
        """Its size in bytes now."""
        try:
            return os.stat(claimed.place, dir_fd=self._taking, follow_symlinks=False).st_size
        except FileNotFoundError:
            raise Gone from None

    def put_away(self, claimed: Claimed, kept: Kept, reason: str) -> None:
        """Into ``taken/`` or ``refused/``, with words beside it that are there before it is."""
        folder = self._kept[kept]
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(f"{claimed.place}{_REASON}", flags, 0o644, dir_fd=folder)
        with open(descriptor, "w", encoding="utf-8") as words:
            words.write(reason)
        failpoint("folder.told")
        with suppress(FileNotFoundError):  # another worker was faster
            os.rename(claimed.place, claimed.place, src_dir_fd=self._taking, dst_dir_fd=folder)


def may_be_complete(name: str) -> bool:
    """Not hidden, and not what programs call a file that they are still writing."""
    return not name.startswith(_BEGUN) and not name.lower().endswith(_UNFINISHED)


def shown(name: str) -> str:
    """A name as people read it, on one line, of whatever encoding it is: never the way to another folder."""
    data = os.fsencode(name)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    seen = "".join(letter for letter in legible(line(text)) if letter.isprintable() and letter not in "/\\")
    return seen.strip(". ") or "statement"


def _facts_of_files(folder: int) -> Iterator[tuple[str, Facts]]:
    """Of what may be a statement: links, other names of a file, folders and pipes are none."""
    for name, found in _entries(folder):
        if may_be_complete(name) and stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            yield name, _facts(found)


def _facts_of_all(folder: int) -> Iterator[tuple[str, Facts]]:
    return ((name, _facts(found)) for name, found in _entries(folder))


def _entries(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                yield entry.name, os.stat(entry.name, dir_fd=folder, follow_symlinks=False)


def _facts(found: os.stat_result) -> Facts:
    """What changes while a file is written."""
    return found.st_ino, found.st_size, found.st_mtime_ns
