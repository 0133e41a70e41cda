"""Bytes of requests: what has come is kept, what comes later is waited for only where a place was given for that."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from gunicorn.http.body import Body
from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import Unreader

from gateway.front.pace import Pace, Patience
from gateway.web.problems import HttpProblem

R = TypeVar("R")
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

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes. Problems ``request_too_slow`` and ``transfers_full``, when somebody else needs the place."""
        if self.ended:
            return b""
        if self.pace is None:
            raise HttpProblem("request_malformed", headers=CLOSE)  # its head promised less
        size = min(max(READ, size_hint or 0), LARGEST_READ)
        while True:
            try:
                data = self._socket.recv(size)
            except BlockingIOError:
                self._await(self.pace.deadline)
                continue
            if self.given_up:
                raise full()
            now = time.monotonic()
            if now > self.pace.deadline and data:
                raise too_slow()
            self.pace.count(len(data), now)
            self.ended = not data
            return data

    def _await(self, deadline: float) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise too_slow()


CLOSE = {"Connection": "close"}


def too_slow() -> HttpProblem:
    return HttpProblem("request_too_slow", headers={**CLOSE, "Retry-After": "1"})


def full() -> HttpProblem:
    return HttpProblem("transfers_full", headers={**CLOSE, "Retry-After": "5"})


class PlainBody:
    """A request's body whose faults are problems of the request, not ours. ``complete``: nothing of it is left."""

    def __init__(self, body: Body, incoming: Incoming) -> None:
        self._body = body
        self._incoming = incoming

    def read(self, size: int | None = None) -> bytes:
        return self._ask(lambda: self._body.read(size))

    def readline(self, size: int | None = None) -> bytes:
        return self._ask(lambda: self._body.readline(size))

    def readlines(self, size: int | None = None) -> list[bytes]:
        return self._ask(lambda: self._body.readlines(size))

    def __iter__(self) -> Any:
        return iter(self.readline, b"")

    def _ask(self, question: Callable[[], R]) -> R:
        try:
            return question()
        except ParseException:
            raise HttpProblem("request_malformed", headers=CLOSE) from None

    @property
    def complete(self) -> bool:
        """Whether the next request begins where reading has come to; reads what has arrived and is not wanted."""
        if self._body.failed:
            return False
        self._incoming.pace = None
        try:
            while self._body.read(READ):
                pass
        except (ParseException, HttpProblem, OSError):
            return False
        return not self._incoming.ended or bool(self._incoming.waiting())
