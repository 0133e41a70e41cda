"""Which member of customer service looks after which batch: one, once."""

from __future__ import annotations

from datetime import datetime

from chassis.db import run
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base


class BatchAdviser(Base):
    """``adviser_id`` is none until there is somebody of customer service."""

    __tablename__ = "batch_advisers"
    __table_args__ = (
        Index("ix_batch_advisers_adviser_id", "adviser_id"),
        Index("ix_batch_advisers_waiting", "asked_at", postgresql_where=text("adviser_id IS NULL")),
    )

    batch_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    name: Mapped[str]
    works: Mapped[int]
    adviser_id: Mapped[str | None] = mapped_column(ForeignKey(Account.account_id))
    asked_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]


def one_at_a_time(session: Session) -> None:
    """Until the transaction ends nobody else shares out batches: two at once would go to the same person."""
    run(session, "SELECT pg_advisory_xact_lock(hashtext('batch_advisers'))")


def find(session: Session, batch_id: str) -> BatchAdviser | None:
    return session.get(BatchAdviser, batch_id)


def waiting(session: Session, limit: int) -> list[BatchAdviser]:
    """Batches that nobody looks after yet, the oldest first."""
    query = select(BatchAdviser).where(BatchAdviser.adviser_id.is_(None))
    return list(session.scalars(query.order_by(BatchAdviser.asked_at).limit(limit).with_for_update(skip_locked=True)))


def least_busy(session: Session) -> str | None:
    """The account of customer service that has been given the fewest batches; None where there is nobody."""
    statement = """SELECT staff.account_id FROM staff
        LEFT JOIN batch_advisers AS given ON given.adviser_id = staff.account_id
        WHERE staff.roles ? 'customer_service'
        GROUP BY staff.account_id ORDER BY count(given.batch_id), staff.account_id LIMIT 1"""
    found = run(session, statement)
    return str(found[0].account_id) if found else None
