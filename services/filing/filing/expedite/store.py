"""Requests to hurry a case, their evidence, and their append-only steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from chassis.objects.references import holds
from contracts.expedite import AskBecause, ExpediteState, RefuseBecause
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, and_, func, or_, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from filing.base import Base
from filing.expedite.model import OPEN
from filing.prechecks.store import PrecheckRow

_OPEN = ", ".join(f"'{state}'" for state in OPEN)
QUEUES: dict[str, tuple[ExpediteState, ...]] = {
    "requested": ("requested",),
    "running": ("granted", "active"),
    "done": ("kept", "missed", "refused", "withdrawn", "lapsed", "ended"),
}


class ExpediteRow(Base):
    """One request. The tier's terms are kept as they were offered. ``due_on``: the promised day, from payment on."""

    __tablename__ = "expedites"
    __table_args__ = (
        CheckConstraint(
            "state IN ('requested', 'granted', 'active', 'kept', 'missed', 'refused', 'withdrawn', 'lapsed', 'ended')",
            name="state",
        ),
        CheckConstraint("(state = 'refused') = (refused_because IS NOT NULL)", name="refused_because"),
        CheckConstraint("state NOT IN ('granted', 'refused') OR decided_by IS NOT NULL", name="decided_by_somebody"),
        CheckConstraint(
            "state NOT IN ('active', 'kept', 'missed') OR (due_on IS NOT NULL AND started_on IS NOT NULL)",
            name="promised",
        ),
        Index("uq_expedites_open", "case_id", unique=True, postgresql_where=text(f"state IN ({_OPEN})")),
        Index("ix_expedites_state", "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    state: Mapped[ExpediteState] = mapped_column(Text)
    tier: Mapped[str]
    tier_zh: Mapped[str]
    tier_en: Mapped[str]
    working_days: Mapped[int]
    pay_working_days: Mapped[int]
    tariff: Mapped[str]
    because: Mapped[AskBecause] = mapped_column(Text)
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refused_because: Mapped[RefuseBecause | None] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(server_default="")
    pay_by: Mapped[date | None]
    order_id: Mapped[str | None]
    amount: Mapped[int | None]
    started_on: Mapped[date | None]
    due_on: Mapped[date | None]
    paused_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    files: Mapped[list[EvidenceRow]] = relationship(order_by="EvidenceRow.id", lazy="selectin")


class EvidenceRow(Base):
    """A file that shows why it is urgent; checked as every file is."""

    __tablename__ = "expedite_files"

    id: Mapped[str] = mapped_column(primary_key=True)
    expedite_id: Mapped[str] = mapped_column(ForeignKey("expedites.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=holds(), index=True)
    size: Mapped[int]
    precheck_id: Mapped[str] = mapped_column(ForeignKey("prechecks.id"))
    attached_at: Mapped[datetime]

    precheck: Mapped[PrecheckRow] = relationship(lazy="joined", innerjoin=True)


class ExpediteStepRow(Base):
    """What happened to a request, by whom and why. Append-only."""

    __tablename__ = "expedite_steps"
    __table_args__ = (UniqueConstraint("expedite_id", "step"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    expedite_id: Mapped[str] = mapped_column(ForeignKey("expedites.id"))
    step: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[str]


def find_expedite(session: Session, expedite_id: str) -> ExpediteRow | None:
    """One request as this transaction sees it; its case is locked first by who means to change it."""
    return session.get(ExpediteRow, expedite_id, populate_existing=True)


def open_expedite(session: Session, case_id: str) -> ExpediteRow | None:
    """The request of a case that is not done with."""
    query = select(ExpediteRow).where(ExpediteRow.case_id == case_id, ExpediteRow.state.in_(OPEN))
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def promise_missed(session: Session, case_id: str, today: date) -> bool:
    """Whether the promised day of a case has passed while the office had it, seen by a sweeper or not yet."""
    passed = and_(ExpediteRow.state == "active", ExpediteRow.paused_on.is_(None), ExpediteRow.due_on < today)
    query = select(ExpediteRow.id).where(ExpediteRow.case_id == case_id, or_(ExpediteRow.state == "missed", passed))
    return session.scalars(query.limit(1)).first() is not None


def overdue_cases(session: Session, state: ExpediteState, today: date, limit: int) -> Sequence[str]:
    """Cases whose request has let a day pass: of payment while *granted*, the promised one while *active*."""
    day = ExpediteRow.pay_by if state == "granted" else ExpediteRow.due_on
    query = select(ExpediteRow.case_id).where(ExpediteRow.state == state, ExpediteRow.paused_on.is_(None), day < today)
    return session.scalars(query.order_by(day).limit(limit)).all()


def listed(session: Session, queue: str, after: tuple[datetime, str] | None, limit: int) -> Sequence[ExpediteRow]:
    """A queue of requests, the oldest first; of those that are done with, the newest."""
    order = [ExpediteRow.asked_at, ExpediteRow.id]
    query = select(ExpediteRow).where(ExpediteRow.state.in_(QUEUES[queue]))
    here = tuple_(ExpediteRow.asked_at, ExpediteRow.id)
    if after is not None:
        query = query.where(here < after if queue == "done" else here > after)
    return session.scalars(
        query.order_by(*(column.desc() if queue == "done" else column for column in order)).limit(limit)
    ).all()


def counts(session: Session) -> dict[str, int]:
    """How many requests are in each queue."""
    query = select(ExpediteRow.state, func.count()).group_by(ExpediteRow.state)
    found = {cast("str", state): int(count) for state, count in session.execute(query)}
    return {queue: sum(found.get(state, 0) for state in states) for queue, states in QUEUES.items()}


def oldest_request(session: Session) -> datetime | None:
    """Since when the oldest undecided request waits."""
    return session.scalar(select(func.min(ExpediteRow.asked_at)).where(ExpediteRow.state == "requested"))
