"""Objects in an S3 bucket (or anything that speaks its protocol)."""

from __future__ import annotations

import errno
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

import obstore
from contracts.objects import ObjectRef
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from chassis.objects.green import off_hub
from chassis.objects.store import (
    BLOCK,
    ListedObject,
    ObjectMissing,
    ObjectStore,
    StoreUnavailable,
    address,
    digest_file,
)

P = ParamSpec("P")
R = TypeVar("R")
MULTIPART_ABOVE = 16 * BLOCK
FRESH = 300
"""Seconds for which an object that is put again need not be written again to count as touched: far fewer than whoever
collects old ones waits."""


def in_bucket(call: Callable[P, R]) -> Callable[P, R]:
    """``call``, off the hub; what the bucket does not do for us is a fault of the store."""

    @off_hub
    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except BaseError as error:
            raise StoreUnavailable(errno.EIO, f"bucket: {error}") from error

    return run


class BucketStore(ObjectStore):
    """``objects/ab/cd/<sha256>`` below the URL's prefix. S3 makes an object visible only when it is complete.

    S3 has neither locks nor a conditional DELETE. An object that is put again is therefore written again unless it is
    fresh, and looked for once more afterwards; written a third time if it was removed in that moment. What remains is a
    removal that S3 carries out after it has shown the object to whoever wrote it.
    """

    def __init__(self, url: str) -> None:
        self._store = S3Store.from_url(url)

    @in_bucket
    def put_bytes(self, data: bytes) -> ObjectRef:
        ref = ObjectRef(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        self._put(ref.sha256, lambda: obstore.put(self._store, address(ref.sha256), data))
        return ref

    @in_bucket
    def put_file(self, path: Path) -> ObjectRef:
        ref = digest_file(path)
        self._upload(path, ref)
        return ref

    @in_bucket
    def adopt(self, path: Path, ref: ObjectRef) -> None:
        if path.exists():
            self._upload(path, ref)
            path.unlink(missing_ok=True)
        elif self._when(ref.sha256) is None:
            raise FileNotFoundError(path)

    @in_bucket
    def open(self, sha256: str) -> BinaryIO:
        stream = tempfile.SpooledTemporaryFile(max_size=MULTIPART_ABOVE)  # noqa: SIM115  # the caller closes it
        self._download(sha256, stream)  # type: ignore[arg-type]  # a spooled file is a binary file in all but name
        stream.seek(0)
        return stream  # type: ignore[return-value]  # same

    @in_bucket
    def size(self, sha256: str) -> int:
        try:
            return int(obstore.head(self._store, address(sha256))["size"])
        except (NotFoundError, FileNotFoundError):
            raise ObjectMissing(sha256) from None

    @contextmanager
    def local_path(self, sha256: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(prefix="object-") as copy:
            self._download(sha256, copy)  # type: ignore[arg-type]  # the wrapper delegates everything
            copy.flush()
            yield Path(copy.name)

    @in_bucket
    def delete(self, sha256: str) -> None:
        obstore.delete(self._store, address(sha256))

    @in_bucket
    def check(self) -> None:
        obstore.put(self._store, "incoming/readiness", b"readiness")

    @in_bucket
    def collect(self, sha256: str, untouched: float) -> bool:
        touched = self._when(sha256)
        if touched is not None and touched > time.time() - untouched:
            return False
        if touched is not None:
            obstore.delete(self._store, address(sha256))
        return True

    def listed(self, shelf: str) -> Iterator[ListedObject]:
        yield from self._listed(shelf)

    @in_bucket
    def _listed(self, shelf: str) -> list[ListedObject]:
        found = []
        for page in obstore.list(self._store, prefix=f"objects/{shelf}"):
            for item in page:
                name = item["path"].rsplit("/", 1)[-1]
                found.append(ListedObject(name, int(item["size"]), item["last_modified"].timestamp()))
        return found

    def _when(self, sha256: str) -> float | None:
        """When the object was last written; None when it is not there."""
        try:
            return float(obstore.head(self._store, address(sha256))["last_modified"].timestamp())
        except (NotFoundError, FileNotFoundError):
            return None

    def _put(self, sha256: str, write: Callable[[], object]) -> None:
        touched = self._when(sha256)
        if touched is not None and touched > time.time() - FRESH:
            return
        write()
        if touched is not None and self._when(sha256) is None:
            write()

    def _upload(self, path: Path, ref: ObjectRef) -> None:
        def write() -> None:
            with path.open("rb") as stream:
                obstore.put(
                    self._store,
                    address(ref.sha256),
                    stream,
                    use_multipart=ref.size > MULTIPART_ABOVE,
                    chunk_size=8 * BLOCK,
                )

        self._put(ref.sha256, write)

    @in_bucket
    def _download(self, sha256: str, into: BinaryIO) -> None:
        try:
            for block in obstore.get(self._store, address(sha256)).stream(min_chunk_size=BLOCK):
                into.write(block)
        except (NotFoundError, FileNotFoundError):
            raise ObjectMissing(sha256) from None
