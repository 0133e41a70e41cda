"""Answers on their way to clients: never waits for one, and says how far it has come."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any

from gunicorn import util
from gunicorn.http.wsgi import FileWrapper, Response

from gateway.front.pace import Pace, Patience

BLOCK = 1 << 20


class Outgoing:
    """Takes the place of the socket that gunicorn's response writes to."""

    def __init__(self, connection: socket.socket, patience: Patience) -> None:
        self._socket = connection
        self._patience = patience
        self._pieces: list[bytes] = []
        self._rest = memoryview(b"")
        self.pace: Pace | None = None
        """Since this client was first too slow for us; a fast one has none."""

    def sendall(self, data: bytes) -> None:
        """Keeps ``data`` for the next :meth:`flush`."""
        self._pieces.append(data)

    def send(self, data: bytes) -> int:
        """For the one line of ``100 Continue``."""
        self.sendall(data)
        self.flush()
        return len(data)

    def flush(self) -> bool:
        """Whether the client's network has taken everything. OSError when the client has gone."""
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            whole = pieces[0] if len(pieces) == 1 and not self._rest else b"".join((self._rest, *pieces))
            self._rest = memoryview(whole)
        while self._rest:
            try:
                sent = self._socket.send(self._rest)
            except BlockingIOError:
                self._count(0)
                return False
            self._rest = self._rest[sent:]
            self._count(sent)
        return True

    def send_file(self, handle: int, offset: int, count: int) -> Iterator[None]:
        """``count`` bytes of a file; yields where the client has to take some first."""
        while not self.flush():
            yield
        while count:
            try:
                sent = os.sendfile(self._socket.fileno(), handle, offset, min(count, BLOCK))
            except BlockingIOError:
                self._count(0)
                yield
                continue
            if not sent:
                raise OSError("the file is shorter than it was")
            self._count(sent)
            offset, count = offset + sent, count - sent

    def wait(self, seconds: float) -> bool:
        """Whether the client takes more within so long."""
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    @property
    def deadline(self) -> float:
        return self.pace.deadline if self.pace else time.monotonic() + self._patience.fetch_pause

    def _count(self, sent: int) -> None:
        if self.pace is not None:
            if sent:
                self.pace.count(sent, time.monotonic())
        elif not sent:
            self.pace = Pace(self._patience, time.monotonic(), self._patience.fetch_pause)


def send_answer(response: Response, items: Iterable[bytes], out: Outgoing) -> Iterator[None]:
    """Sends what the application returned; yields where the client has to take some first."""
    if isinstance(items, FileWrapper) and response.response_length is not None and util.has_fileno(items.filelike):
        response.send_headers()
        if response.req.method != "HEAD":
            handle = items.filelike.fileno()
            yield from out.send_file(handle, os.lseek(handle, 0, os.SEEK_CUR), response.response_length)
    else:
        for item in _in_pieces(items):
            response.write(item)
            while not out.flush():
                yield
    response.close()
    while not out.flush():
        yield


def _in_pieces(items: Any) -> Iterable[bytes]:
    """Files by larger blocks than the 8 KiB that they are wrapped for."""
    if isinstance(items, FileWrapper):
        return iter(lambda: items.filelike.read(64 * 1024), b"")
    return items  # type: ignore[no-any-return]  # what WSGI says it is
