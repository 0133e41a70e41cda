"""What tests of the gateway stand on: real replicas under gunicorn, and people who speak to them."""

from __future__ import annotations

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

import httpx
from chassis.actor import Actor, Kind, issue_access_token
from chassis.testing.databases import TestDatabase
from chassis.tokens import TokenSigner


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
        actor = Actor(account, kind, frozenset(roles), "session")
        return issue_access_token(TokenSigner.load(self.keys, "identity"), actor, ttl=600)

    def client(self, account: str | None = "acc-one") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token(account)}"} if account else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def worker_pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def kill_workers(self) -> None:
        for pid in self.worker_pids():
            os.kill(pid, signal.SIGKILL)

    def wait(self) -> None:
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
    process = subprocess.Popen(command, env=environment)  # noqa: S603  what the test itself names
    gateway = GatewayProcess(port, process, keys, objects)
    try:
        gateway.wait()
        yield gateway
    finally:
        process.terminate()
        process.wait(30)
