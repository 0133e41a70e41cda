"""Messages that nobody can read, or that are meant to do harm, on the real queues: set aside, and the queue goes on."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import amqp
import pytest
from chassis.outbox.relay import ConfirmingPublisher
from chassis.rpc import wire
from chassis.rpc.connection import connect
from chassis.testing.sample.contracts import READ, Add
from contracts.envelope import Envelope

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample


def event(**changes: Any) -> bytes:
    envelope = Envelope(
        id="evt-poison",
        source="/sample",
        type="sample.added.v1",
        subject="poison",
        time=datetime.now(UTC),
        dataschema="/schemas/sample.added.v1.json",
        sequence=1,
        actor="service:sample",
        data={"counter": "poison", "amount": 1, "fail": ""},
    )
    return json.dumps({**envelope.model_dump(mode="json"), **changes}).encode()


POISON = {
    "no JSON": b"{",
    "no text": b"\xff\xfe\x00",
    "an unknown version": event(type="sample.added.v9"),
    "no envelope": b"[]",
    "a character that PostgreSQL cannot store": event(data={"counter": "\x00", "amount": 1}),
    "a subject that PostgreSQL cannot store": event(subject="\x00"),
    "a number that no column holds": event(sequence=10**30),
    "nothing": b"",
    "a time before all memory": event(time="0001-01-01T00:00:00Z"),
}


def publish(sample: Sample, *bodies: bytes) -> None:
    """All at once, and there when this returns: a quorum queue may lose what nobody waits to be confirmed."""
    publisher = ConfirmingPublisher(sample.broker_url)
    publisher.publish([("sample.events", "added", f"odd-{number}", body) for number, body in enumerate(bodies)])
    publisher.close()


def test_unreadable_events_are_set_aside_and_the_next_ones_handled(sample: Sample) -> None:
    sample.start()
    sample.wait_until_it_answers()
    naive = event(id="evt-naive", time=datetime.now(UTC).replace(tzinfo=None).isoformat())
    publish(sample, naive, *POISON.values())
    sample.add("innocent")
    heard = "SELECT heard FROM counters WHERE name = 'innocent'"
    wait_until(lambda: sample.scalar(heard) == 1, 20, "the innocent event")
    # A time without a zone is no poison.
    wait_until(lambda: sample.scalar("SELECT heard FROM counters WHERE name = 'poison'") == 1, 20, "the odd event")
    parked = "SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL AND error <> ''"
    wait_until(lambda: sample.scalar(parked) == len(POISON), 20, "parking")


def test_given_back_to_the_broker_they_would_stop_the_queue(sample: Sample) -> None:
    sample.start("unreadable_stops_the_queue")
    wait_until(sample.listens, 20, "the service's start")
    publish(sample, b"{", event())
    time.sleep(1.5)
    assert sample.scalar("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (b"{", {}),
        (b"null", {}),
        (b'{"args": 5}', {}),
        (b'{"args": [5]}', {}),
        (b'{"args": [{"counter": "\\u0000"}]}', {}),
        (b'{"args": [{"counter": "a"}]}', {"application_headers": {wire.DEADLINE: {"a": 1}}}),
        (b'{"args": [{"counter": "a"}]}', {"application_headers": {wire.DEADLINE: None}}),
        (b'{"args": [{"counter": "a"}]}', {"application_headers": {wire.DEADLINE: "9" * 5000}}),
        (b'{"args": [{"counter": "a"}]}', {"application_headers": {wire.ACTOR: 7, wire.REQUEST_ID: 7}}),
        (b'{"args": [{"counter": "a"}]}', {"application_headers": {"traceparent": 7}}),
        (b'{"args": [{"counter": "a"}]}', {"reply_to": "nobody.there"}),
        (b'{"args": [{"counter": "a"}]}', {"reply_to": "\x00"}),
    ],
)
def test_odd_requests_do_not_stop_the_service(sample: Sample, body: bytes, properties: dict[str, Any]) -> None:
    process = sample.start()
    sample.wait_until_it_answers()
    connection = connect(sample.broker_url, heartbeat=0, timeout=5)
    channel = connection.channel()
    message = amqp.Message(body, **{"reply_to": "reply.nobody", **properties})
    channel.basic_publish(message, wire.EXCHANGE, "sample.read")
    assert sample.client.call(READ, Add(counter="a"), timeout=10).total == 0
    wait_until(lambda: channel.queue_declare("rpc-sample", passive=True).message_count == 0, 10, "an empty queue")
    assert process.poll() is None
    connection.close()
