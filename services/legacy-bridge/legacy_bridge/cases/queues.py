"""The office's queues of old cases, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.db import run
from contracts.legacy.cases import LegacyState
from sqlalchemy import Select, func, tuple_
from sqlalchemy.orm import Session

from legacy_bridge.cases.model import OPEN
from legacy_bridge.cases.store import LegacyCase, pair, with_account


def in_state(
    session: Session, state: LegacyState, after: tuple[date, str] | None, limit: int
) -> list[tuple[LegacyCase, str]]:
    """Cases that stand there, the most urgent first; those without a period last."""
    return _most_urgent(session, with_account().where(LegacyCase.stands == state), after, limit)


def to_confirm(
    session: Session, examiner: str, after: tuple[date, str] | None, limit: int
) -> list[tuple[LegacyCase, str]]:
    """Cases whose refusal somebody else has proposed, the most urgent first."""
    query = with_account().where(LegacyCase.proposed_by.is_not(None), LegacyCase.proposed_by != examiner)
    return _most_urgent(session, query, after, limit)


def _most_urgent(
    session: Session, query: Select[LegacyCase, str | None], after: tuple[date, str] | None, limit: int
) -> list[tuple[LegacyCase, str]]:
    due = func.coalesce(LegacyCase.due_until, date.max)
    if after:
        query = query.where(tuple_(due, LegacyCase.record_id) > after)
    return [pair(row) for row in session.execute(query.order_by(due, LegacyCase.record_id).limit(limit))]


@dataclass(frozen=True)
class Total:
    """Of a queue: how many, how many past their day and how many near it, the most urgent and the oldest."""

    count: int = 0
    late: int = 0
    near: int = 0
    due_on: date | None = None
    since: date | None = None


def totals(session: Session, examiner: str, today: date, soon: date) -> dict[str, Total]:
    """By queue, all of them. The office has nothing to do about a certificate whose particulars its applicant is to
    confirm, nor about a refusal that waits for a colleague."""
    statement = """
        SELECT name, count(*) AS count, count(*) FILTER (WHERE due < %(today)s) AS late,
            count(*) FILTER (WHERE due BETWEEN %(today)s AND %(soon)s) AS near, min(due) AS due_on, min(since) AS since
        FROM (
            SELECT due_until AS due, since, unnest(array_remove(ARRAY[
                stands,
                CASE WHEN proposed_by IS NULL AND (stands IN ('submitted', 'accepted', 'examined')
                    OR stands = 'certificate_due' AND particulars IS NULL) THEN 'office' END,
                CASE WHEN proposed_by <> %(examiner)s THEN 'second' END], NULL)) AS name
            FROM legacy_cases WHERE stands = ANY(%(open)s)
        ) told GROUP BY name"""
    values = {"examiner": examiner, "today": today, "soon": soon, "open": list(OPEN)}
    rows = run(session, statement, values)
    found = {row.name: Total(row.count, row.late, row.near, row.due_on, row.since) for row in rows}
    return {name: found.get(name, Total()) for name in ("office", "second", *OPEN)}
