"""What a unit of work leaves behind beside its state: audit, the request's answer, events. In one statement.

Four round trips cost more than the writes themselves; together they are one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from sqlalchemy.orm import Session

from chassis.db import run
from chassis.ids import new_id
from chassis.outbox.store import PendingEvent, lane


@dataclass(frozen=True)
class UnitRecord:
    """``audit``: rows of action, subject, facts. ``answer``: what ``Asked.keep`` gave. ``channels``: to wake."""

    actor: str
    party: str
    request_id: str
    traceparent: str | None
    audit: Sequence[Mapping[str, Any]] = ()
    answer: Mapping[str, Any] | None = None
    events: Sequence[PendingEvent] = ()
    channels: Sequence[str] = ()


_AUDITED = """audited AS (
    INSERT INTO audit (actor, party, action, subject, request_id, trace_id, facts)
    SELECT %(actor)s, %(party)s, a.action, a.subject, %(request_id)s,
           nullif(split_part(%(traceparent)s, '-', 2), ''), a.facts
    FROM jsonb_to_recordset(%(audit)s::jsonb) AS a (action text, subject text, facts jsonb))"""

_ANSWERED = """answered AS (
    UPDATE answered_requests SET reply = %(reply)s::jsonb, sealed_reply = %(sealed_reply)s::bytea
    WHERE request_id = %(request_id)s AND method = %(method)s AND asked_by = %(asked_by)s)"""

# The subject's next number (its row lock keeps the order), then the event under it.
_WRITTEN = """numbered AS (
    INSERT INTO outbox_subjects AS s (subject, sequence, history, previous)
    VALUES (%(subject)s, 1, jsonb_build_object(%(name)s::text, 1), '{}'::jsonb)
    ON CONFLICT (subject) DO UPDATE SET
        sequence = s.sequence + 1,
        previous = s.history,
        history = s.history || jsonb_build_object(%(name)s::text, s.sequence + 1)
    RETURNING sequence, previous
), written AS (
    INSERT INTO outbox (event_id, type, subject, sequence, lane, history, actor, traceparent, data)
    SELECT %(event_id)s, %(type)s, %(subject)s, sequence, %(lane)s, previous, %(actor)s,
           nullif(%(traceparent)s, ''), %(data)s::jsonb
    FROM numbered)"""

_WOKEN = "SELECT pg_notify(channel, '') FROM unnest(%(channels)s::text[]) AS c (channel)"


@cache
def _statement(audit: bool, answer: bool, event: bool) -> LiteralString:
    parts = [part for wanted, part in ((audit, _AUDITED), (answer, _ANSWERED), (event, _WRITTEN)) if wanted]
    return ("WITH " + ", ".join(parts) + " " if parts else "") + _WOKEN


def record(session: Session, unit: UnitRecord) -> None:
    """Writes all of it in the session's transaction. A second event has a statement of its own."""
    if not (unit.audit or unit.answer or unit.events or unit.channels):
        return
    common = {
        "actor": unit.actor,
        "party": unit.party,
        "request_id": unit.request_id,
        "traceparent": unit.traceparent or "",
    }
    first, rest = unit.events[:1], unit.events[1:]
    parameters: dict[str, Any] = {**common, "channels": [*unit.channels, *(["outbox"] if first else [])]}
    if unit.audit:
        parameters["audit"] = _json(unit.audit)
    if unit.answer:
        parameters |= unit.answer
    for event in first:
        parameters |= _event(event)
    run(session, _statement(bool(unit.audit), bool(unit.answer), bool(first)), parameters)
    for event in rest:
        run(session, _statement(False, False, True), {**common, "channels": [], **_event(event)})


def _event(pending: PendingEvent) -> dict[str, Any]:
    return {
        "event_id": new_id("evt"),
        "type": pending.event.type,
        "name": pending.event.name,
        "subject": pending.subject,
        "lane": lane(pending.subject),
        "data": _json(pending.data.model_dump(mode="json")),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
