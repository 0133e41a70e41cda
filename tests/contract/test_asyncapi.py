"""The AsyncAPI document says of each event what really is sent, and of others' listeners what they may hear."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from chassis.outbox.store import envelope
from contracts.asyncapi import VHOST, document
from contracts.base import EventType
from contracts.catalogue import EVENTS
from jsonschema import Draft7Validator
from pydantic import BaseModel
from registry_infra import broker_definitions

from tests.contract.examples import example

DOCUMENT = document()
PUBLIC = {
    "archive.certificate_issued.v1",
    "archive.certificate_reissued.v1",
    "archive.certificate_revoked.v1",
    "filing.application_accepted.v1",
    "filing.application_lapsed.v1",
    "filing.correction_requested.v1",
    "filing.application_moved.v1",
    "identity.legacy_account_linked.v1",
    "identity.legacy_account_unlinked.v1",
    "legacy_bridge.legacy_case_completed.v1",
    "legacy_bridge.legacy_record_imported.v1",
    "payment.order_paid.v1",
    "payment.order_refunded.v1",
}
PERSONAL = {
    "name",
    "applicant_name",
    "operator_name",
    "masked_id_number",
    "owners",
    "form",
    "received_by",
    "decided_by",
}


def sent(event: EventType[Any], **changes: Any) -> dict[str, Any]:
    """An event as it leaves the outbox, read as its receiver reads it."""
    row = SimpleNamespace(
        event_id="evt-1",
        type=event.type,
        subject="app-1",
        sequence=2,
        history={"application_submitted": 1},
        actor="acc-1",
        traceparent=None,
        data=example(event.data) | changes,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    read: dict[str, Any] = json.loads(envelope(row, event.source).model_dump_json())
    return read


def problems(message: dict[str, Any], kind: str) -> list[str]:
    schema = {"$ref": f"#/components/messages/{kind}/payload", "components": DOCUMENT["components"]}
    return [error.message for error in Draft7Validator(schema).iter_errors(message)]


@pytest.mark.parametrize("kind", EVENTS)
def test_what_is_sent_is_what_the_document_describes(kind: str) -> None:
    message = sent(EVENTS[kind])
    assert problems(message, kind) == []
    other = next(name for name in EVENTS if name != kind)
    assert problems(message, other)
    assert problems(message | {"data": {}}, kind)
    assert problems({name: value for name, value in message.items() if name != "subject"}, kind)


def test_each_schema_is_one_and_each_reference_leads_somewhere() -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set[str]().union(*map(references, value)) if isinstance(value, list) else set()

    def find(reference: str) -> Any:
        found: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    found = references(DOCUMENT)
    assert len(found) > 2 * len(EVENTS)
    assert [reference for reference in found if not find(reference)] == []
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)


def test_every_channel_is_where_nameko_and_the_broker_look_for_it() -> None:
    for event in EVENTS.values():
        channel = DOCUMENT["channels"][f"{event.source}.{event.name}"]
        exchange = channel["bindings"]["amqp"]["exchange"]
        assert (exchange["name"], channel["address"]) == (f"{event.source}.events", event.name)
        assert exchange["vhost"] == VHOST == broker_definitions.VHOST


def test_listed_events_are_public_and_no_other() -> None:
    assert {event.type for event in EVENTS.values() if event.public} == PUBLIC
    marked = {name for name, channel in DOCUMENT["channels"].items() if channel["x-public"]}
    assert marked == {kind.removesuffix(".v1") for kind in PUBLIC}


@pytest.mark.parametrize("kind", sorted(PUBLIC))
def test_public_events_carry_nothing_of_a_person(kind: str) -> None:
    def names(model: type[BaseModel]) -> set[str]:
        inner = [kind for field in model.model_fields.values() for kind in models_in(field.annotation)]
        return set(model.model_fields).union(*map(names, inner))

    def models_in(annotation: Any) -> list[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return [annotation]
        return [model for part in getattr(annotation, "__args__", ()) for model in models_in(part)]

    assert names(EVENTS[kind].data) & PERSONAL == set()


def test_personal_fields_would_be_noticed() -> None:
    fields = {name for event in EVENTS.values() if not event.public for name in event.data.model_fields}
    assert fields >= PERSONAL
