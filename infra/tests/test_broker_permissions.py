"""Broker users can do their own work and nobody else's: tried on a real node with the generated definitions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import amqp
import pytest
from registry_infra import broker_definitions
from registry_infra.broker_definitions import SERVICES, listeners
from registry_infra.problems import StackProblem
from registry_infra.rabbitmq import Broker
from registry_infra.testing import start_broker_node

REFUSED = amqp.AccessRefused
KEPT = 5
OWN_QUEUE = "evt-filing-application_accepted--catalogue.application_accepted"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A node with what the topology job declares, and users of two services of other teams."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_LISTENERS", "catalogue, statistics")
        patch.setattr(broker_definitions, "KEPT_FOR_LISTENERS", KEPT)
        yield from prepared_node(tmp_path_factory.mktemp("permissions"))


def prepared_node(folder: Path) -> Iterator[Broker]:
    with start_broker_node(folder) as node:
        with channel(node, "topology") as topology:
            topology.exchange_declare("nameko-rpc", "topic", durable=True, auto_delete=False)
            for service in SERVICES:
                topology.exchange_declare(f"{service}.events", "topic", durable=True, auto_delete=False)
                topology.queue_declare(f"rpc-{service}", durable=True, auto_delete=False)
                topology.queue_bind(f"rpc-{service}", "nameko-rpc", f"{service}.*")
            topology.queue_declare("evt-filing-application_submitted--payment.on_application_submitted", durable=True)
            topology.queue_declare("evt-payment-order_paid--filing.on_order_paid", durable=True)
        yield node


@contextmanager
def channel(broker: Broker, user: str) -> Iterator[amqp.Channel]:
    with amqp.Connection(
        host=f"127.0.0.1:{broker.port}",
        userid=user,
        password=broker.passwords[user],
        virtual_host="registry",
        confirm_publish=True,
    ) as connection:
        yield connection.channel()


def publish(broker: Broker, user: str, exchange: str, key: str) -> None:
    with channel(broker, user) as open_channel:
        open_channel.basic_publish_confirm(amqp.Message("{}"), exchange, key)


def reply_queue(open_channel: amqp.Channel, user: str) -> None:
    open_channel.queue_declare(f"rpc.reply-{user}-1", exclusive=True, auto_delete=True)
    open_channel.queue_bind(f"rpc.reply-{user}-1", "nameko-rpc", f"reply.{user}.1")
    open_channel.basic_consume(f"rpc.reply-{user}-1")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_consumes_its_calls_and_events_publishes_its_own_and_replies(broker: Broker, service: str) -> None:
    with channel(broker, service) as open_channel:
        open_channel.basic_consume(f"rpc-{service}")
        reply_queue(open_channel, service)
    publish(broker, service, f"{service}.events", "something_happened")
    publish(broker, service, "nameko-rpc", "reply.gateway.1")


def test_the_gateway_calls_every_service_and_receives_its_replies(broker: Broker) -> None:
    with channel(broker, "gateway") as open_channel:
        reply_queue(open_channel, "gateway")
    for service in SERVICES:
        publish(broker, "gateway", "nameko-rpc", f"{service}.some_method")


def test_identity_asks_others_what_they_keep_of_an_account_and_nothing_else(broker: Broker) -> None:
    for service in SERVICES[1:]:
        publish(broker, "identity", "nameko-rpc", f"{service}.own_data")
        publish(broker, "identity", "nameko-rpc", f"{service}.account_ties")
        with pytest.raises(REFUSED):
            publish(broker, "identity", "nameko-rpc", f"{service}.own_data_of_all")
        with pytest.raises(REFUSED):
            publish(broker, "filing", "nameko-rpc", f"{service}.own_data")


def test_a_service_receives_events_meant_for_it_only(broker: Broker) -> None:
    with channel(broker, "payment") as open_channel:
        open_channel.basic_consume("evt-filing-application_submitted--payment.on_application_submitted")
    with channel(broker, "payment") as open_channel, pytest.raises(REFUSED):
        open_channel.basic_consume("evt-payment-order_paid--filing.on_order_paid")


@pytest.mark.parametrize(
    ("user", "exchange", "key"),
    [
        ("payment", "filing.events", "application_approved"),  # forging another's event
        ("payment", "nameko-rpc", "filing.decide_examination"),  # calling as if it were the gateway
        ("payment", "", "rpc-filing"),  # around the topic permissions, by the default exchange
        ("gateway", "filing.events", "application_approved"),
        ("gateway", "nameko-rpc", "reply.payment.1"),  # forging a reply
        ("gateway", "nameko-rpc", "filing.a.b"),
    ],
)
def test_nobody_publishes_in_anothers_name(broker: Broker, user: str, exchange: str, key: str) -> None:
    with pytest.raises(REFUSED):
        publish(broker, user, exchange, key)


@pytest.mark.parametrize("key", ["filing.*", "#", "reply.#", "reply.gateway.1", "*.decide_examination"])
def test_a_service_cannot_bind_anothers_calls_or_replies(broker: Broker, key: str) -> None:
    with channel(broker, "payment") as open_channel, pytest.raises(REFUSED):
        open_channel.queue_bind("rpc-payment", "nameko-rpc", key)


def test_a_service_reads_neither_calls_nor_events_of_another(broker: Broker) -> None:
    with channel(broker, "payment") as open_channel, pytest.raises(REFUSED):
        open_channel.basic_consume("rpc-filing")
    with channel(broker, "payment") as open_channel, pytest.raises(REFUSED):
        open_channel.queue_bind("rpc-payment", "filing.events", "#")
    with channel(broker, "payment") as open_channel, pytest.raises(REFUSED):
        open_channel.queue_declare("evt-filing-application_submitted--payment.more")


@pytest.mark.parametrize("credentials", [("guest", "guest"), ("filing", "wrong")])
def test_strangers_are_not_let_in(broker: Broker, credentials: tuple[str, str]) -> None:
    connection = amqp.Connection(
        host=f"127.0.0.1:{broker.port}", userid=credentials[0], password=credentials[1], virtual_host="registry"
    )
    with pytest.raises((amqp.AccessRefused, OSError)):
        connection.connect()


def test_a_service_answers_where_a_stock_nameko_client_waits(broker: Broker) -> None:
    publish(broker, "filing", "nameko-rpc", "0f8fad5b-d9cb-469f-a165-70867728950e")


def test_a_listener_hears_public_events_in_a_queue_of_its_own_and_cannot_fill_the_broker(broker: Broker) -> None:
    with channel(broker, "catalogue") as own:
        own.queue_declare(OWN_QUEUE, durable=True, auto_delete=False)
        own.queue_bind(OWN_QUEUE, "filing.events", "application_accepted")
        for _ in range(3 * KEPT):
            publish(broker, "filing", "filing.events", "application_accepted")
        assert own.queue_declare(OWN_QUEUE, passive=True).message_count == KEPT
        assert own.basic_get(OWN_QUEUE).body == "{}"


@pytest.mark.parametrize("key", ["application_approved", "application_submitted", "application_*", "#", "*"])
def test_a_listener_cannot_hear_what_is_not_public(broker: Broker, key: str) -> None:
    with channel(broker, "catalogue") as own:
        own.queue_declare(OWN_QUEUE, durable=True, auto_delete=False)
        with pytest.raises(REFUSED):
            own.queue_bind(OWN_QUEUE, "filing.events", key)


@pytest.mark.parametrize(
    "queue",
    [
        "evt-filing-application_submitted--payment.on_application_submitted",
        "evt-filing-application_accepted--statistics.application_accepted",
        "rpc-filing",
        "rpc-catalogue",
    ],
)
def test_a_listener_neither_makes_nor_reads_another_queue(broker: Broker, queue: str) -> None:
    with channel(broker, "catalogue") as own, pytest.raises(REFUSED):
        own.queue_declare(queue, durable=True, auto_delete=False)
    with channel(broker, "catalogue") as own, pytest.raises(REFUSED):
        own.basic_get(queue)


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ("filing.events", "application_accepted"),
        ("nameko-rpc", "filing.progress"),
        ("", "rpc-filing"),
    ],
)
def test_a_listener_says_nothing(broker: Broker, exchange: str, key: str) -> None:
    with pytest.raises(REFUSED):
        publish(broker, "catalogue", exchange, key)


def test_a_listener_changes_no_exchange(broker: Broker) -> None:
    with channel(broker, "catalogue") as own, pytest.raises(REFUSED):
        own.exchange_delete("filing.events")


@pytest.mark.parametrize("name", ["filing", "topology", "Catalogue", "a.b", "1a"])
def test_a_listener_takes_nobody_elses_name(name: str) -> None:
    with pytest.raises(StackProblem):
        listeners({"REGISTRY_LISTENERS": f"catalogue,{name}"})
