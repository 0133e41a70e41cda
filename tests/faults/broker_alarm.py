"""The broker takes no more messages, for want of memory or of disk: callers are told at once, and nothing is lost."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chassis.errors import Problem
from chassis.rpc.client import RpcClient
from chassis.testing.databases import DatabaseFactory
from chassis.testing.sample.contracts import ADD, Add
from registry_infra.rabbitmq import Broker
from registry_infra.testing import start_broker_node

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample, prepare_queues, proxy_to

ALARMS = {
    "memory": (("set_vm_memory_high_watermark", "0"), ("set_vm_memory_high_watermark", "0.6")),
    "disk": (("set_disk_free_limit", "900TB"), ("set_disk_free_limit", "50MB")),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of these tests' own, since everybody at it will be blocked."""
    with start_broker_node(tmp_path_factory.mktemp("alarm")) as broker:
        yield broker


@pytest.fixture
def sample(node: Broker, databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[Sample]:
    with ExitStack() as stack:
        database = stack.enter_context(databases.database("chassis.testing.sample"))
        prepare_queues(node.uri())
        running = Sample(node.uri(), database, keys, tmp_path, proxy_to(node.uri()), proxy_to(database.application_url))
        stack.callback(running.stop)
        yield running


def control(node: Broker, *words: str) -> str:
    program = node.parts[-1].program
    command = [str(Path(program.command[0]).with_name("rabbitmqctl")), *words]
    done = subprocess.run(
        command, env=dict(program.environment), check=True, capture_output=True, timeout=60, text=True
    )
    return done.stdout


def outcome(client: RpcClient, seconds: float) -> str:
    started = time.monotonic()
    try:
        client.call(ADD, Add(counter="a"), timeout=seconds)
        found = "answered"
    except Problem as problem:
        found = problem.code
    assert time.monotonic() - started < seconds + 1
    return found


class DeafClient(RpcClient):
    """Broken: does not hear that the broker is blocked, and waits for answers that cannot come."""

    def _on_blocked(self, reason: str) -> None:
        return None


def test_a_blocked_broker_holds_nobody_up_and_loses_nothing(node: Broker, sample: Sample) -> None:
    sample.start()
    sample.wait_until_it_answers()
    deaf = DeafClient(node.uri(), "gateway")
    try:
        for raised, lowered in ALARMS.values():
            assert outcome(deaf, 3) == "answered"
            control(node, *raised)
            wait_until(lambda: outcome(sample.client, 2) == "service_unavailable", 15, "the alarm")
            started = time.monotonic()
            assert outcome(sample.client, 2) == "service_unavailable"
            assert time.monotonic() - started < 0.5
            assert outcome(deaf, 1) == "deadline_exceeded"
            control(node, *lowered)
            wait_until(lambda: outcome(sample.client, 3) == "answered", 30, "an answer")
    finally:
        deaf.close()
    balance = "SELECT heard - total FROM counters WHERE name = 'a'"
    wait_until(lambda: sample.scalar(balance) == 0, 40, "the events")


def test_every_queue_has_bounds(node: Broker, sample: Sample) -> None:
    columns = ("name", "effective_policy_definition")
    lines = control(node, "-q", "list_queues", "-p", "registry", "--no-table-headers", *columns).splitlines()
    bounds = dict(line.split("\t", 1) for line in lines)
    assert '"message-ttl",30000' in bounds["rpc-sample"].replace(" ", "")
    assert "drop-head" in bounds["rpc-sample"]
    events = [bound for name, bound in bounds.items() if name.startswith("evt-")]
    assert events
    assert all("reject-publish" in bound and "1000000" in bound for bound in events)
