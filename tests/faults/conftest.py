"""The sample service under faults: as a process, with its database and broker reached through a proxy that can fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.rpc.client import RpcClient
from chassis.rpc.connection import connect
from chassis.testing.databases import DatabaseFactory, TestDatabase
from chassis.testing.sample.contracts import ADD, EVENTS, READ, Add
from chassis.topology import declare
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from tests.faults.chaos import wait_until
from tests.faults.proxy import Proxy

CHECKOUT = Path(__file__).parents[2]


@dataclass
class Sample:
    """The sample service as a process. ``broker`` and ``database`` are the proxies on its way to them."""

    broker_url: str
    urls: TestDatabase
    keys: Path
    objects: Path
    broker: Proxy
    database: Proxy
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine: Engine = create_engine(self.urls.owner_url.replace("postgresql://", "postgresql+psycopg://"))
        self.client = RpcClient(self.broker_url, "gateway")

    def start(self, variant: str = "", failpoint: str = "") -> subprocess.Popen[bytes]:
        """Starts it: as it is, or as one of the broken variants; to die at a failpoint."""
        package = "chassis.testing.sample"
        module = ["tests.faults.broken", variant, package] if variant else ["chassis.run", package]
        environment = {
            **os.environ,
            "REGISTRY_PROFILE": "sandbox",
            "REGISTRY_SERVICE": "sample",
            "REGISTRY_DATABASE_URL": through(self.urls.application_url, self.database),
            "REGISTRY_AMQP_URL": through(self.broker_url, self.broker),
            "OBJECT_STORE_URL": self.objects.as_uri(),
            "REGISTRY_KEYS_DIR": str(self.keys),
            "REGISTRY_FAILPOINT": failpoint,
        }
        process = subprocess.Popen([sys.executable, "-m", *module], cwd=CHECKOUT, env=environment)
        self.processes.append(process)
        return process

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        self.client.call(READ, Add(counter="ready"), timeout=seconds)

    def listens(self) -> bool:
        """Whether the service takes requests, whatever it does with them."""
        connection = connect(self.broker_url, heartbeat=0, timeout=5)
        try:
            return bool(connection.channel().queue_declare("rpc-sample", passive=True).consumer_count)
        finally:
            connection.close()

    def add(self, counter: str = "a", request_id: str | None = None, seconds: float = 40) -> None:
        """Adds one, asking again under the same id until it is answered, as a careful client does."""
        self._insist(ADD, Add(counter=counter), request_id or new_id("req"), seconds)

    def _insist(self, method: object, request: Add, request_id: str, seconds: float) -> None:
        deadline = threading.Event()
        timer = threading.Timer(seconds, deadline.set)
        timer.start()
        try:
            while True:
                try:
                    self.client.call(ADD, request, request_id=request_id, timeout=3)
                except Problem:
                    if deadline.wait(0.1):
                        raise
                else:
                    return
        finally:
            timer.cancel()

    def scalar(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar() or 0)

    def stop(self) -> None:
        self.client.close()
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.engine.dispose()
        self.broker.close()
        self.database.close()


def through(url: str, proxy: Proxy) -> str:
    """The address with the proxy in the server's place."""
    parts = urlsplit(url)
    credentials = parts.netloc.rpartition("@")[0]
    netloc = f"{credentials}@127.0.0.1:{proxy.port}" if credentials else f"127.0.0.1:{proxy.port}"
    return urlunsplit(parts._replace(netloc=netloc))


def proxy_to(url: str) -> Proxy:
    parts = urlsplit(url)
    return Proxy(parts.hostname or "127.0.0.1", parts.port or 0)


@pytest.fixture
def sample(broker: str, databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[Sample]:
    prepare_queues(broker)
    with databases.database("chassis.testing.sample") as database:
        running = Sample(broker, database, keys, tmp_path, proxy_to(broker), proxy_to(database.application_url))
        try:
            yield running
        finally:
            running.stop()


def prepare_queues(broker: str) -> None:
    """The sample's queues, empty, and without consumers of an earlier test, which would take some of the messages."""
    declare(broker, ["sample"], EVENTS)
    connection = connect(broker, heartbeat=0, timeout=5)
    channel = connection.channel()
    for queue in ("rpc-sample", *(event.queue("sample") for event in EVENTS)):
        wait_until(lambda name=queue: not channel.queue_declare(name, passive=True).consumer_count, 40, "their end")
        channel.queue_purge(queue)
    connection.close()
