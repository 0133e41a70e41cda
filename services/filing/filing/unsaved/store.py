"""The entries that pages of drafts and of corrections kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chassis.db import run
from contracts.filing.unsaved import UnsavedMark
from sqlalchemy import ForeignKey, Index, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base


class UnsavedRow(Base):
    """A page's entries of a step. ``turn`` counts what the page kept; ``version`` and ``read`` are the draft's as the
    page was opened."""

    __tablename__ = "unsaved_entries"
    __table_args__ = (Index("ix_unsaved_entries_kept_at", "kept_at"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int]
    version: Mapped[int]
    read: Mapped[dict[str, Any]]
    form: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]


_FORGOTTEN = """
    DELETE FROM unsaved_entries WHERE (case_id, step, page) IN (
        SELECT u.case_id, u.step, u.page FROM unsaved_entries u JOIN cases c ON c.id = u.case_id
        WHERE u.kept_at < %(before)s
           OR c.state <> CASE u.step WHEN 'correction' THEN 'awaiting_correction' ELSE 'draft' END
        LIMIT %(limit)s FOR UPDATE OF u SKIP LOCKED)
    RETURNING case_id
"""


def find_unsaved(session: Session, case_id: str, step: str, page: str) -> UnsavedRow | None:
    """What one page kept of a step."""
    return session.get(UnsavedRow, (case_id, step, page))


def unsaved_of(session: Session, case_id: str, step: str) -> Sequence[UnsavedRow]:
    """What pages of a step kept, newest first."""
    query = select(UnsavedRow).where(UnsavedRow.case_id == case_id, UnsavedRow.step == step)
    return session.scalars(query.order_by(UnsavedRow.kept_at.desc(), UnsavedRow.page)).all()


def count_unsaved(session: Session, case_id: str) -> int:
    """How many pages of a draft have kept something."""
    return session.scalar(select(func.count()).select_from(UnsavedRow).where(UnsavedRow.case_id == case_id)) or 0


def settle(session: Session, case_id: str, step: str, marks: Iterable[UnsavedMark]) -> None:
    """Forgets what these pages kept of a step, each as far as its turn."""
    of_pages = [and_(UnsavedRow.page == mark.page, UnsavedRow.turn <= mark.turn) for mark in marks]
    if of_pages:
        of_step = and_(UnsavedRow.case_id == case_id, UnsavedRow.step == step)
        session.execute(delete(UnsavedRow).where(of_step, or_(*of_pages)))


def forget_unsaved_of(session: Session, case_id: str) -> None:
    """Nothing unsaved is left of the draft."""
    session.execute(delete(UnsavedRow).where(UnsavedRow.case_id == case_id))


def forget_old(session: Session, before: datetime, limit: int) -> int:
    """What was kept before a time, and what belongs to no draft any more. Returns how much that was."""
    return len(run(session, _FORGOTTEN, {"before": before, "limit": limit}))
