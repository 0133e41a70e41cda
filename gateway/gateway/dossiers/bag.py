"""A bag (BagIt 1.0, RFC 8493) as a ZIP that is written while it is sent: never more than a piece of it is in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_PIECE = 1 << 18
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True)
class Payload:
    """A file of the bag. ``path``: below ``data/``; ``open``: called when its turn comes."""

    path: str
    sha256: str
    size: int
    open: Callable[[], BinaryIO]


def of_bytes(path: str, data: bytes) -> Payload:
    """A payload that is at hand."""
    return Payload(path, hashlib.sha256(data).hexdigest(), len(data), lambda: BytesIO(data))


@dataclass(frozen=True)
class Bag:
    """``name``: of the one folder in the ZIP; ``info``: what ``bag-info.txt`` says, without the sums."""

    name: str
    made_at: datetime
    info: Mapping[str, str]
    payloads: Sequence[Payload]

    def stream(self) -> Iterator[bytes]:
        """The ZIP, piece by piece. What is read meanwhile is closed also when nobody takes the rest.

        Raises `ValueError` at a file that is not what the manifest says of it: then the ZIP ends without its table of
        contents, and nothing opens it as if it were whole.
        """
        out = _Sent()
        archive = ZipFile(cast("Any", out), "w", ZIP_STORED)  # closed, which ends the ZIP, only when all is in it
        for name, data in self._tags():
            archive.writestr(self._entry(name, len(data)), data)
        for payload in self.payloads:
            summed, length = hashlib.sha256(), 0
            with (
                payload.open() as source,
                archive.open(self._entry(f"data/{payload.path}", payload.size), "w") as file,
            ):
                while piece := source.read(_PIECE):
                    summed.update(piece)
                    length += len(piece)
                    file.write(piece)
                    yield out.take()
            if (summed.hexdigest(), length) != (payload.sha256, payload.size):
                raise ValueError(f"{payload.path} is not what was kept")
        archive.close()
        yield out.take()

    def _tags(self) -> list[tuple[str, bytes]]:
        whole = sum(payload.size for payload in self.payloads)
        info = {
            **self.info,
            "Bagging-Date": self.made_at.date().isoformat(),
            "Payload-Oxum": f"{whole}.{len(self.payloads)}",
        }
        tags = [
            ("bagit.txt", _DECLARATION),
            ("bag-info.txt", "".join(f"{name}: {_one_line(value)}\n" for name, value in info.items()).encode()),
            (
                "manifest-sha256.txt",
                "".join(f"{payload.sha256}  data/{payload.path}\n" for payload in self.payloads).encode(),
            ),
        ]
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in tags)
        return [*tags, ("tagmanifest-sha256.txt", sums.encode())]

    def _entry(self, path: str, size: int) -> ZipInfo:
        at = self.made_at
        entry = ZipInfo(f"{self.name}/{path}", (at.year, at.month, at.day, at.hour, at.minute, at.second))
        entry.external_attr = 0o644 << 16
        entry.file_size = size  # so that what is larger than 4 GB is written as such
        return entry


def _one_line(value: str) -> str:
    return " ".join(value.split())


class _Sent:
    """What a ZIP is written to: kept until it is taken. It cannot be gone back in."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies in between."""

    def take(self) -> bytes:
        data, self._waiting = b"".join(self._waiting), []
        return data
