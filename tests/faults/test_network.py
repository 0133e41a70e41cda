"""The way to the broker or the database is cut, swallowed or held up: calls end in time, and work resumes by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import amqp
import psutil
import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.outbox.store import envelope
from chassis.rpc.client import RpcClient
from chassis.rpc.connection import connect
from chassis.testing.sample.contracts import ADD, READ, Add
from sqlalchemy import text

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample, proxy_to, through
from tests.faults.proxy import Proxy

CLEAR = {"deadline_exceeded", "service_unavailable"}


def outcome(client: RpcClient, seconds: float) -> str:
    """How one call ended. However that was, it ended within a second of its deadline."""
    started = time.monotonic()
    try:
        client.call(ADD, Add(counter="a"), timeout=seconds)
        found = "answered"
    except Problem as problem:
        found = problem.code
    assert time.monotonic() - started < seconds + 1, found
    return found


@pytest.fixture
def caller(sample: Sample) -> Iterator[tuple[RpcClient, Proxy]]:
    """A client whose own way to the broker can fail, and the sample service."""
    sample.start()
    sample.wait_until_it_answers()
    proxy = proxy_to(sample.broker_url)
    client = RpcClient(through(sample.broker_url, proxy), "gateway", connect_timeout=2)
    assert outcome(client, 10) == "answered"
    try:
        yield client, proxy
    finally:
        client.close()
        proxy.close()


def test_a_call_under_way_survives_a_cut_of_the_callers_connection(caller: tuple[RpcClient, Proxy]) -> None:
    client, proxy = caller
    totals: list[int] = []
    request = Add(counter="once", seconds=1.0)
    call = threading.Thread(
        target=lambda: totals.append(client.call(ADD, request, request_id=new_id("req"), timeout=15).total)
    )
    call.start()
    time.sleep(0.4)
    proxy.cut()
    time.sleep(0.2)
    proxy.heal()
    call.join()
    assert totals == [1]  # asked twice, done once


def test_a_caller_that_waits_longer_than_it_was_told_would_show(
    caller: tuple[RpcClient, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, proxy = caller
    real = client.call_raw
    monkeypatch.setattr(client, "call_raw", lambda *words, timeout, **more: real(*words, timeout=timeout + 3, **more))
    proxy.hold()
    with pytest.raises(AssertionError):
        outcome(client, 0.5)


@pytest.mark.parametrize("fault", [Proxy.cut, Proxy.hole, Proxy.hold])
def test_a_caller_without_a_broker_is_told_so_in_time_and_recovers(
    caller: tuple[RpcClient, Proxy], fault: Callable[[Proxy], None]
) -> None:
    client, proxy = caller
    fault(proxy)
    assert outcome(client, 1.5) in CLEAR
    assert {outcome(client, 1.5) for _ in range(2)} <= CLEAR
    proxy.heal()
    wait_until(lambda: outcome(client, 3) == "answered", 30, "an answer")


@pytest.mark.parametrize("fault", [Proxy.cut, Proxy.hole])
def test_a_service_without_a_broker_comes_back_and_says_what_it_had_to_say(
    sample: Sample, fault: Callable[[Proxy], None]
) -> None:
    sample.start()
    sample.wait_until_it_answers()
    fault(sample.broker)
    assert outcome(sample.client, 1.5) in CLEAR
    sample.broker.heal()
    sample.add("a")
    wait_until(lambda: sample.scalar("SELECT heard - total FROM counters WHERE name = 'a'") == 0, 40, "the event")
    assert sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


@pytest.mark.parametrize("fault", [Proxy.cut, Proxy.hole, Proxy.hold])
def test_a_service_without_its_database_says_so_in_time_and_recovers(
    sample: Sample, fault: Callable[[Proxy], None]
) -> None:
    sample.start()
    sample.wait_until_it_answers()
    fault(sample.database)
    assert {outcome(sample.client, 1.5) for _ in range(2)} <= CLEAR
    sample.database.heal()
    wait_until(lambda: outcome(sample.client, 3) == "answered", 30, "an answer")
    wait_until(lambda: sample.scalar("SELECT heard - total FROM counters WHERE name = 'a'") == 0, 40, "the events")


def test_dropped_database_connections_are_replaced_without_anybody_noticing(sample: Sample) -> None:
    sample.start()
    sample.wait_until_it_answers()
    for _ in range(3):
        sample.database.cut()
        sample.database.heal()
        assert outcome(sample.client, 5) == "answered"


def test_a_deadline_in_the_middle_of_a_query_leaves_no_busy_connection_behind(sample: Sample) -> None:
    """The database holds up for as long as calls have time: whoever gets their connections next must be served."""
    sample.start()
    sample.wait_until_it_answers()
    assert overtaken_by_deadlines(sample) == {"answered"}


def overtaken_by_deadlines(sample: Sample) -> set[str]:
    """What is answered after every connection was in the middle of a query when its caller's time was up."""
    sample.database.hold()
    threads = [threading.Thread(target=outcome, args=(sample.client, 1.0)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sample.database.heal()
    return {outcome(sample.client, 5) for _ in range(20)}


def test_a_flood_of_events_keeps_no_call_waiting_and_fills_no_memory(sample: Sample) -> None:
    process = psutil.Process(sample.start().pid)
    sample.wait_until_it_answers()
    before = process.memory_info().rss
    sample.client.call(ADD, Add(counter="flood"), timeout=10)
    publish_again(sample, 3000)
    times = []
    for _ in range(20):
        started = time.monotonic()
        sample.client.call(READ, Add(counter="flood"), timeout=5)
        times.append(time.monotonic() - started)
    assert sorted(times)[10] < 1
    assert sample.scalar("SELECT heard FROM counters WHERE name = 'flood'") == 1
    assert process.memory_info().rss - before < 48 << 20


def test_calls_that_nobody_answers_pile_up_nowhere(sample: Sample) -> None:
    """Neither at the broker nor in the caller, however long a service is away."""
    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(lambda _: outcome(sample.client, 0.3), range(200)))
    assert set(ended) == {"deadline_exceeded"}
    assert sample.client._pending == {}
    connection = connect(sample.broker_url, heartbeat=0, timeout=5)
    queue = connection.channel()
    wait_until(lambda: queue.queue_declare("rpc-sample", passive=True).message_count == 0, 5, "an empty queue")
    connection.close()


def publish_again(sample: Sample, times: int) -> None:
    """The only event of the outbox, as a relay would that never remembers."""
    with sample.engine.connect() as database:
        event = envelope(database.execute(text("SELECT * FROM outbox")).one(), "sample")
    connection = connect(sample.broker_url, heartbeat=0, timeout=10)
    channel = connection.channel()
    for _ in range(times):
        message = amqp.Message(event.model_dump_json(), delivery_mode=1, message_id=event.id)
        channel.basic_publish(message, "sample.events", event.name)
    connection.close()
