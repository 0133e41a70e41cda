"""Objects in a local (or network) folder: written aside, made durable, then renamed to their address."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from contracts.objects import ObjectRef

from chassis.objects.green import off_hub
from chassis.objects.store import BLOCK, ListedObject, ObjectMissing, ObjectStore, address

LEFT_BEHIND = 86400
"""Seconds after which nobody is still writing to a file."""
KEPT_FOR_BACKUP = "kept-for-backup"
"""While a folder of this name is in the store, a deleted object is moved there: the copy of the databases that is being
made may still refer to it. The backup removes the folder when it ends."""


def kept_name(path: Path) -> str:
    """Name of a deleted object while it is kept; ``path`` is relative to the store."""
    return ",".join(path.parts)


def kept_address(name: str) -> Path:
    """Where a kept object was."""
    return Path(*name.split(","))


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FolderStore(ObjectStore):
    """``objects/ab/cd/<sha256>`` below ``root``; ``incoming/`` holds files that are not complete yet.

    An object's time of modification says when it was last put. ``locks/ab`` is held together by those who put objects
    that begin with ``ab``, and alone by whoever removes an old one: so nobody relies on what is removed in that moment.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._locks = root / "locks"
        for folder in (root, self._incoming, self._locks):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()

    @off_hub
    def put_bytes(self, data: bytes) -> ObjectRef:
        ref = ObjectRef(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not self._touched(ref.sha256):
            with self._aside() as (path, stream):
                stream.write(data)
                self._finish(path, stream, ref)
        return ref

    @off_hub
    def put_file(self, path: Path) -> ObjectRef:
        digest, size = hashlib.sha256(), 0
        with path.open("rb", buffering=0) as source, self._aside() as (aside, stream):
            while block := source.read(BLOCK):
                digest.update(block)
                stream.write(block)
                size += len(block)
            ref = ObjectRef(sha256=digest.hexdigest(), size=size)
            self._finish(aside, stream, ref)
        return ref

    @off_hub
    def adopt(self, path: Path, ref: ObjectRef) -> None:
        if not path.exists():
            if not self._touched(ref.sha256):
                raise FileNotFoundError(path)
            return  # by another process, a moment ago
        os.utime(path)
        try:
            self._enter(path, ref)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.put_file(path)
        path.unlink(missing_ok=True)

    @off_hub
    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise ObjectMissing(sha256) from None

    @off_hub
    def size(self, sha256: str) -> int:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            raise ObjectMissing(sha256) from None

    @contextmanager
    def local_path(self, sha256: str) -> Iterator[Path]:
        self.size(sha256)
        yield self._path(sha256)

    @off_hub
    def delete(self, sha256: str) -> None:
        self._remove(self._path(sha256))

    def _remove(self, path: Path) -> None:
        try:
            path.rename(self.root / KEPT_FOR_BACKUP / kept_name(path.relative_to(self.root)))
        except FileNotFoundError:  # no backup is being made, or there is no such object
            path.unlink(missing_ok=True)

    @off_hub
    def collect(self, sha256: str, untouched: float) -> bool:
        path = self._path(sha256)
        with self._shelf(sha256, alone=True):
            try:
                if path.stat().st_mtime > time.time() - untouched:
                    return False
            except FileNotFoundError:
                return True
            self._remove(path)
        return True

    def listed(self, shelf: str) -> Iterator[ListedObject]:
        yield from self._listed(shelf)

    @off_hub
    def _listed(self, shelf: str) -> list[ListedObject]:
        found = []
        for file in (self.root / "objects" / shelf).glob("*/*"):
            with suppress(FileNotFoundError):
                facts = file.stat()
                found.append(ListedObject(file.name, facts.st_size, facts.st_mtime))
        return found

    @off_hub
    def check(self) -> None:
        with self._aside() as (_, stream):
            stream.write(b"readiness")
            stream.flush()

    def _path(self, sha256: str) -> Path:
        return self.root / address(sha256)

    def _sweep(self) -> None:
        """What processes that were killed in the middle of a write left behind, long ago."""
        limit = time.time() - LEFT_BEHIND
        for file in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < limit:
                    file.unlink()
        kept = self.root / KEPT_FOR_BACKUP
        for file in kept.iterdir() if kept.is_dir() else ():  # of a backup that was killed
            with suppress(FileNotFoundError):
                if file.stat().st_ctime < limit:
                    file.unlink()

    @contextmanager
    def _aside(self) -> Iterator[tuple[Path, BinaryIO]]:
        path = self._incoming / uuid4().hex
        try:
            with path.open("xb") as stream:
                yield path, stream
        finally:
            with suppress(FileNotFoundError):
                path.unlink()

    def _finish(self, path: Path, stream: BinaryIO, ref: ObjectRef) -> None:
        stream.flush()
        os.fsync(stream.fileno())
        self._enter(path, ref)

    def _enter(self, path: Path, ref: ObjectRef) -> None:
        """Moves a durable file to its address, unless the object is there already."""
        if self._touched(ref.sha256):
            return
        target = self._path(ref.sha256)
        path.chmod(0o400)
        with self._shelf(ref.sha256):
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        sync_folder(target.parent)

    def _touched(self, sha256: str) -> bool:
        """Whether the object is there; if so, it counts as put now."""
        with self._shelf(sha256):
            try:
                os.utime(self._path(sha256))
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def _shelf(self, sha256: str, *, alone: bool = False) -> Iterator[None]:
        handle = os.open(self._locks / sha256[:2], os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)
