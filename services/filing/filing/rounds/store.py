"""Rounds of correction and their defects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from filing.base import Base


class DefectRow(Base):
    __tablename__ = "defects"
    __table_args__ = (Index("ix_defects_correction_id", "correction_id", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    correction_id: Mapped[str] = mapped_column(ForeignKey("corrections.id"))
    position: Mapped[int]
    target: Mapped[str]
    page: Mapped[int | None]
    message: Mapped[str]
    answer: Mapped[str | None]


class CorrectionRow(Base):
    """One round. ``changes`` is what the answer changed in the form: [{field, before, after}]."""

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_case_id", "case_id"),
        Index("uq_corrections_open", "case_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changes: Mapped[list[dict[str, Any]]]

    defects: Mapped[list[DefectRow]] = relationship(order_by=DefectRow.position, lazy="selectin")


def corrections_of(session: Session, case_id: str) -> Sequence[CorrectionRow]:
    """All 补正 of a case in the order they were asked for, answered or not."""
    return session.scalars(
        select(CorrectionRow).where(CorrectionRow.case_id == case_id).order_by(CorrectionRow.round)
    ).all()


def open_correction(session: Session, case_id: str) -> CorrectionRow | None:
    """The round that waits for its answer."""
    return session.scalars(
        select(CorrectionRow).where(CorrectionRow.case_id == case_id, CorrectionRow.closed_at.is_(None))
    ).one_or_none()
