"""A campaign of random cuts: clients that lose their connection in the middle of a body, workers that die.

What must hold whatever happens: an upload's offset never goes back behind what was confirmed, so that at most one chunk
is sent again per cut; and in the end every SHA-256 is right.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import random
import signal
import socket
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.testing import GatewayProcess

CHUNK = 1 << 20
PATIENCE = 300.0
VERSION = {"Tus-Resumable": "1.0.0"}


@dataclass
class Outcome:
    """What a campaign saw. ``sent_again`` is the largest number of bytes that one cut made somebody repeat."""

    uploads: int = 0
    cuts: int = 0
    workers_killed: int = 0
    bytes_sent: int = 0
    sent_again: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)


class Upload:
    """One client: creates an upload, sends it in chunks, is cut off, asks where to go on, goes on."""

    def __init__(
        self,
        gateways: Sequence[GatewayProcess],
        seed: int,
        size: int,
        cuts: int,
        outcome: Outcome,
        killer: Killer,
    ) -> None:
        self._gateways, self._killer = gateways, killer
        self._random = random.Random(seed)
        self._content = self._random.randbytes(size)
        self._cuts = cuts
        self._outcome = outcome
        self._authorization = {"Authorization": f"Bearer {gateways[0].token(f'acc-{seed}')}"}
        self._path = ""

    def run(self) -> None:
        """Ends with the whole file stored, or with a line in ``outcome.wrong``."""
        deadline = time.monotonic() + PATIENCE
        self._create(deadline)
        offset = 0
        while offset < len(self._content) and time.monotonic() < deadline:
            end = min(len(self._content), offset + CHUNK)
            cut_at = self._random.randrange(end - offset) if self._due(offset) else None
            reached = self._send(offset, end, cut_at)
            confirmed = self._offset(deadline)
            if confirmed < offset:
                self._outcome.wrong.append(f"{self._path}: {offset} bytes were confirmed, then only {confirmed}")
            self._outcome.sent_again = max(self._outcome.sent_again, reached - confirmed)
            offset = confirmed
        self._compare(deadline)

    def _due(self, offset: int) -> bool:
        """Cuts are spread over the chunks that are left."""
        chunks_left = -(-(len(self._content) - offset) // CHUNK)
        return self._cuts > 0 and (self._cuts >= chunks_left or self._random.random() < self._cuts / chunks_left)

    def _create(self, deadline: float) -> None:
        name = base64.b64encode("作品.bin".encode()).decode()
        headers = {"Upload-Length": str(len(self._content)), "Upload-Metadata": f"filename {name}"}
        answer = self._ask("POST", "/api/v1/uploads", headers, 201, deadline)
        self._path = urlsplit(answer.getheader("Location", "")).path

    def _offset(self, deadline: float) -> int:
        answer = self._ask("HEAD", self._path, {}, 200, deadline)
        return int(answer.getheader("Upload-Offset", "0"))

    def _compare(self, deadline: float) -> None:
        answer = self._ask("GET", self._path, {}, 200, deadline)
        expected = hashlib.sha256(self._content).hexdigest()
        stored = self._gateways[0].staged(self._path)
        if expected.encode() not in answer.body or not stored.exists():  # type: ignore[attr-defined]  # set by _ask
            self._outcome.wrong.append(f"{self._path}: the content is not what was sent")
        elif hashlib.sha256(stored.read_bytes()).hexdigest() != expected:
            self._outcome.wrong.append(f"{self._path}: the stored bytes are not what was sent")

    def _ask(
        self, method: str, path: str, headers: dict[str, str], wanted: int, deadline: float
    ) -> http.client.HTTPResponse:
        """Asks any replica until one gives the wanted status: workers are being killed all the time."""
        while True:
            gateway = self._random.choice(self._gateways)
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
            with suppress(OSError, http.client.HTTPException):
                connection.request(method, path, headers={**VERSION, **self._authorization, **headers})
                answer = connection.getresponse()
                answer.body = answer.read()  # type: ignore[attr-defined]  # kept beside the answer
                if answer.status == wanted:
                    connection.close()
                    return answer
                assert answer.status != 404, f"{method} {path}: 404"
            connection.close()
            if time.monotonic() > deadline:
                raise AssertionError(f"{method} {path} was not answered in time")
            time.sleep(0.02)

    def _send(self, offset: int, end: int, cut_at: int | None) -> int:
        """A PATCH of one chunk, or a part of it and then a reset. Returns how far the client thinks it came."""
        body = self._content[offset:end]
        head = (
            f"PATCH {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
            f"Authorization: {self._authorization['Authorization']}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        part = body if cut_at is None else body[:cut_at]
        channel = socket.socket()
        channel.settimeout(10)
        try:
            channel.connect(("127.0.0.1", self._random.choice(self._gateways).port))
            channel.sendall(head.encode() + part)
            if cut_at is None:
                channel.recv(4096)
            else:
                channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            return offset
        finally:
            channel.close()
        with self._outcome.lock:
            self._outcome.bytes_sent += len(part)
            if cut_at is not None:
                self._cuts -= 1
                self._outcome.cuts += 1
                self._killer.after(self._outcome)
        return offset + len(part)


class Killer:
    """Kills a worker of some gateway with every so manieth cut, as the kernel would: without warning.

    Not the last one that is alive: a machine that starts workers slowly shall not be left without.
    """

    def __init__(self, gateways: Sequence[GatewayProcess], every: int, seed: int) -> None:
        self._gateways, self._every, self._random = gateways, every, random.Random(seed)

    def after(self, outcome: Outcome) -> None:
        if outcome.cuts % self._every:
            return
        pids = self._random.choice(self._gateways).worker_pids()
        if len(pids) > 1:
            with suppress(ProcessLookupError):
                os.kill(self._random.choice(pids), signal.SIGKILL)
                outcome.workers_killed += 1


def campaign(
    gateways: Sequence[GatewayProcess], *, uploads: int, cuts: int, kill_every: int, size: int, seed: int = 1
) -> Outcome:
    """``uploads`` clients at once, ``cuts`` cuts among them, a worker killed with every ``kill_every``th."""
    outcome = Outcome(uploads=uploads)
    shares = [cuts // uploads + (place < cuts % uploads) for place in range(uploads)]
    killer = Killer(gateways, kill_every, seed)
    clients = [Upload(gateways, seed * 1000 + place, size, shares[place], outcome, killer) for place in range(uploads)]
    started = time.monotonic()
    threads = [threading.Thread(target=_guarded, args=(client, outcome), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - started
    return outcome


def _guarded(client: Upload, outcome: Outcome) -> None:
    try:
        client.run()
    except AssertionError as failure:
        outcome.wrong.append(str(failure))
