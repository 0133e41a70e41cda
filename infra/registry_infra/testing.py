"""Private servers and stacks for tests: each is a context manager that leaves no process behind.

    @pytest.fixture(scope="session")
    def broker(tmp_path_factory):
        with start_broker(tmp_path_factory.mktemp("broker")) as uri:
            yield uri

None of them ever talks to a server that happens to listen on a standard port. When the tests themselves are killed,
the kernel ends the servers.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry_infra.folders import Folders, claim_servers, prepare_folders
from registry_infra.parts import Part
from registry_infra.ports import choose_ports
from registry_infra.postgres import prepare_server
from registry_infra.progress import silent
from registry_infra.rabbitmq import Broker, prepare_broker
from registry_infra.state import end_leftovers
from registry_infra.supervisor import Supervisor


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own in `folder`; gives the superuser's address. Fast, not durable."""
    folders = prepare_folders(folder)
    claim_servers(folders)
    server = prepare_server(folders, silent, durable=False)
    with _running(folders, [server.part] if server.part else []):
        yield server.uri


@contextmanager
def start_broker(folder: Path) -> Iterator[str]:
    """A RabbitMQ node of its own; gives the address of the user who may do everything in its virtual host."""
    with start_broker_node(folder) as broker:
        yield broker.uri()


@contextmanager
def start_broker_node(folder: Path) -> Iterator[Broker]:
    """The same node with the addresses of all users: `broker.uri("filing")`."""
    folders = prepare_folders(folder)
    claim_servers(folders)
    broker = prepare_broker(folders, silent)
    with _running(folders, list(broker.parts)):
        yield broker


@contextmanager
def _running(folders: Folders, parts: list[Part]) -> Iterator[None]:
    supervisor = Supervisor(folders.logs)
    try:
        for part in parts:
            supervisor.start(part)
        supervisor.wait_until_ready([part.name for part in parts])
        yield
    finally:
        supervisor.stop()
        end_leftovers(folders.stack_id)


@dataclass(frozen=True)
class Stack:
    """A running system. `command` runs ./registry against it, as a person in another shell would."""

    url: str
    data: Path

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs `./registry` with this stack's data folder, and returns what it printed."""
        return _registry(*words, "--data", str(self.data))

    def status(self) -> dict[str, object]:
        """What `./registry status --json` says."""
        answer: dict[str, object] = json.loads(self.command("status", "--json").stdout)
        return answer


@contextmanager
def start_stack(folder: Path, port: int | None = None, **variables: str) -> Iterator[Stack]:
    """The whole system in a data folder of its own, started and stopped by the command that people use."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or choose_ports(["gateway"], folder / "test-port.json")["gateway"]
    stack = Stack(f"http://127.0.0.1:{chosen}", folder)
    try:
        up = _registry("up", "--detach", "--port", str(chosen), "--data", str(folder), **variables)
        if up.returncode:
            raise RuntimeError(f"the stack did not come up:\n{up.stdout}\n{up.stderr}")
        yield stack
    finally:
        stack.command("down")


def _registry(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    # A test's stack is its own: addresses of servers that the caller may have set are not for it.
    shared = (
        "POSTGRES_URI",
        "RABBITMQ_URI",
        "OBJECT_STORE_URL",
        "REGISTRY_PROFILE",
        "REGISTRY_PUBLIC_URL",
        "REGISTRY_CALL_STARTED",
    )
    environment = {name: value for name, value in os.environ.items() if name not in shared}
    command = [sys.executable, "-m", "registry_infra", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment | variables)
