"""Files on their way in: bytes of uploads until somebody is to have them.

One staging file per upload, for the owner of the process alone to read, in a folder that every gateway replica of a
deployment shares (with a folder store: its own ``uploads/``; with S3: a shared volume). The file's length is the
offset, so a process killed at any moment leaves nothing to repair. What the file cannot say (owner, length, expiry,
whether its tail may be believed) is the caller's, in a database. The lock is advisory and the kernel's: it dies with
its process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from contracts.objects import ObjectRef

from chassis.objects.folder import sync_folder
from chassis.objects.store import BLOCK, ObjectStore

READ_BLOCK = 256 * 1024
REMEMBERED_DIGESTS = 256


class UploadGone(LookupError):
    """The upload has no staging file: finished, terminated or expired."""


class UploadBusy(RuntimeError):
    """Another request, here or in another process, is writing to this upload."""


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass
class _Progress:
    """SHA-256 of an upload's first ``offset`` bytes, as far as this process has seen them."""

    offset: int
    digest: Digest


class StagedUpload:
    """A staging file held under its lock."""

    def __init__(self, path: Path, handle: int, progress: _Progress) -> None:
        self.path = path
        self._handle = handle
        self._progress = progress

    def length(self) -> int:
        """Bytes that have arrived, certain or not."""
        return os.fstat(self._handle).st_size

    def truncate(self, length: int) -> None:
        """Drop a tail that must not be believed."""
        os.ftruncate(self._handle, length)
        if self._progress.offset > length:
            self._progress.offset, self._progress.digest = 0, hashlib.sha256()

    def append(self, read: Callable[[int], bytes], limit: int, extra: Digest | None = None) -> int:
        """Append what ``read(n)`` yields until it is exhausted; returns the number of bytes appended.

        Reads at most ``limit`` + 1 bytes: a return value above ``limit`` means that there was too much. Whatever
        ``read`` raises passes through, and what had arrived by then stays in the file. ``extra`` sees the same bytes.
        """
        start = offset = os.lseek(self._handle, 0, os.SEEK_END)
        follows = self._progress.offset == start
        while block := read(min(READ_BLOCK, limit + 1 - (offset - start))):
            view = memoryview(block)
            while view:
                view = view[os.write(self._handle, view) :]
            offset += len(block)
            if extra is not None:
                extra.update(block)
            if follows:
                self._progress.digest.update(block)
                self._progress.offset = offset
            if offset - start > limit:
                break
        return offset - start

    def sync(self) -> None:
        """Makes what arrived certain: it outlives a power cut when this returns. OSError when the disk does not keep
        it."""
        os.fdatasync(self._handle)

    def reference(self) -> ObjectRef:
        """SHA-256 and size of everything; reads again only what this process has not seen arrive."""
        position, length = self._progress.offset, self.length()
        while position < length:
            block = os.pread(self._handle, BLOCK, position)
            self._progress.digest.update(block)
            position += len(block)
        self._progress.offset = position
        return ObjectRef(sha256=self._progress.digest.hexdigest(), size=length)


class UploadStaging:
    """Staging files by upload id. Safe to share between threads; as many processes as you like."""

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self._folder = folder
        self._store = store
        self._seen: OrderedDict[str, _Progress] = OrderedDict()
        self._guard = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)

    def create(self, upload_id: str) -> None:
        """An empty file, for its owner's eyes only; FileExistsError for an id that was used."""
        os.close(os.open(self._path(upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        sync_folder(self._folder)

    def length(self, upload_id: str) -> int:
        """Bytes in the staging file, without waiting for whoever is writing. Raises :class:`UploadGone`."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:
            raise UploadGone(upload_id) from None

    @contextmanager
    def hold(self, upload_id: str, wait: float = 0.0) -> Iterator[StagedUpload]:
        """The upload under its lock, waiting at most ``wait`` seconds for it.

        Raises :class:`UploadBusy`, and :class:`UploadGone` also when it was finished while we waited.
        """
        path = self._path(upload_id)
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            raise UploadGone(upload_id) from None
        try:
            self._lock(handle, upload_id, wait)
            if not self._is_still(path, handle):
                raise UploadGone(upload_id)
            progress = self._take(upload_id)
            yield StagedUpload(path, handle, progress)
            self._keep(upload_id, progress)
        finally:
            os.close(handle)

    def finish(self, upload_id: str, ref: ObjectRef) -> None:
        """Move the complete file to its address. Call once ``ref`` is recorded; repeat after a crash.

        Raises :class:`UploadGone` when neither the file nor its object is there.
        """
        try:
            self._store.adopt(self._path(upload_id), ref)
        except FileNotFoundError:
            raise UploadGone(upload_id) from None
        self._take(upload_id)

    def read(self, upload_id: str, limit: int) -> bytes:
        """The first ``limit`` bytes of the file. Raises :class:`UploadGone`."""
        try:
            with self._path(upload_id).open("rb") as stream:
                return stream.read(limit)
        except FileNotFoundError:
            raise UploadGone(upload_id) from None

    def untouched(self, seconds: float) -> list[str]:
        """Uploads whose files nobody has written to for so long."""
        limit, found = time.time() - seconds, []
        for file in self._folder.glob("*.part"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < limit:
                    found.append(file.stem)
        return found

    def discard(self, upload_id: str) -> None:
        """Forgets the file and who holds it; one that is not there is as good as forgotten."""
        self._path(upload_id).unlink(missing_ok=True)
        self._take(upload_id)

    def _path(self, upload_id: str) -> Path:
        if not upload_id.isalnum():
            raise UploadGone(upload_id)
        return self._folder / f"{upload_id}.part"

    @staticmethod
    def _lock(handle: int, upload_id: str, wait: float) -> None:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise UploadBusy(upload_id) from None
                time.sleep(0.05)

    @staticmethod
    def _is_still(path: Path, handle: int) -> bool:
        try:
            return path.stat().st_ino == os.fstat(handle).st_ino
        except FileNotFoundError:
            return False

    def _take(self, upload_id: str) -> _Progress:
        """What this process knows of the digest. Taken away while in use, so that a failure forgets it."""
        with self._guard:
            return self._seen.pop(upload_id, None) or _Progress(0, hashlib.sha256())

    def _keep(self, upload_id: str, progress: _Progress) -> None:
        with self._guard:
            self._seen[upload_id] = progress
            while len(self._seen) > REMEMBERED_DIGESTS:
                self._seen.popitem(last=False)
