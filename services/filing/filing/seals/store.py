"""Seals of deposits, and the orders on which they were opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.seals import OpeningState
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base


class SealRow(Base):
    """One seal of a case; of a case one lies at the most."""

    __tablename__ = "seals"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        Index("ix_seals_case_id", "case_id"),
        Index("uq_seals_lying", "case_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]


class OpeningRow(Base):
    """One order of a court about a seal. Who confirms is never who proposed; of a seal one proposal waits."""

    __tablename__ = "seal_openings"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'confirmed', 'dismissed')", name="state"),
        CheckConstraint("state <> 'confirmed' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(state = 'confirmed') = (open_until IS NOT NULL)", name="open_for_a_while"),
        Index("ix_seal_openings_seal_id", "seal_id"),
        Index("uq_seal_openings_proposed", "seal_id", unique=True, postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    seal_id: Mapped[str] = mapped_column(ForeignKey("seals.id"))
    court: Mapped[str]
    order_number: Mapped[str]
    state: Mapped[OpeningState] = mapped_column(Text)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    open_until: Mapped[datetime | None]


def lying(session: Session, case_id: str) -> SealRow | None:
    """The seal that lies on a case's deposit."""
    return session.scalars(select(SealRow).where(SealRow.case_id == case_id, SealRow.lifted_at.is_(None))).one_or_none()


def opened_by(session: Session, seal_id: str, now: datetime) -> Sequence[OpeningRow]:
    """Orders on which a seal is open now."""
    query = select(OpeningRow).where(OpeningRow.seal_id == seal_id, OpeningRow.open_until > now)
    return session.scalars(query).all()


def openings_of(session: Session, case_id: str) -> Sequence[OpeningRow]:
    """Of all seals of a case, the newest first."""
    seals = select(SealRow.id).where(SealRow.case_id == case_id)
    return session.scalars(select(OpeningRow).where(OpeningRow.seal_id.in_(seals)).order_by(OpeningRow.id.desc())).all()


def proposed(session: Session, seal_id: str) -> OpeningRow | None:
    """The order that waits for a second person."""
    query = select(OpeningRow).where(OpeningRow.seal_id == seal_id, OpeningRow.state == "proposed")
    return session.scalars(query).one_or_none()


def case_of_opening(session: Session, opening_id: str) -> str | None:
    """The case whose deposit an order is about."""
    query = select(SealRow.case_id).join(OpeningRow, OpeningRow.seal_id == SealRow.id)
    return session.scalars(query.where(OpeningRow.id == opening_id)).one_or_none()


def lock_opening(session: Session, opening_id: str) -> tuple[OpeningRow, SealRow]:
    """An order and its seal, locked until the transaction ends."""
    query = select(OpeningRow, SealRow).join(SealRow, SealRow.id == OpeningRow.seal_id)
    row = session.execute(query.where(OpeningRow.id == opening_id).with_for_update()).one()
    return row[0], row[1]


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many orders wait for a second person, since when the oldest."""
    query = select(func.count(), func.min(OpeningRow.proposed_at)).where(OpeningRow.state == "proposed")
    count, since = session.execute(query).one()
    return count, since


def openings(session: Session, *, waiting: bool, before: str | None, limit: int) -> Sequence[tuple[OpeningRow, str]]:
    """Those that wait, or those that are decided, with their case; the newest first."""
    query = select(OpeningRow, SealRow.case_id).join(SealRow, SealRow.id == OpeningRow.seal_id)
    query = query.where(OpeningRow.state == "proposed" if waiting else OpeningRow.state != "proposed")
    if before:
        query = query.where(OpeningRow.id < before)
    rows = session.execute(query.order_by(OpeningRow.id.desc()).limit(limit)).all()
    return [(row[0], row[1]) for row in rows]
