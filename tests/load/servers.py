"""What benchmarks stand on: a broker, a database and the sample service of their own, and medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.rpc.client import RpcClient
from chassis.settings import SEALING_KEY_BYTES, sealing_key_file
from chassis.testing.databases import DatabaseFactory, TestDatabase
from chassis.testing.sample.contracts import EVENTS, READ, Add
from chassis.topology import declare
from registry_infra.keys import ISSUERS, prepare_keys
from registry_infra.testing import start_broker, start_postgres

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Bench:
    """Addresses of the servers of one benchmark."""

    broker: str
    databases: DatabaseFactory
    keys: Path
    folder: Path

    @contextmanager
    def sample(self, database: TestDatabase) -> Iterator[RpcClient]:
        """The sample service as a process, and a client that it has answered."""
        environment = {
            **os.environ,
            "REGISTRY_PROFILE": "sandbox",
            "REGISTRY_SERVICE": "sample",
            "REGISTRY_DATABASE_URL": database.application_url,
            "REGISTRY_AMQP_URL": self.broker,
            "OBJECT_STORE_URL": self.folder.as_uri(),
            "REGISTRY_KEYS_DIR": str(self.keys),
            "REGISTRY_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "chassis.run", "chassis.testing.sample"]
        process = subprocess.Popen(command, env=environment)
        client = RpcClient(self.broker, "gateway")
        try:
            client.call(READ, Add(counter="ready"), timeout=60)
            yield client
        finally:
            client.close()
            process.kill()
            process.wait()


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[str, str]]:
    with start_postgres(folder / "postgres") as postgres, start_broker(folder / "broker") as broker:
        yield postgres, broker


@contextmanager
def bench(servers: Callable[[Path], AbstractContextManager[tuple[str, str]]] = _servers) -> Iterator[Bench]:
    """Servers of this benchmark's own, ended afterwards. ``servers``: addresses of another database and broker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        keys = folder / "keys"
        prepare_keys(keys / "each")
        for issuer in ISSUERS:
            for file in (keys / "each" / issuer).iterdir():
                if file.is_file():
                    (keys / file.name).write_bytes(file.read_bytes())
        sealing_key_file(keys, "sample").write_bytes(bytes(SEALING_KEY_BYTES))
        with servers(folder) as (postgres, broker):
            declare(broker, ["sample"], EVENTS)
            yield Bench(broker, DatabaseFactory(postgres), keys, folder)


def run_client(module: str, *words: object) -> dict[str, Any]:
    """Runs a measuring client as a process of its own and returns what it prints."""
    command = [sys.executable, "-W", "ignore", "-m", module, *map(str, words)]
    said = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(**facts: object) -> None:
    """One result per line, for people and for files."""
    sys.stdout.write(
        "  ".join(
            f"{name}={value:.3f}" if isinstance(value, float) else f"{name}={value}" for name, value in facts.items()
        )
        + "\n"
    )
    sys.stdout.flush()
