"""Periods of applicants: those that can begin, and those that have passed. For sweepers; replicas share the work."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from legacy_bridge.cases.model import NEAR, SERVED, due_when_served
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.cases.store import LegacyCase, LegacyLink, with_account


def serve(session: Session, today: date, limit: int) -> list[tuple[LegacyCase, str]]:
    """Periods of applicants who have come since, and whose period nobody could keep before, begin today; which."""
    query = (
        select(LegacyCase, LegacyLink.account_id)
        .join(LegacyLink, LegacyLink.record_id == LegacyCase.account_record)
        .where(LegacyCase.stands.in_(SERVED), LegacyCase.due_until.is_(None), LegacyLink.account_id.is_not(None))
        .order_by(LegacyCase.record_id)
        .limit(limit)
        .with_for_update(of=LegacyCase, skip_locked=True)
    )
    found = [(row[0], row[1] or "") for row in session.execute(query)]
    for case, _ in found:
        case.since = today
        case.due_until = due_when_served(case.stands, case.nature, case.due_on, today, policy_of(case.filed_on))
    session.flush()
    return found


def ending(session: Session, today: date, limit: int) -> list[tuple[LegacyCase, str]]:
    """Cases whose applicant's period is near its end, locked and marked: each period is found once."""
    query = (
        select(LegacyCase, LegacyLink.account_id)
        .join(LegacyLink, LegacyLink.record_id == LegacyCase.account_record)
        .where(LegacyCase.stands.in_(SERVED), LegacyCase.due_until.between(today, today + timedelta(days=NEAR)))
        .where(LegacyCase.reminded_of.is_distinct_from(LegacyCase.due_until), LegacyLink.account_id.is_not(None))
        .order_by(LegacyCase.due_until, LegacyCase.record_id)
        .limit(limit)
        .with_for_update(of=LegacyCase, skip_locked=True)
    )
    found = [(row[0], row[1] or "") for row in session.execute(query)]
    for case, _ in found:
        case.reminded_of = case.due_until
    session.flush()
    return found


def overdue(session: Session, today: date, limit: int) -> list[tuple[LegacyCase, str]]:
    """Cases whose applicant has let the period pass, locked; other replicas skip them."""
    query = with_account().where(LegacyCase.stands.in_(SERVED), LegacyCase.due_until < today)
    query = query.order_by(LegacyCase.due_until, LegacyCase.record_id).limit(limit)
    return [(row[0], row[1] or "") for row in session.execute(query.with_for_update(of=LegacyCase, skip_locked=True))]
