"""Events of the outbox: what is pending, in which lane, and as which envelope it leaves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.base import EventType, Model
from contracts.envelope import Envelope

LANES = 16
CHANNEL = "outbox"


@dataclass(frozen=True)
class PendingEvent:
    """An event that a handler has emitted and that is written when its transaction commits."""

    event: EventType[Any]
    data: Model

    @property
    def subject(self) -> str:
        return str(getattr(self.data, self.event.subject))


def lane(subject: str) -> int:
    """Relays work on one lane at a time, so that events about one subject are never published side by side."""
    return zlib.crc32(subject.encode()) % LANES


def envelope(row: Any, source: str, public_url: str = "http://127.0.0.1:8000") -> Envelope:
    """The CloudEvents envelope of an outbox row. Its schema is part of the AsyncAPI document at ``public_url``."""
    created: datetime = row.created_at
    return Envelope(
        id=row.event_id,
        source=f"/{source}",
        type=row.type,
        subject=row.subject,
        time=created.astimezone(UTC),
        dataschema=f"{public_url}/api/v1/asyncapi.json#/components/schemas/{row.type}",
        sequence=row.sequence,
        history=",".join(f"{name}={number}" for name, number in sorted(row.history.items())),
        actor=row.actor,
        traceparent=row.traceparent,
        data=row.data,
    )
