"""A request's body as the application reads it: each byte as it comes, and faults in it as problems of the request."""

from __future__ import annotations

import io
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from gateway.front.incoming import CLOSE, READ, Incoming
from gateway.web.problems import HttpProblem


class RequestBody(io.RawIOBase):
    """Gives what has arrived rather than wait for all that was asked for: an upload keeps what came before a cut.

    Reading raises the problems ``request_malformed``, ``request_too_slow`` and ``transfers_full``, and
    ``ClientDisconnected`` where the end is missing; then and ever after.
    """

    def __init__(self, reader: Any, incoming: Incoming) -> None:
        self._chunks = reader.parser if isinstance(reader, ChunkedReader) else None
        self._left = 0 if self._chunks else reader.length
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
            return self._chunked(size) if self._chunks else self._counted(size)
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
            piece = next(self._chunks, None)  # type: ignore[call-overload]  # untyped in the library
            if piece is None:
                return self._piece
            self._piece = memoryview(piece)
        data, self._piece = self._piece[:size], self._piece[size:]
        return data
