"""A request's body as the application reads it: each byte as it comes, and faults in it as problems of the request."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.errors import InvalidChunkSize, InvalidHeader, NoMoreData, ParseException
from gunicorn.http.message import Request
from werkzeug.exceptions import ClientDisconnected

from gateway.front.incoming import CLOSE, READ, Incoming
from gateway.web.problems import HttpProblem

LARGEST_CHUNK = 1 << 40
"""Bytes that a chunk may announce: far more than anybody may send, and a number like others."""

_WRONG_END = re.compile(rb"\r(?!\n|\Z)|\n")


class Chunks(ChunkedReader):  # type: ignore[misc]  # untyped in the library
    """gunicorn's, which takes a size of thousands of digits for one, and waits for more where a line ended wrongly."""

    def parse_chunk_size(self, unreader: Any, data: bytes | None = None) -> tuple[int, bytes | None]:
        line = data or b""
        while b"\r\n" not in line and len(line) < self.limit_chunk_size_line:
            if _WRONG_END.search(line):
                raise InvalidChunkSize(b"a line that does not end with CRLF")
            more = unreader.read()
            if not more:
                raise NoMoreData
            line += more
        size, rest = super().parse_chunk_size(unreader, line)
        if size > LARGEST_CHUNK:
            raise InvalidChunkSize(b"beyond all bounds")
        return size, rest


class FrontRequest(Request):  # type: ignore[misc]  # untyped in the library
    """gunicorn's, with chunks of ours, and no transfer coding but one ``chunked``.

    It takes ``identity, chunked`` and ``gzip, chunked`` too, whose body begins elsewhere, or is another, for whoever
    stands before us and reads the list in another way (RFC 9112, 6.1 and 11.2).
    """

    body: Any

    def set_body_reader(self) -> None:
        codings = [value.lower() for name, value in self.headers if name == "TRANSFER-ENCODING"]
        if codings not in ([], ["chunked"]):
            raise InvalidHeader("TRANSFER-ENCODING", req=self)
        super().set_body_reader()
        if isinstance(self.body.reader, ChunkedReader):
            self.body = Body(Chunks(self, self.unreader))


class RequestBody(io.RawIOBase):
    """Gives what has arrived rather than wait for all that was asked for: an upload keeps what came before a cut.

    Reading raises the problems ``request_malformed``, ``request_too_slow`` and ``transfers_full``, and
    ``ClientDisconnected`` where the end is missing; then and ever after.
    """

    def __init__(self, reader: Any, incoming: Incoming) -> None:
        self._chunks: Iterator[bytes] = reader.parser if isinstance(reader, ChunkedReader) else iter(())
        self._left = getattr(reader, "length", 0)
        self._incoming = incoming
        self._piece = memoryview(b"")
        self._failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._some(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return self.readall()
        return bytes(self._some(size))

    @property
    def complete(self) -> bool:
        """Whether the next request begins where reading has come to; reads what has arrived and is not wanted."""
        self._incoming.pace = None
        try:
            while self._some(READ):
                pass
        except (HttpProblem, ClientDisconnected, OSError):
            return False
        return True

    def _some(self, size: int) -> bytes | memoryview:
        if self._failure is not None:
            raise self._failure
        try:
            return self._counted(size) or self._chunked(size)
        except ParseException:
            self._failure = HttpProblem("request_malformed", headers=CLOSE)
        except (HttpProblem, ClientDisconnected, OSError) as failure:
            self._failure = failure
        raise self._failure

    def _counted(self, size: int) -> bytes:
        wanted = min(size, self._left)
        if not wanted:
            return b""
        data = self._incoming.some(wanted)
        if not data:
            raise ClientDisconnected
        self._left -= len(data)
        return data

    def _chunked(self, size: int) -> memoryview:
        while not self._piece:
            piece = next(self._chunks, None)
            if piece is None:
                return self._piece
            self._piece = memoryview(piece)
        data, self._piece = self._piece[:size], self._piece[size:]
        return data
