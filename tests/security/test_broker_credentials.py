"""Every service's own broker credentials, tried against everything that belongs to another service.

``infra/tests/test_broker_permissions.py`` shows what each may do; this shows, user by user and queue by queue of the
real topology, what none of them may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import amqp
import pytest
from chassis.rpc import wire
from chassis.topology import bindings, declare
from contracts.base import SERVICES
from contracts.catalogue import EVENTS
from registry_infra.rabbitmq import Broker
from registry_infra.testing import start_broker_node

USERS = (*SERVICES, "gateway")
RPC_QUEUES = {wire.queue_of(service): service for service in SERVICES}
EVENT_QUEUES = {event.queue(consumer): consumer for event in EVENTS.values() for consumer in event.consumers}
Attempt = Callable[[amqp.Channel], object]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with start_broker_node(tmp_path_factory.mktemp("credentials")) as broker:
        declare(broker.uri())
        yield broker


@contextmanager
def signed_in(node: Broker, user: str) -> Iterator[amqp.Connection]:
    with amqp.Connection(
        host=f"127.0.0.1:{node.port}",
        userid=user,
        password=node.passwords[user],
        virtual_host="registry",
        confirm_publish=True,
        read_timeout=10,
    ) as connection:
        yield connection


def allowed(connection: amqp.Connection, attempts: dict[str, Attempt]) -> list[str]:
    """Names of the attempts that the broker did not refuse."""
    let_in = []
    for name, attempt in attempts.items():
        channel = connection.channel()
        try:
            attempt(channel)
            let_in.append(name)
            channel.close()
        except amqp.AccessRefused:
            continue
    return let_in


def publish(exchange: str, key: str) -> Attempt:
    return lambda channel: channel.basic_publish_confirm(amqp.Message("{}"), exchange, key)


@pytest.mark.parametrize("user", USERS)
def test_nobody_reads_empties_removes_or_refills_the_queue_of_another(node: Broker, user: str) -> None:
    attempts: dict[str, Attempt] = {}
    for queue, owner in (RPC_QUEUES | EVENT_QUEUES).items():
        if owner != user:
            attempts |= {
                f"consume {queue}": lambda channel, q=queue: channel.basic_consume(q),
                f"get {queue}": lambda channel, q=queue: channel.basic_get(q),
            }
    for queue, owner in (RPC_QUEUES | EVENT_QUEUES).items():
        if owner != user:
            attempts |= {
                f"purge {queue}": lambda channel, q=queue: channel.queue_purge(q),
                f"delete {queue}": lambda channel, q=queue: channel.queue_delete(q),
            }
    assert len(attempts) > 2 * len(SERVICES)
    with signed_in(node, user) as connection:
        assert allowed(connection, attempts) == []


@pytest.mark.parametrize("user", USERS)
def test_nobody_binds_the_calls_replies_or_events_of_another_to_a_queue_of_its_own(node: Broker, user: str) -> None:
    keys = [f"{service}.*" for service in SERVICES if service != user]
    keys += [f"reply.{other}.1" for other in USERS if other != user] + ["#", "*.*", "reply.#", "*.advance_clock"]
    mine = f"rpc.reply-{user}-thief"
    with signed_in(node, user) as connection:
        connection.channel().queue_declare(mine, exclusive=True)
        attempts: dict[str, Attempt] = {
            f"bind {key}": lambda channel, k=key: channel.queue_bind(mine, wire.EXCHANGE, k) for key in keys
        }
        for service in SERVICES:
            for key in ("#", "session_revoked", "order_paid"):
                attempts[f"bind {service}.events {key}"] = lambda channel, s=service, k=key: channel.queue_bind(
                    mine, f"{s}.events", k
                )
        assert allowed(connection, attempts) == []


@pytest.mark.parametrize("user", USERS)
def test_nobody_publishes_as_another_or_around_the_exchanges(node: Broker, user: str) -> None:
    attempts = {
        f"publish {exchange} {key}": publish(exchange, key)
        for exchange, _, key in bindings()
        if exchange not in (wire.EXCHANGE, f"{user}.events")
    }
    attempts |= {f"default {queue}": publish("", queue) for queue in (RPC_QUEUES | EVENT_QUEUES)}
    attempts["default reply"] = publish("", "rpc.reply-gateway-1")
    attempts |= {
        f"publish {exchange}": publish(exchange, "any") for exchange in ("amq.topic", "amq.fanout", "amq.direct")
    }
    if user == "gateway":
        attempts["forged reply"] = publish(wire.EXCHANGE, "reply.filing.1")
    else:
        attempts |= {f"call {service}": publish(wire.EXCHANGE, f"{service}.advance_clock") for service in SERVICES}
    with signed_in(node, user) as connection:
        assert allowed(connection, attempts) == []


@pytest.mark.parametrize("user", USERS)
def test_nobody_changes_the_topology(node: Broker, user: str) -> None:
    attempts: dict[str, Attempt] = {
        "declare exchange": lambda channel: channel.exchange_declare("more", "topic", auto_delete=False),
        "delete exchange": lambda channel: channel.exchange_delete(wire.EXCHANGE),
        "declare queue": lambda channel: channel.queue_declare("more"),
        "declare event queue": lambda channel: channel.queue_declare(f"evt-filing-everything--{user}.on_everything"),
        "unbind": lambda channel: channel.queue_unbind(
            EVENTS["payment.order_paid.v1"].queue("filing"), "payment.events", "order_paid"
        ),
        "bind exchange": lambda channel: channel.exchange_bind(f"{user}.events", "payment.events", "#"),
    }
    with signed_in(node, user) as connection:
        found = allowed(connection, attempts)
    assert found == []


def test_the_same_attempts_succeed_for_the_user_who_may(node: Broker) -> None:
    """So that the refusals above are refusals of the user, not of a mistaken attempt."""
    attempts: dict[str, Attempt] = {
        "get": lambda channel: channel.basic_get("rpc-filing"),
        "bind": lambda channel: channel.queue_bind("rpc-filing", wire.EXCHANGE, "filing.*"),
        "event": publish("payment.events", "order_paid"),
        "call": publish(wire.EXCHANGE, "filing.advance_clock"),
        "default": publish("", "rpc-filing"),
    }
    with signed_in(node, "topology") as connection:
        assert allowed(connection, attempts) == list(attempts)
