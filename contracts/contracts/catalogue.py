"""All RPC methods and events, for everything that is generated from or checked against them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from contracts import (
    archive,
    batches,
    books,
    cashier,
    enquiries,
    examination,
    expedite,
    extracts,
    fees,
    filing,
    gazette,
    guides,
    identity,
    invoices,
    legacy_bridge,
    lookups,
    mailing,
    objects,
    office_acts,
    operations,
    own_data,
    payment,
    personnel,
    refunds,
    sandbox,
    seals,
    signed,
    statements,
    ties,
    tools,
)
from contracts.base import EventType, RpcMethod
from contracts.identity import choices, closures, consents, exports, joins, mobiles, reopening, replacements

_MODULES: tuple[ModuleType, ...] = (
    identity,
    choices,
    closures,
    consents,
    exports,
    joins,
    mobiles,
    reopening,
    replacements,
    filing,
    tools,
    examination,
    seals,
    expedite,
    guides,
    batches,
    payment,
    fees,
    refunds,
    books,
    invoices,
    statements,
    cashier,
    archive,
    signed,
    extracts,
    office_acts,
    gazette,
    mailing,
    lookups,
    personnel,
    enquiries,
    legacy_bridge,
)

METHODS: dict[str, RpcMethod[Any, Any]] = {
    method.full_name: method
    for method in (
        *(value for module in _MODULES for value in vars(module).values() if isinstance(value, RpcMethod)),
        *sandbox.ADVANCE_CLOCK.values(),
        *operations.LIST_SET_ASIDE.values(),
        *operations.TRY_AGAIN.values(),
        *own_data.OWN_DATA.values(),
        *ties.ACCOUNT_TIES.values(),
        *objects.HELD_OBJECTS.values(),
        *objects.RELEASED_OBJECTS.values(),
    )
}

EVENTS: dict[str, EventType[Any]] = {
    event.type: event
    for module in (
        identity,
        filing,
        seals,
        expedite,
        batches,
        payment,
        refunds,
        archive,
        mailing,
        office_acts,
        personnel,
        legacy_bridge,
    )
    for event in getattr(module, "EVENTS", ())
}


def methods_of(service: str) -> list[RpcMethod[Any, Any]]:
    """The RPC methods that a service answers."""
    return [method for method in METHODS.values() if method.service == service]


def events_for(consumer: str) -> list[EventType[Any]]:
    """The events that a consumer has a queue for: what the topology declares and the service subscribes to."""
    return [event for event in EVENTS.values() if consumer in event.consumers]
