"""Bytes of requests: what has come is kept, what comes later is waited for only where a place was given for that."""

from __future__ import annotations

import os
import select
import socket
import time

from gunicorn.http.unreader import Unreader

from gateway.front.pace import Pace, Patience
from gateway.web.problems import HttpProblem

READ = 64 * 1024
LARGEST_READ = 1 << 20


class Incoming(Unreader):  # type: ignore[misc]  # untyped in the library
    """What gunicorn's parser reads from. ``pace`` is set while a thread may wait for the client."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._socket = connection
        self.pace: Pace | None = None
        self.ended = False
        self.given_up = False

    def receive(self) -> bytes:
        """All that has come and was not read, after one look at the socket that waits for nothing."""
        try:
            data = self._socket.recv(READ)
        except BlockingIOError:
            return self.waiting()
        except OSError:
            data = b""
        if not data:
            self.ended = True
        self.buf.seek(0, os.SEEK_END)
        self.buf.write(data)
        return self.waiting()

    def waiting(self) -> bytes:
        """What has come and was not read."""
        return bytes(self.buf.getvalue())

    def admit(self, patience: Patience) -> None:
        """From now on a thread may wait for this client."""
        self.pace = Pace(patience, time.monotonic())

    def give_up(self) -> None:
        """Wakes the thread that waits for this client, which then ends the request. Called by another thread."""
        self.given_up = True
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            return  # it has gone by itself

    def some(self, size: int) -> bytes:
        """Up to ``size`` bytes, as soon as there are any; none when the client sends no more. Problems as below."""
        data = self.take_buffered()
        if not data:
            return self._next(min(size, LARGEST_READ))
        if len(data) > size:
            self.unread(data[size:])
        return bytes(data[:size])

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The same for gunicorn's parser, which gives back what it has no use for."""
        return self._next(min(max(READ, size_hint or 0), LARGEST_READ))

    def _next(self, size: int) -> bytes:
        """Problems ``request_too_slow``, and ``transfers_full`` when somebody else needs the place."""
        if self.ended:
            return b""
        if self.pace is None:
            raise HttpProblem("request_malformed", headers=CLOSE)  # its head promised less
        while True:
            try:
                data = self._socket.recv(size)
            except BlockingIOError:
                self._await(self.pace.deadline)
                continue
            if self.given_up:
                raise full()
            self.ended = not data
            now = time.monotonic()
            late = now > self.pace.deadline
            self.pace.count(len(data), now)
            if late and data:
                self.unread(data)
                raise too_slow()
            return data

    def _await(self, deadline: float) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise too_slow()


CLOSE = {"Connection": "close"}


def too_slow() -> HttpProblem:
    """408, for a body that came slower than ``Patience`` allows; the client may try again."""
    return HttpProblem("request_too_slow", headers={**CLOSE, "Retry-After": "1"})


def full() -> HttpProblem:
    """503, when every place for long uploads is taken; the client may try again in five seconds."""
    return HttpProblem("transfers_full", headers={**CLOSE, "Retry-After": "5"})
