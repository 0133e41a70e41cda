"""How the two gunicorn workers of a replica share what comes."""

from __future__ import annotations

import select
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from selectors import DefaultSelector
from threading import Thread

import httpx
import pytest
from gateway.front.arrival import SMALL
from gateway.front.connection import Connection
from gateway.front.pace import Patience
from gateway.testing import GatewayProcess
from gateway.worker import Worker

THREADS = 16
"""Two workers with eight each."""
HALF = (
    b"POST /api/v1/otp HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    b'{"mobile'
)


def test_slow_senders_hold_nobody_up_though_they_are_more_than_there_are_threads(gateway: GatewayProcess) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port))) for _ in range(2 * THREADS)]
        for connection in slow:
            connection.sendall(HALF)
        for _ in range(20):
            assert httpx.get(f"{gateway.url}/healthz", timeout=10).status_code == 200
        assert select.select(slow, [], [], 0)[0] == []  # they are still being read
    for _ in range(THREADS):
        assert httpx.get(f"{gateway.url}/healthz", timeout=10).status_code == 200


def test_a_request_that_comes_as_its_connection_is_given_up_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at all connections and the end of those that were idle too long. Red when that closes it."""
    worker, handed = Worker.__new__(Worker), []
    worker.parked, worker.poller, worker.nr_conns, worker.networks = {}, DefaultSelector(), 2, Counter(here=2)
    monkeypatch.setattr(worker, "_hand_over", handed.append)
    ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
    connections = [Connection(end, ("here", 1), ("gateway", 2), "here", Patience()) for end in ours]
    for end, connection in zip(ours, connections, strict=True):
        end.setblocking(False)
        worker._go_on(connection, connection.receive())
    theirs[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
    for connection in connections:
        worker._expire(connection)
    assert handed == connections[:1]
    assert [end.fileno() >= 0 for end in ours] == [True, False]
    for end in (*ours, *theirs):
        end.close()
    worker.poller.close()


class Line:
    """One connection of a browser: it sends in pieces, and reads answers in the order of its questions."""

    def __init__(self, gateway: GatewayProcess, account: str) -> None:
        self._head = f"Host: gateway\r\nAuthorization: Bearer {gateway.token(account)}\r\nTus-Resumable: 1.0.0\r\n"
        self._socket = socket.create_connection(("127.0.0.1", gateway.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(30)
        self._answers = self._socket.makefile("rb")

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()

    def request(self, method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
        own = "".join(f"{line}\r\n" for line in lines)
        return f"{method} {path} HTTP/1.1\r\n{self._head}{own}\r\n".encode() + body

    def send(self, data: bytes, piece: int) -> None:
        """In pieces of so many bytes, so that borders of requests fall anywhere."""
        for start in range(0, len(data), piece):
            self._socket.sendall(data[start : start + piece])

    def answer(self) -> tuple[int, dict[str, str]]:
        status = int(self._answers.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._answers.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if status != 204:
            self._answers.read(int(headers["content-length"]))
        return status, headers


def chunked(body: bytes, size: int) -> bytes:
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


SIZES = (0, 1, 700, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL + 7)


def converse(gateway: GatewayProcess, number: int) -> list[tuple[int, str]]:
    """Files created and sent one right behind the other, two by two; each answer's status and how far it says to be."""
    said: list[tuple[int, str]] = []
    with Line(gateway, f"acc-line-{number}") as line:
        for turn, size in enumerate(SIZES):
            piece = (1 << 20, 4093, 65521, 1021)[(turn + number) % 4]
            body = bytes(size)
            new = line.request("POST", "/api/v1/uploads", f"Upload-Length: {size + 5}", "Content-Length: 0")
            line.send(new * 2, piece)
            paths = [line.answer()[1]["location"] for _ in range(2)]
            kind = "Content-Type: application/offset+octet-stream"
            whole = f"Content-Length: {size}", body
            framing = (whole, ("Transfer-Encoding: chunked", chunked(body, 9973) if size else b"0\r\n\r\n"))
            questions = [
                line.request("PATCH", path, kind, "Upload-Offset: 0", frame, body=sent)
                + line.request("PATCH", path, kind, f"Upload-Offset: {size}", "Content-Length: 5", body=b"12345")
                + line.request("GET", "/healthz")
                for path, (frame, sent) in zip(paths, framing, strict=True)
            ]
            sender = Thread(target=line.send, args=(b"".join(questions), piece))
            sender.start()
            for _ in range(6):
                status, headers = line.answer()
                said.append((status, headers.get("upload-offset", "")))
            sender.join()
    return said


def test_each_request_on_a_connection_is_answered_however_closely_they_follow(gateway: GatewayProcess) -> None:
    """Creating and sending, pipelined and cut anywhere, on as many connections as browsers open: what has come with an
    earlier request, or while a thread is at it, waits for no other byte."""
    expected = [
        answer for size in SIZES for _ in range(2) for answer in ((204, str(size)), (204, str(size + 5)), (200, ""))
    ]
    with ThreadPoolExecutor(6) as browsers:
        for said in browsers.map(lambda number: converse(gateway, number), range(6)):
            assert said == expected
