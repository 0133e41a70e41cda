"""The AsyncAPI 3.0 document of all events, made from the contracts."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from contracts.base import EventType
from contracts.catalogue import EVENTS
from contracts.envelope import Envelope

VHOST = "registry"
_REFERENCE = "#/components/schemas/{model}"
_DESCRIPTION = """\
CloudEvents 1.0 in structured JSON. Exchange `<service>.events` (topic), routing key `<event>`; versions of one event
share its routing key. Delivery is at least once, in order per source and subject (`sequence`, `history`).

Channels marked `x-public` may be heard by services of other teams. Such a service gets a broker user of its own name,
which may declare and bind queues `evt-<service>-<event>--<own name>.<handler>` and nothing else. nameko names them so:
`@event_handler("<service>", "<event>")` needs only `DECLARE_EVENT_EXCHANGES: false` in its configuration. A queue keeps
the newest 100,000 messages.
"""


def document() -> dict[str, Any]:
    """One channel per event (exchange and routing key as nameko makes them), one message per version.

    The data of an event may lack what was added to it later (validation schemas); its envelope is always complete.
    """
    models = {event.data.__name__: event.data for event in EVENTS.values()}
    _, schemas = models_json_schema(
        [(Envelope, "serialization"), *((model, "validation") for model in models.values())], ref_template=_REFERENCE
    )
    by_type = {event.type: {"$ref": _REFERENCE.format(model=event.data.__name__)} for event in EVENTS.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Copyright registry: events",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {f"{event.source}.{event.name}": _channel(event) for event in EVENTS.values()},
        "operations": {
            f"send.{event.source}.{event.name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{event.source}.{event.name}"},
            }
            for event in EVENTS.values()
        },
        "components": {
            "messages": {event.type: _message(event) for event in EVENTS.values()},
            "schemas": schemas["$defs"] | by_type,
        },
    }


def _channel(event: EventType[Any]) -> dict[str, Any]:
    return {
        "address": event.name,
        "description": (event.data.__doc__ or "").split("\n")[0],
        "x-public": event.public,
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": event.exchange,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": VHOST,
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(event: EventType[Any]) -> dict[str, Any]:
    return {
        "name": event.type,
        "contentType": "application/json",
        "payload": {
            "allOf": [
                {"$ref": _REFERENCE.format(model=Envelope.__name__)},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": event.type},
                        "data": {"$ref": _REFERENCE.format(model=event.type)},
                    },
                },
            ]
        },
    }
