"""Declares everything at the broker: exchanges, queues, bindings. Run once per deployment, before any service.

Services only consume. Events go to nameko's own exchanges and queue names, so that a plain nameko
``@event_handler("filing", "application_accepted")`` in another team's service receives them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from contracts.base import SERVICES, EventType
from contracts.catalogue import EVENTS

from chassis.rpc import wire
from chassis.rpc.connection import connect
from chassis.settings import read


def bindings(
    services: Sequence[str] = SERVICES, events: Sequence[EventType[Any]] = tuple(EVENTS.values())
) -> list[tuple[str, str, str]]:
    """(exchange, queue, routing key) of everything that must be bound; readiness compares with it."""
    found = [(wire.EXCHANGE, wire.queue_of(service), f"{service}.*") for service in services]
    for event in events:
        found += [(event.exchange, event.queue(consumer), event.name) for consumer in event.consumers]
    return found


def declare(
    amqp_url: str, services: Sequence[str] = SERVICES, events: Sequence[EventType[Any]] = tuple(EVENTS.values())
) -> int:
    """Declares and binds everything; returns the number of queues. Repeating it changes nothing."""
    connection = connect(amqp_url, heartbeat=0, timeout=10, client_name="topology")
    try:
        channel = connection.channel()
        channel.exchange_declare(wire.EXCHANGE, "topic", durable=True, auto_delete=False)
        for service in services:
            channel.exchange_declare(f"{service}.events", "topic", durable=True, auto_delete=False)
        wanted = bindings(services, events)
        for exchange, queue, key in wanted:
            kind = {} if exchange == wire.EXCHANGE else {"x-queue-type": "quorum"}
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=kind)
            channel.queue_bind(queue, exchange, key)
        return len(wanted)
    finally:
        connection.close()


if __name__ == "__main__":
    sys.stdout.write(f"{declare(read('REGISTRY_AMQP_URL'))} queues declared\n")
