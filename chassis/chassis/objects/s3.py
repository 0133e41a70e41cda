"""Objects in an S3 bucket (or anything that speaks its protocol)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import obstore
from contracts.objects import ObjectRef
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from chassis.objects.green import off_hub
from chassis.objects.store import BLOCK, ObjectMissing, ObjectStore, address, digest_file

MULTIPART_ABOVE = 16 * BLOCK


class BucketStore(ObjectStore):
    """``objects/ab/cd/<sha256>`` below the URL's prefix. S3 makes an object visible only when it is complete."""

    def __init__(self, url: str) -> None:
        self._store = S3Store.from_url(url)

    @off_hub
    def put_bytes(self, data: bytes) -> ObjectRef:
        ref = ObjectRef(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not self._present(ref.sha256):
            obstore.put(self._store, address(ref.sha256), data)
        return ref

    @off_hub
    def put_file(self, path: Path) -> ObjectRef:
        ref = digest_file(path)
        self._upload(path, ref)
        return ref

    @off_hub
    def adopt(self, path: Path, ref: ObjectRef) -> None:
        if path.exists():
            self._upload(path, ref)
            path.unlink(missing_ok=True)

    @off_hub
    def open(self, sha256: str) -> BinaryIO:
        stream = tempfile.SpooledTemporaryFile(max_size=MULTIPART_ABOVE)  # noqa: SIM115  # the caller closes it
        self._download(sha256, stream)  # type: ignore[arg-type]  # a spooled file is a binary file in all but name
        stream.seek(0)
        return stream  # type: ignore[return-value]  # same

    @off_hub
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

    @off_hub
    def delete(self, sha256: str) -> None:
        obstore.delete(self._store, address(sha256))

    @off_hub
    def check(self) -> None:
        try:
            obstore.put(self._store, "incoming/readiness", b"readiness")
        except Exception as failure:  # obstore's exceptions have no common base below Exception
            raise OSError(f"the bucket cannot be written: {failure}") from failure

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

    @off_hub
    def _download(self, sha256: str, into: BinaryIO) -> None:
        try:
            for block in obstore.get(self._store, address(sha256)).stream(min_chunk_size=BLOCK):
                into.write(block)
        except (NotFoundError, FileNotFoundError):
            raise ObjectMissing(sha256) from None
