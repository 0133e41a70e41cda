"""The inbox: events are stored before they are acknowledged, and handled from there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from contracts.envelope import Envelope
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.db import Ask, run
from chassis.tables import InboxEvent

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=10)
"""After this, another replica tries a claimed event: the one that claimed it has died. A handler that is merely slow
holds the row's lock, so that nothing happens twice."""
UNTIL_BACK = timedelta(seconds=2)
"""Before what an event needs is looked for again, when it was away."""
PREDECESSOR_PATIENCE = timedelta(seconds=60)
_BACKOFF_SECONDS = (0.2, 1, 5, 30, 120)

# An event waits for every earlier event of its subject that the same consumer is to receive: those that are here and
# not done (left to it by ``sequence``), and those that its history names but that have not come yet (bounded wait).
_CLAIM = """
    UPDATE inbox SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + %(lease)s
    WHERE id = (
        SELECT i.id FROM inbox i
        WHERE i.done_at IS NULL AND i.parked_at IS NULL AND i.next_attempt_at <= clock_timestamp()
          AND NOT EXISTS (
            SELECT 1 FROM inbox e
            WHERE e.source = i.source AND e.subject = i.subject AND e.sequence < i.sequence
              AND e.done_at IS NULL AND e.parked_at IS NULL)
        ORDER BY i.next_attempt_at, i.id LIMIT 1
        FOR UPDATE SKIP LOCKED)
    RETURNING id, consumer, event_id, attempts, envelope, clock_timestamp() - received_at AS waited
    """
_MISSING = """
    SELECT EXISTS (
        SELECT 1 FROM jsonb_each_text(%(expected)s::jsonb) AS p(name, number)
        WHERE NOT EXISTS (
            SELECT 1 FROM inbox e
            WHERE e.source = %(source)s AND e.subject = %(subject)s AND e.sequence = p.number::bigint)) AS missing
    """
_DONE = """
    UPDATE inbox SET done_at = clock_timestamp(), error = NULL
    WHERE id = %(id)s AND done_at IS NULL AND parked_at IS NULL RETURNING id
    """
_RECEIVE = """
    INSERT INTO inbox (consumer, event_id, source, type, subject, sequence, envelope)
    SELECT r.consumer, r.event_id, r.source, r.type, r.subject, r.sequence, r.envelope
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        consumer text, event_id text, source text, type text, subject text, sequence bigint, envelope jsonb)
    ON CONFLICT (consumer, event_id) DO NOTHING RETURNING id
    """
_DELAY = text(
    """
    UPDATE inbox SET next_attempt_at = clock_timestamp() + :delay, error = :error, attempts = :attempts
    WHERE id = :id AND done_at IS NULL
    """
)
_PARK = text("UPDATE inbox SET parked_at = clock_timestamp(), error = :error WHERE id = :id AND done_at IS NULL")
_REPLAY = text(
    """
    UPDATE inbox SET parked_at = NULL, attempts = 0, next_attempt_at = clock_timestamp()
    WHERE parked_at IS NOT NULL AND (CAST(:id AS bigint) IS NULL OR id = :id) RETURNING id
    """
)
_DEAD = text(
    """
    SELECT id, consumer, event_id, type, subject, attempts, parked_at, error FROM inbox
    WHERE parked_at IS NOT NULL ORDER BY parked_at DESC LIMIT :limit
    """
)


def receive(ask: Ask, deliveries: Sequence[tuple[str, Envelope]]) -> int:
    """Stores events for their consumers in one round trip; how many were not here already (delivered twice)."""
    rows = [
        {
            "consumer": consumer,
            "event_id": envelope.id,
            "source": envelope.source,
            "type": envelope.type,
            "subject": envelope.subject,
            "sequence": envelope.sequence,
            "envelope": envelope.model_dump(mode="json"),
        }
        for consumer, envelope in deliveries
    ]
    return len(ask(_RECEIVE, {"rows": json.dumps(rows, ensure_ascii=False)})) if rows else 0


def receive_unreadable(session: Session, consumer: str, message_id: str, body: str, error: str) -> None:
    """Parks what is not an event at all, so that an operator can see it."""
    statement = insert(InboxEvent).values(
        consumer=consumer,
        event_id=message_id,
        source="?",
        type="unreadable",
        subject=message_id,
        sequence=0,
        envelope={"body": body},
        parked_at=text("clock_timestamp()"),
        error=error,
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["consumer", "event_id"]))


def claim(ask: Ask) -> Any | None:
    """Counts an attempt for the next event that is due, and leases it: committed before it is handled."""
    return next(iter(ask(_CLAIM, {"lease": LEASE})), None)


def waits_for_predecessor(session: Session, envelope: Envelope, consumed: Mapping[str, str]) -> bool:
    """Whether an earlier event of the subject, which this service consumes too, has not arrived yet."""
    expected = {name: number for name, number in envelope.predecessors().items() if name in consumed}
    if not expected:
        return False
    parameters = {"expected": json.dumps(expected), "source": envelope.source, "subject": envelope.subject}
    return bool(run(session, _MISSING, parameters)[0].missing)


def mark_done(session: Session, row_id: int) -> bool:
    """Marks the event as handled, in the transaction of its effect and before it: that locks the row.

    False when another replica has finished it or, past its lease, is still at it. The row is waited for all the same:
    another claim may have looked at it and hold it for a moment (skipped, it lay for the ten seconds of its lease).
    """
    try:
        return bool(run(session, _DONE, {"id": row_id}))
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            return False
        raise


def postpone(session: Session, row_id: int, attempts: int, delay: timedelta, error: str) -> None:
    """Has the event tried again after ``delay``; until then those behind it on the same subject wait."""
    session.execute(_DELAY, {"id": row_id, "delay": delay, "error": error, "attempts": attempts})


def park(session: Session, row_id: int, error: str) -> None:
    """Gives the event up for a person to look at: a dead letter. The rest of its subject goes on without it."""
    session.execute(_PARK, {"id": row_id, "error": error})


def backoff(attempts: int) -> timedelta:
    """Delay before the next try: 0.2 s, 1 s, 5 s, 30 s."""
    return timedelta(seconds=_BACKOFF_SECONDS[min(attempts, len(_BACKOFF_SECONDS)) - 1])


def dead_letters(session: Session, limit: int = 100) -> list[dict[str, Any]]:
    """Parked events with why, for `./registry events`."""
    return [dict(row) for row in session.execute(_DEAD, {"limit": limit}).mappings()]


def replay(session: Session, row_id: int | None = None) -> int:
    """Puts parked events (or one) back to be handled again; returns how many."""
    return len(session.execute(_REPLAY, {"id": row_id}).all())
