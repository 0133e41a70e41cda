"""Clients that are slow on purpose or send what is no HTTP, from as many networks as wanted: each 127.0.0.x is one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection


class Stranger:
    """One connection, from 127.0.0.``place``. ``window``: bytes that its system takes before somebody reads them."""

    def __init__(self, port: int, place: int = 1, window: int = 0) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(10)
        if window:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self._socket.bind((f"127.0.0.{place}", 0))
        self._socket.connect(("127.0.0.1", port))

    def send(self, data: bytes) -> bool:
        """False when nobody listens any more."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def finish(self) -> None:
        """Sends no more, and says so."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def read(self, size: int = 65536) -> bytes:
        try:
            return self._socket.recv(size)
        except ConnectionError:
            return b""

    def answer(self, seconds: float = 20) -> bytes:
        """All that comes until the other side ends the connection."""
        said, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            data = self.read()
            if not data:
                return said
            said += data
        raise AssertionError(f"the connection still stands after {seconds} s; it said {said[:200]!r}")

    def ended(self) -> bool:
        """Whether the other side has ended the connection or answered by now."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        self._socket.close()


@contextmanager
def crowd(port: int, size: int, places: int = 1, window: int = 0, before: bytes = b"") -> Iterator[list[Stranger]]:
    """So many strangers, from so many networks, who have all sent ``before``."""
    found: list[Stranger] = []
    try:
        for number in range(size):
            found.append(Stranger(port, 2 + number % places, window))
            found[-1].send(before)
        yield found
    finally:
        for stranger in found:
            stranger.close()


@dataclass
class Visit:
    """What an ordinary visitor went through: seconds of each answer, in order of size."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return self.seconds[len(self.seconds) // 2]

    @property
    def longest(self) -> float:
        return self.seconds[-1]


def visit(port: int, paths: tuple[str, ...] = ("/", "/sign-in", "/healthz"), times: int = 8) -> Visit:
    """Somebody who opens pages one after the other, each on a new connection as on a first visit."""
    seconds = []
    for _ in range(times):
        for path in paths:
            began = time.monotonic()
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            assert answer.status == 200
            seconds.append(time.monotonic() - began)
    return Visit(sorted(seconds))


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: gateway", *lines, "", ""]).encode("latin-1")
