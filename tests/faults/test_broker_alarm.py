"""The broker takes no more messages (memory or disk alarm): callers are told at once, and nothing is lost."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chassis.errors import Problem
from chassis.testing.databases import DatabaseFactory
from chassis.testing.sample.contracts import ADD, Add
from registry_infra.rabbitmq import Broker
from registry_infra.testing import start_broker_node

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample, prepare_queues, proxy_to


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Broker]:
    """A broker of this test's own, since everybody at it will be blocked."""
    with start_broker_node(tmp_path) as broker:
        yield broker


def control(node: Broker, *words: str) -> None:
    program = node.parts[-1].program
    command = [str(Path(program.command[0]).with_name("rabbitmqctl")), *words]
    subprocess.run(command, env=dict(program.environment), check=True, capture_output=True, timeout=60)


def outcome(sample: Sample, seconds: float) -> str:
    started = time.monotonic()
    try:
        sample.client.call(ADD, Add(counter="a"), timeout=seconds)
        found = "answered"
    except Problem as problem:
        found = problem.code
    assert time.monotonic() - started < seconds + 1
    return found


def test_a_blocked_broker_holds_nobody_up_and_loses_nothing(
    node: Broker, databases: DatabaseFactory, keys: Path, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(databases.database("chassis.testing.sample"))
        prepare_queues(node.uri())
        sample = Sample(node.uri(), database, keys, tmp_path, proxy_to(node.uri()), proxy_to(database.application_url))
        stack.callback(sample.stop)
        sample.start()
        sample.wait_until_it_answers()
        control(node, "set_vm_memory_high_watermark", "0")
        assert [outcome(sample, 2) for _ in range(3)][1:] == ["service_unavailable"] * 2
        control(node, "set_vm_memory_high_watermark", "0.6")
        wait_until(lambda: outcome(sample, 3) == "answered", 30, "an answer")
        balance = "SELECT heard - total FROM counters WHERE name = 'a'"
        wait_until(lambda: sample.scalar(balance) == 0, 40, "the events")
