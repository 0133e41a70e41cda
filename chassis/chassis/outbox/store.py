"""Writing events into the outbox, in the transaction that makes them true."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.base import EventType, Model
from contracts.envelope import Envelope
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.ids import new_id

LANES = 16
CHANNEL = "outbox"

# One round trip: take the subject's next number (its row lock keeps the order), write the event, wake the relay.
_WRITE = text(
    """
    WITH numbered AS (
        INSERT INTO outbox_subjects AS s (subject, sequence, history, previous)
        VALUES (:subject, 1, jsonb_build_object(CAST(:name AS text), 1), '{}'::jsonb)
        ON CONFLICT (subject) DO UPDATE SET
            sequence = s.sequence + 1,
            previous = s.history,
            history = s.history || jsonb_build_object(CAST(:name AS text), s.sequence + 1)
        RETURNING sequence, previous
    ), written AS (
        INSERT INTO outbox (event_id, type, subject, sequence, lane, history, actor, traceparent, data)
        SELECT :event_id, :type, :subject, sequence, :lane, previous, :actor, :traceparent, CAST(:data AS jsonb)
        FROM numbered
        RETURNING id
    )
    SELECT id, pg_notify('outbox', '') FROM written
    """
)


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


def write(session: Session, events: Sequence[PendingEvent], *, actor: str, traceparent: str | None) -> None:
    for pending in events:
        session.execute(
            _WRITE,
            {
                "event_id": new_id("evt"),
                "type": pending.event.type,
                "name": pending.event.name,
                "subject": pending.subject,
                "lane": lane(pending.subject),
                "actor": actor,
                "traceparent": traceparent,
                "data": json.dumps(pending.data.model_dump(mode="json"), ensure_ascii=False),
            },
        )


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
