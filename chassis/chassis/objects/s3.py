"""Objects in an S3 bucket (or anything that speaks its protocol)."""

from __future__ import annotations

import errno
import hashlib
import tempfile
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
from chassis.objects.store import BLOCK, ObjectMissing, ObjectStore, StoreUnavailable, address, digest_file

P = ParamSpec("P")
R = TypeVar("R")
MULTIPART_ABOVE = 16 * BLOCK


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
    """``objects/ab/cd/<sha256>`` below the URL's prefix. S3 makes an object visible only when it is complete."""

    def __init__(self, url: str) -> None:
        self._store = S3Store.from_url(url)

    @in_bucket
    def put_bytes(self, data: bytes) -> ObjectRef:
        ref = ObjectRef(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not self._present(ref.sha256):
            obstore.put(self._store, address(ref.sha256), data)
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

    def _present(self, sha256: str) -> bool:
        try:
            obstore.head(self._store, address(sha256))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def _upload(self, path: Path, ref: ObjectRef) -> None:
        if not self._present(ref.sha256):
            with path.open("rb") as stream:
                obstore.put(
                    self._store,
                    address(ref.sha256),
                    stream,
                    use_multipart=ref.size > MULTIPART_ABOVE,
                    chunk_size=8 * BLOCK,
                )

    @in_bucket
    def _download(self, sha256: str, into: BinaryIO) -> None:
        try:
            for block in obstore.get(self._store, address(sha256)).stream(min_chunk_size=BLOCK):
                into.write(block)
        except (NotFoundError, FileNotFoundError):
            raise ObjectMissing(sha256) from None
