"""Other teams receive our events: a stock nameko service, and a program in another language.

Both sign in as broker users of their own, hear a real case through our outbox and broker, and check what they hear
against the AsyncAPI document that the gateway publishes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.rpc.connection import connect
from jsonschema import Draft7Validator
from kombu import Connection
from nameko.standalone.events import get_event_exchange
from registry_infra.node import Node
from registry_infra.portal import Portal, wait_for
from registry_infra.processes import Settings

from tests.interop.conftest import Listener
from tests.journeys.people import Person
from tests.staff import Staff

HERE = Path(__file__).parent
HEARD_BY_NAMEKO = {"filing.application_accepted.v1", "payment.order_paid.v1"}


def stock_nameko(settings: Settings, folder: Path) -> Listener:
    """``nameko run`` as in nameko's manual; the configuration is what the AsyncAPI document asks for."""
    file = folder / "config.yaml"
    address = settings.listener_amqp_urls["catalogue"]
    file.write_text(yaml.safe_dump({"AMQP_URI": address, "DECLARE_EVENT_EXCHANGES": False}))
    command = [str(Path(sys.executable).with_name("nameko")), "run", "--config", str(file), "plain_service"]
    return Listener(subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True))


def javascript(settings: Settings, node: Node) -> Listener:
    """amqplib and ajv under Node."""
    words = (settings.listener_amqp_urls["statistics"], "statistics", f"{settings.public_url}/api/v1/asyncapi.json")
    return Listener(node.start(HERE / "listener.cjs", *words))


def wait_until_bound(settings: Settings, queues: list[str]) -> None:
    """Until somebody consumes from each of the queues: what was said before is not heard."""
    connection = connect(settings.topology_amqp_url, heartbeat=0, timeout=5)
    try:

        def consumed() -> bool | None:
            declared = [connection.channel().queue_declare(queue, passive=True) for queue in queues]
            return all(queue.consumer_count for queue in declared) or None

        def there() -> bool | None:
            try:
                return consumed()
            except connection.channel_errors:
                return None

        wait_for("a consumer of each queue", there, 30)
    finally:
        connection.close()


def heard(listener: Listener, types: set[str], application_id: str) -> dict[str, dict[str, Any]]:
    """What a listener heard of a case, by type, once all the types have come."""

    def all_of_them() -> dict[str, dict[str, Any]] | None:
        events = [line["event"] for line in listener.said if "event" in line]
        found = {event["type"]: event for event in events if event["subject"] == application_id}
        return found if set(found) >= types else None

    return wait_for(f"hearing {', '.join(sorted(types))}", all_of_them, 30)


@pytest.fixture(scope="module")
def document(visitor: Portal) -> dict[str, Any]:
    found: dict[str, Any] = visitor.get("/asyncapi.json")
    return found


def problems(document: dict[str, Any], event: dict[str, Any]) -> list[str]:
    """What the published schema has against an event."""
    schema = {"$ref": f"#/components/messages/{event['type']}/payload", "components": document["components"]}
    return [error.message for error in Draft7Validator(schema).iter_errors(event)]


def test_other_teams_hear_a_case_as_the_published_document_says(
    settings: Settings,
    document: dict[str, Any],
    visitor: Portal,
    staff: Staff,
    listeners: list[Listener],
    node: Node,
    tmp_path: Path,
) -> None:
    nameko, script = stock_nameko(settings, tmp_path), javascript(settings, node)
    listeners += [nameko, script]
    person = Person(visitor, staff).sign_up().verify()
    wait_until_bound(
        settings,
        [
            "evt-filing-application_accepted--catalogue.application_accepted",
            "evt-payment-order_paid--catalogue.order_paid",
            "evt-registry-all--statistics.events",
        ],
    )
    application_id = person.ready_to_sign()
    person.submit(application_id)
    acceptance_number = person.pay(application_id)

    by_nameko = heard(nameko, HEARD_BY_NAMEKO, application_id)
    by_script = heard(script, HEARD_BY_NAMEKO, application_id)
    assert by_nameko == {kind: by_script[kind] for kind in HEARD_BY_NAMEKO}
    accepted = by_nameko["filing.application_accepted.v1"]
    assert accepted["data"]["acceptance_number"] == acceptance_number
    assert {kind: problems(document, event) for kind, event in by_nameko.items()} == {
        kind: [] for kind in HEARD_BY_NAMEKO
    }
    assert [line["problems"] for line in script.said if line.get("problems")] == []

    address, _, pointer = accepted["dataschema"].partition("#/")
    assert address == f"{settings.public_url}/api/v1/asyncapi.json"
    found: Any = document
    for step in pointer.split("/"):
        found = found[step]
    assert found == {"$ref": "#/components/schemas/ApplicationAccepted"}

    spoilt = accepted | {"data": accepted["data"] | {"accepted_on": 20261122}}
    assert problems(document, spoilt) == ["20261122 is not of type 'string'"]


def test_a_nameko_service_that_declares_our_exchanges_itself_finds_them_as_it_makes_them(settings: Settings) -> None:
    """With nameko's default configuration, and a user who may: another kind of exchange would end its connection."""
    with Connection(settings.topology_amqp_url) as connection:
        for service in ("identity", "filing", "payment", "archive", "legacy_bridge"):
            get_event_exchange(service, {}).bind(connection.channel()).declare()
