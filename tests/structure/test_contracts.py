"""Contracts and services agree: every method is answered, every event is said by its owner and heard."""

from __future__ import annotations

import pytest
from chassis.service import methods, service_class, subscriptions
from chassis.topology import bindings
from contracts.base import SERVICES
from contracts.catalogue import EVENTS, METHODS, events_for, methods_of
from contracts.errors import STATUS


@pytest.mark.parametrize("service", SERVICES)
def test_every_method_of_the_contract_is_answered_by_its_service(service: str) -> None:
    assert set(methods(service_class(service))) == {method.name for method in methods_of(service)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_a_service_is_to_hear_has_a_handler_and_no_other(service: str) -> None:
    handled = {subscription.event.type for subscription in subscriptions(service_class(service)).values()}
    assert handled == {event.type for event in events_for(service)}


def test_every_event_has_a_consumer_so_that_mandatory_holds() -> None:
    assert [event.type for event in EVENTS.values() if not event.consumers] == []


def test_every_event_names_a_field_as_its_subject() -> None:
    assert [event.type for event in EVENTS.values() if event.subject not in event.data.model_fields] == []


def test_queues_are_named_as_nameko_names_them() -> None:
    queues = {queue for _, queue, _ in bindings()}
    assert "evt-filing-application_accepted--archive.on_application_accepted" in queues
    assert "rpc-filing" in queues


def test_methods_and_errors_are_declared_once() -> None:
    assert len(METHODS) == len({method.full_name for method in METHODS.values()})
    assert all(400 <= status < 600 for status in STATUS.values())
