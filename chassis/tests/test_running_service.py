"""A service in its own process, on a real broker and database: RPC, events, deadlines, restarts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import amqp
import pytest
from chassis.actor import issue_access_token
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.rpc import wire
from chassis.rpc.client import RpcClient
from chassis.rpc.connection import connect
from chassis.testing import person
from chassis.testing.databases import DatabaseFactory, TestDatabase
from chassis.testing.sample.contracts import ADD, ADD_MINE, EVENTS, READ, Add
from chassis.tokens import TokenSigner
from chassis.topology import declare
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


class Running:
    """The sample service as a process, its database, and a client."""

    def __init__(self, broker: str, database: TestDatabase, keys: Path, objects: Path) -> None:
        self.environment = {
            **os.environ,
            "REGISTRY_PROFILE": "sandbox",
            "REGISTRY_SERVICE": "sample",
            "REGISTRY_DATABASE_URL": database.application_url,
            "REGISTRY_AMQP_URL": broker,
            "OBJECT_STORE_URL": objects.as_uri(),
            "REGISTRY_KEYS_DIR": str(keys),
        }
        self.engine: Engine = create_engine(database.owner_url.replace("postgresql://", "postgresql+psycopg://"))
        self.client = RpcClient(broker, "gateway")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "chassis.run", "chassis.testing.sample"]
        process = subprocess.Popen(command, env={**self.environment, **environment})
        self.processes.append(process)
        return process

    def scalar(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar() or 0)

    def stop(self) -> None:
        self.client.close()
        for process in self.processes:
            process.kill()
            process.wait()
        self.engine.dispose()


@pytest.fixture
def sample(broker: str, databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[Running]:
    declare(broker, ["sample"], EVENTS)
    connection = connect(broker, heartbeat=0, timeout=5)
    channel = connection.channel()
    for event in EVENTS:
        channel.queue_purge(event.queue("sample"))
    channel.queue_purge("rpc-sample")
    connection.close()
    with databases.database("chassis.testing.sample") as database:
        running = Running(broker, database, keys, tmp_path)
        try:
            yield running
        finally:
            running.stop()


def test_a_call_is_answered_and_its_event_comes_back_through_the_broker(sample: Running) -> None:
    sample.start()
    assert sample.client.call(ADD, Add(counter="a", amount=4), timeout=20).total == 4
    wait_for(lambda: sample.scalar("SELECT heard FROM counters WHERE name = 'a'") == 4)
    assert sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


def test_errors_travel_as_codes_and_never_as_python_paths(sample: Running) -> None:
    sample.start()
    with pytest.raises(Problem, match="forbidden"):
        sample.client.call(ADD, Add(counter="a", fail="forbidden"), timeout=20)
    with pytest.raises(Problem, match="internal_error"):
        sample.client.call(ADD, Add(counter="a", fail="crash"))
    with pytest.raises(Problem, match="not_signed_in"):
        sample.client.call(ADD_MINE, Add(counter="a"), token="not.a.token")
    with pytest.raises(Problem) as refused:
        sample.client.call_raw("sample", "add", {"counter": 1, "nonsense": True})
    assert {error.field for error in refused.value.errors} == {"counter", "nonsense"}
    with pytest.raises(Problem, match="not_found"):
        sample.client.call_raw("sample", "no_such_method", {})


def test_the_service_verifies_the_actor_itself(sample: Running, keys: Path) -> None:
    sample.start()
    identity, gateway = (TokenSigner.load(keys, issuer) for issuer in ("identity", "gateway"))
    good = issue_access_token(identity, person(), 60)
    assert sample.client.call(ADD_MINE, Add(counter="a"), token=good, timeout=20).total == 1
    expired = issue_access_token(identity, person(), -60)
    forged = issue_access_token(gateway, person(), 60)  # the gateway may not say who somebody is
    elsewhere = identity.sign({"sub": "acc-person", "kind": "natural_person"}, audience="evidence", ttl=60)
    for token, code in ((expired, "token_expired"), (forged, "not_signed_in"), (elsewhere, "not_signed_in")):
        with pytest.raises(Problem, match=code):
            sample.client.call(ADD_MINE, Add(counter="a"), token=token)


def test_many_callers_share_one_client(sample: Running) -> None:
    sample.start()
    sample.client.call(READ, Add(counter="a"), timeout=20)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: sample.client.call(ADD, Add(counter=f"c{n % 4}")), range(200)))
    assert sample.scalar("SELECT sum(total) FROM counters") == 200
    wait_for(lambda: sample.scalar("SELECT sum(heard) FROM counters") == 200)
    ordered = "SELECT count(*) FROM (SELECT sequence - lag(sequence) OVER (PARTITION BY counter ORDER BY number) AS d"
    assert sample.scalar(f"{ordered} FROM heard) x WHERE d <> 1") == 0


def test_slow_queries_do_not_freeze_the_process(sample: Running) -> None:
    """psycopg's own wait would make eight waits of one second last eight."""
    sample.start()
    sample.client.call(READ, Add(counter="a"), timeout=20)
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: sample.client.call(ADD, Add(counter=str(n), seconds=1)), range(8)))
    assert time.monotonic() - started < 7


def test_a_call_ends_at_its_deadline_and_is_not_run_later(sample: Running) -> None:
    started = time.monotonic()
    with pytest.raises(Problem, match="deadline_exceeded"):
        sample.client.call(ADD, Add(counter="late"), timeout=1)  # nobody is there
    assert time.monotonic() - started < 2
    sample.start()
    sample.client.call(ADD, Add(counter="now"), timeout=20)
    assert sample.scalar("SELECT count(*) FROM counters WHERE name = 'late'") == 0


def test_a_handler_that_outlives_its_caller_is_stopped_and_undone(sample: Running) -> None:
    sample.start()
    sample.client.call(READ, Add(counter="a"), timeout=20)
    with pytest.raises(Problem, match="deadline_exceeded"):
        sample.client.call(ADD, Add(counter="slow", seconds=3), timeout=0.5)
    time.sleep(0.3)
    assert sample.client.call(READ, Add(counter="slow")).total == 0


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize(
    "failpoint",
    ["uow.before_commit", "uow.after_commit", "relay.published", "relay.confirmed", "inbox.received", "inbox.acked"],
)
def test_killed_at_any_line_nothing_is_lost_or_doubled(sample: Running, failpoint: str) -> None:
    sample.start(REGISTRY_FAILPOINT=failpoint)
    request_id = new_id("req")

    def call() -> None:
        sample.client.call(ADD, Add(counter="a"), request_id=request_id, timeout=30)

    caller = threading.Thread(target=call)
    caller.start()
    sample.processes[0].wait(timeout=30)
    committed = sample.scalar("SELECT count(*) FROM counters")
    assert committed == (0 if failpoint == "uow.before_commit" else 1), "it died elsewhere"
    sample.start()
    caller.join()
    wait_for(lambda: sample.scalar("SELECT heard FROM counters WHERE name = 'a'") == 1)
    assert sample.scalar("SELECT total FROM counters WHERE name = 'a'") == 1
    assert sample.scalar("SELECT count(*) FROM heard") == 1


@pytest.mark.requirement("S-01")
def test_an_event_that_kills_the_process_is_parked_after_five_tries_and_the_queue_goes_on(sample: Running) -> None:
    parked = "SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL"
    process = sample.start()
    sample.client.call(ADD, Add(counter="poison", fail="event-dies"), timeout=20)
    with ThreadPoolExecutor(1) as pool:  # the process may die before it has answered this
        innocent = pool.submit(sample.client.call, ADD, Add(counter="innocent"), request_id=new_id("req"), timeout=60)
        deaths = 0
        while not sample.scalar(parked):
            wait_for(lambda process=process: process.poll() is not None or sample.scalar(parked))
            if process.poll() is not None:
                deaths += 1
                with sample.engine.begin() as connection:
                    connection.execute(text("UPDATE inbox SET next_attempt_at = now() WHERE done_at IS NULL"))
                process = sample.start()
        assert deaths == 5
        assert innocent.result().total == 1
    # In one statement: the innocent event may be handled while this is read.
    assert sample.scalar("SELECT (SELECT count(*) FROM heard) - (SELECT sum(heard) FROM counters)") == 0
    sample.client.call(ADD, Add(counter="innocent"), timeout=30)
    wait_for(lambda: sample.scalar("SELECT heard FROM counters WHERE name = 'innocent'") == 2)
    assert sample.scalar(parked) == 1


def test_a_plain_nameko_caller_is_answered(sample: Running, broker: str) -> None:
    """nameko's own wire form, with nothing of ours in the headers."""
    sample.start()
    connection = connect(broker, heartbeat=0, timeout=5)
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).queue
    channel.queue_bind(queue, wire.EXCHANGE, queue)
    body = json.dumps({"args": [], "kwargs": {"counter": "a"}})
    message = amqp.Message(body, content_type="application/json", reply_to=queue, correlation_id=uuid.uuid4().hex)
    channel.basic_publish(message, wire.EXCHANGE, "sample.read")
    replies: list[str] = []
    channel.basic_consume(queue, no_ack=True, callback=lambda reply: replies.append(reply.body))
    connection.drain_events(timeout=20)
    assert json.loads(replies[0])["result"] == {"counter": "a", "total": 0}
    connection.close()


def test_it_stops_when_told_and_finishes_what_it_had_begun(sample: Running) -> None:
    process = sample.start()
    sample.client.call(READ, Add(counter="a"), timeout=20)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(sample.client.call, ADD, Add(counter="a", seconds=1.0))
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert slow.result().total == 1
    assert process.wait(timeout=15) == 0
