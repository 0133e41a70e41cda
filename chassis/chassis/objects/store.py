"""What every object store does, whichever holds the bytes."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from contracts.objects import ObjectRef

BLOCK = 1 << 20


class ObjectMissing(LookupError):
    """No object has this SHA-256."""


class StoreUnavailable(OSError):
    """The store takes or gives no bytes now: full, read-only, out of reach.

    Nothing is wrong with the bytes or with whoever brought them: try again later.
    """


@contextmanager
def store_faults() -> Iterator[None]:
    """Whatever the disk says within the block is a fault of the store; a missing file is not for this to judge."""
    try:
        yield
    except (FileNotFoundError, StoreUnavailable):
        raise
    except OSError as error:
        raise StoreUnavailable(error.errno, f"object store: {error.strerror}") from error


class ObjectTooLarge(ValueError):
    """The object is larger than the caller is prepared to hold in memory."""


class ObjectCorrupt(RuntimeError):
    """The stored bytes no longer have the SHA-256 they are stored under."""


@dataclass(frozen=True)
class ListedObject:
    """An object as the store lists it; ``touched`` is when it was last put, in seconds since 1970."""

    sha256: str
    size: int
    touched: float


class ObjectStore(ABC):
    """Objects by SHA-256 (64 lower-case hex digits). Safe to share between threads.

    Everything here raises :class:`StoreUnavailable` when the store itself fails.
    """

    @abstractmethod
    def put_bytes(self, data: bytes) -> ObjectRef:
        """Store ``data`` unless it is there already; durable when this returns.

        Whoever puts an object means to refer to it in a moment: it counts as touched now, also when it was there.
        """

    @abstractmethod
    def put_file(self, path: Path) -> ObjectRef:
        """Store a copy of the file's content unless it is there already; durable when this returns."""

    @abstractmethod
    def adopt(self, path: Path, ref: ObjectRef) -> None:
        """Take over a file whose SHA-256 the caller has just computed. The file is gone afterwards.

        Repeating the call after a crash is harmless.
        """

    @abstractmethod
    def open(self, sha256: str) -> BinaryIO:
        """A seekable stream. Raises :class:`ObjectMissing`, as does whatever looks for an object."""

    @abstractmethod
    def size(self, sha256: str) -> int:
        """Size in bytes. Raises :class:`ObjectMissing`."""

    @abstractmethod
    @contextmanager
    def local_path(self, sha256: str) -> Iterator[Path]:
        """A real file with the object's bytes, for programs that parse by path. Read only; do not keep the path."""

    @abstractmethod
    def delete(self, sha256: str) -> None:
        """Forget the object (personal data past its purpose). Nothing happens if it is not there."""

    @abstractmethod
    def collect(self, sha256: str, untouched: float) -> bool:
        """Forget the object unless somebody has put it within the last ``untouched`` seconds; says whether it is gone.

        Whoever puts it at this moment finds it afterwards, whoever comes first.
        """

    @abstractmethod
    def listed(self, shelf: str) -> Iterator[ListedObject]:
        """The objects whose SHA-256 begins with ``shelf`` (two hex digits), in no order."""

    @abstractmethod
    def check(self) -> None:
        """Raises ``OSError`` when the store cannot be written: for readiness."""

    def exists(self, sha256: str) -> bool:
        try:
            self.size(sha256)
        except ObjectMissing:
            return False
        return True

    def read(self, sha256: str, limit: int) -> bytes:
        """The whole object, checked against its address.

        ``limit`` is the number of bytes the caller is prepared to hold. Raises :class:`ObjectMissing`,
        :class:`ObjectTooLarge`, :class:`ObjectCorrupt`.
        """
        with self.open(sha256) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise ObjectTooLarge(f"object {sha256} is larger than {limit} bytes")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectCorrupt(f"object {sha256} does not have its own checksum")
        return data


SHELVES = tuple(f"{number:02x}" for number in range(256))
"""The first two digits of addresses: an even part of a store each."""


def address(sha256: str) -> str:
    """Where an object lives below the store's root; refuses anything that is not a SHA-256."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ObjectMissing(f"not a SHA-256: {sha256[:80]!r}")
    return f"objects/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest_file(path: Path) -> ObjectRef:
    """SHA-256 and size of a file, in constant memory."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return ObjectRef(sha256=digest.hexdigest(), size=size)
