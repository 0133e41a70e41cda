"""The table of changes that wait for a second administrator, and what the pages of staff accounts show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.lookups import begins_with
from sqlalchemy import CheckConstraint, ForeignKey, Index, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.sessions.store import SignInSession
from identity.staff.store import Staff


class StaffChangeRow(Base):
    """A change that one administrator asked for, and what became of it. Nobody changes their own account, and nobody
    confirms what they asked for."""

    __tablename__ = "staff_changes"
    __table_args__ = (
        CheckConstraint("step IN ('grant', 'reactivate', 'reset_totp', 'reset_access')", name="step"),
        CheckConstraint("(step = 'grant') = (role <> '')", name="role_of_a_grant"),
        CheckConstraint("outcome IN ('confirmed', 'declined')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("outcome IS DISTINCT FROM 'confirmed' OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint("asked_by <> account_id AND decided_by IS DISTINCT FROM account_id", name="not_their_own"),
        Index(
            "uq_staff_changes_waiting",
            "account_id",
            "step",
            "role",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
        Index("ix_staff_changes_asked_by", "asked_by", postgresql_where=text("outcome IS NULL")),
    )

    change_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    step: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


def member(session: Session, account_id: str, *, lock: bool = False) -> tuple[Account, Staff] | None:
    """The account with its roles; ``lock``: until the transaction ends."""
    account = session.get(Account, account_id, with_for_update=lock, populate_existing=lock)
    staff = session.get(Staff, account_id, with_for_update=lock, populate_existing=lock)
    return (account, staff) if account is not None and staff is not None else None


def by_code(session: Session, digest: str, now: datetime) -> str | None:
    """Whose unused code this is."""
    query = select(Staff.account_id).where(Staff.code_digest == digest, Staff.code_until > now)
    return session.scalar(query)


def page(
    session: Session, words: str, after: tuple[datetime, str] | None, limit: int, *, waiting: bool = False
) -> Sequence[tuple[Account, Staff]]:
    """The newest first. ``waiting``: only those with a change that waits."""
    query = select(Account, Staff).join(Staff, Staff.account_id == Account.account_id)
    if words:
        query = query.where(or_(begins_with(Account.account_name, words), begins_with(Account.name, words)))
    if waiting:
        changing = select(StaffChangeRow.account_id).where(StaffChangeRow.outcome.is_(None))
        query = query.where(Account.account_id.in_(changing))
    if after is not None:
        query = query.where(tuple_(Account.created_at, Account.account_id) < after)
    query = query.order_by(Account.created_at.desc(), Account.account_id.desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(query)]


def last_seen(session: Session, account_ids: Sequence[str]) -> dict[str, datetime]:
    query = select(SignInSession.account_id, func.max(SignInSession.last_used_at)).group_by(SignInSession.account_id)
    return {row[0]: row[1] for row in session.execute(query.where(SignInSession.account_id.in_(account_ids)))}


def waiting_counts(session: Session, account_ids: Sequence[str]) -> dict[str, int]:
    query = select(StaffChangeRow.account_id, func.count()).group_by(StaffChangeRow.account_id)
    rows = session.execute(query.where(StaffChangeRow.account_id.in_(account_ids), StaffChangeRow.outcome.is_(None)))
    return {row[0]: row[1] for row in rows}


def waiting(session: Session, account_id: str) -> Sequence[StaffChangeRow]:
    """The oldest first."""
    query = select(StaffChangeRow).where(StaffChangeRow.account_id == account_id, StaffChangeRow.outcome.is_(None))
    return session.scalars(query.order_by(StaffChangeRow.asked_at, StaffChangeRow.change_id)).all()


def totals_for(session: Session, account_id: str) -> tuple[int, datetime | None]:
    """How many changes wait that this administrator may confirm, and since when."""
    query = select(func.count(), func.min(StaffChangeRow.asked_at)).where(StaffChangeRow.outcome.is_(None))
    query = query.where(StaffChangeRow.asked_by != account_id, StaffChangeRow.account_id != account_id)
    count, since = session.execute(query).one()
    return count, since


def lock_change(session: Session, change_id: str) -> StaffChangeRow | None:
    return session.get(StaffChangeRow, change_id, with_for_update=True, populate_existing=True)


def withdraw_about(session: Session, account_id: str, decided_by: str, now: datetime) -> Sequence[tuple[str, str]]:
    """What was asked for about an account that is no longer in use: each step with its role."""
    change = (
        update(StaffChangeRow)
        .where(StaffChangeRow.account_id == account_id, StaffChangeRow.outcome.is_(None))
        .values(outcome="declined", decided_by=decided_by, decided_at=now)
    )
    closed = session.execute(change.returning(StaffChangeRow.step, StaffChangeRow.role))
    return [(row.step, row.role) for row in closed]


def withdraw_asked_by(session: Session, account_id: str, decided_by: str, now: datetime) -> int:
    """What somebody asked for who may ask for nothing any more; how many."""
    change = (
        update(StaffChangeRow)
        .where(StaffChangeRow.asked_by == account_id, StaffChangeRow.outcome.is_(None))
        .where(StaffChangeRow.account_id != decided_by)
        .values(outcome="declined", decided_by=decided_by, decided_at=now)
    )
    return len(session.execute(change.returning(StaffChangeRow.change_id)).all())
