"""Deadlines of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base


class DeadlineRow(Base):
    """One legal period. ``nominal_due_on`` is the last day before it is moved off a day without work.

    ``state``: running, paused (since ``paused_on``), met or missed (``done_on``), ended (its case ended before).
    A deadline that was missed stays so; ``done_on`` then says when it was done after all.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        CheckConstraint("kind IN ('acceptance', 'examination', 'correction', 'payment', 'paper')", name="kind"),
        CheckConstraint("state IN ('running', 'paused', 'met', 'missed', 'ended')", name="state"),
        CheckConstraint("(state = 'paused') = (paused_on IS NOT NULL)", name="paused_since"),
        CheckConstraint("due_on >= nominal_due_on", name="rolled_forward"),
        Index(
            "uq_deadlines_open",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        Index("ix_deadlines_running", "due_on", postgresql_where=text("state = 'running'")),
        Index("ix_deadlines_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    started_on: Mapped[date]
    nominal_due_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str]
    paused_on: Mapped[date | None]
    done_on: Mapped[date | None]
    legal_basis: Mapped[dict[str, Any]]


def latest(session: Session, case_id: str, kind: str) -> DeadlineRow | None:
    """The newest deadline of a kind that its case has not outlived."""
    return session.scalars(
        select(DeadlineRow)
        .where(DeadlineRow.case_id == case_id, DeadlineRow.kind == kind, DeadlineRow.state != "ended")
        .order_by(DeadlineRow.id.desc())
        .limit(1)
    ).first()


def claim_overdue(session: Session, kinds: tuple[str, ...], today: date, limit: int) -> Sequence[DeadlineRow]:
    """Locks running deadlines that are past, except those that another replica holds."""
    return session.scalars(
        select(DeadlineRow)
        .where(DeadlineRow.kind.in_(kinds), DeadlineRow.state == "running", DeadlineRow.due_on < today)
        .order_by(DeadlineRow.due_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
