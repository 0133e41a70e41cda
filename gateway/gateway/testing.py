"""What tests of the gateway stand on: real replicas under gunicorn, and people who speak to them."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from chassis.actor import Actor, Kind, issue_access_token
from chassis.testing.databases import TestDatabase
from chassis.tokens import TokenSigner

TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class GatewayProcess:
    """One replica. ``client()`` speaks to it as a person, or as a visitor."""

    port: int
    process: subprocess.Popen[bytes]
    keys: Path
    objects: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, account: str = "acc-one", kind: Kind = "natural_person", roles: tuple[str, ...] = ()) -> str:
        """An access token as identity would give it, for ten minutes."""
        actor = Actor(account, kind, frozenset(roles), "session")
        return issue_access_token(TokenSigner.load(self.keys, "identity"), actor, ttl=600)

    def client(self, account: str | None = "acc-one", kind: Kind = "natural_person") -> httpx.Client:
        """Signed in as ``account``, or a visitor with None."""
        headers = {"Authorization": f"Bearer {self.token(account, kind)}"} if account else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def arrived(self, path: str) -> bytes:
        """What the gateway keeps of an upload that no service was given yet."""
        return self.staged(path).read_bytes()

    def staged(self, path: str) -> Path:
        """The file that an upload's bytes gather in."""
        return self.objects / "uploads" / f"{path.rsplit('/', 1)[-1]}.part"

    def send_and_cut(self, path: str, data: bytes, keep: int) -> None:
        """Announces all of ``data`` and cuts the connection after ``keep`` bytes of it."""
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {self.token()}\r\n"
            "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(head.encode() + data[:keep])
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(10)
            while connection.recv(65536):
                pass

    def worker_pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def kill_workers(self) -> None:
        """At once, as the kernel does when memory is short."""
        for pid in self.worker_pids():
            os.kill(pid, signal.SIGKILL)

    def wait(self) -> None:
        """Until it answers. ``RuntimeError`` when it ends or takes longer than 90 seconds."""
        deadline = time.monotonic() + 90
        while True:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the gateway did not start")
            time.sleep(0.1)


@contextmanager
def running_gateway(
    database: TestDatabase, keys: Path, objects: Path, *, within: Sequence[str] = (), **extra: str
) -> Iterator[GatewayProcess]:
    """``within``: a program that prepares the process and then becomes the gateway."""
    port = free_port()
    environment = {
        **os.environ,
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_SERVICE": "gateway",
        "REGISTRY_DATABASE_URL": database.application_url,
        "REGISTRY_AMQP_URL": "amqp://nowhere.invalid/",
        "OBJECT_STORE_URL": objects.as_uri(),
        "REGISTRY_KEYS_DIR": str(keys),
        "REGISTRY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REGISTRY_BIND": f"127.0.0.1:{port}",
        "REGISTRY_LOG_LEVEL": "WARNING",
        "REGISTRY_HEALTH_PORT": "0",
        **extra,
    }
    command = [*within, sys.executable, "-m", "gateway"]
    with TemporaryDirectory(prefix="gateway-metrics-") as metrics:
        environment["PROMETHEUS_MULTIPROC_DIR"] = metrics
        process = subprocess.Popen(command, env=environment)  # noqa: S603  what the test itself names
        gateway = GatewayProcess(port, process, keys, objects)
        try:
            gateway.wait()
            yield gateway
        finally:
            process.terminate()
            process.wait(30)


def metadata(**entries: str) -> str:
    """An ``Upload-Metadata`` header."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in entries.items())


def checksum(algorithm: str, data: bytes) -> str:
    """An ``Upload-Checksum`` header."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def create(client: httpx.Client, length: int, **entries: str) -> str:
    """A new upload; its path."""
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(filename="作品.pdf", **entries)}
    answer = client.post("/api/v1/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return httpx.URL(answer.headers["Location"]).path


def patch(client: httpx.Client, path: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
    """Sends ``data`` at ``offset``."""
    return client.patch(path, content=data, headers={**BODY, "Upload-Offset": str(offset), **headers})


def offset(client: httpx.Client, path: str) -> int:
    """How much has arrived, as HEAD says."""
    answer = client.head(path, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])
