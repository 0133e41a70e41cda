"""Which old account was joined to which account here, how, and whether that was undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.db import run
from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.legacy.store import LegacyAccount


class LegacyLink(Base):
    """``left_account_id``: the account that the old one had become when it was joined to another; ``left_name``: an
    account name that it gave up for that, once; it comes back when the link is undone. What was *recovered* only the
    office puts back."""

    __tablename__ = "legacy_links"
    __table_args__ = (
        CheckConstraint("how IN ('signed_in', 'proven', 'recovered')", name="how"),
        CheckConstraint("(how <> 'signed_in') = (undo_until IS NOT NULL)", name="what_is_proven_can_be_undone"),
        Index("ix_legacy_links_account_id", "account_id"),
        Index("ix_legacy_links_record_id", "record_id"),
        Index(
            "ix_legacy_links_undo_until",
            "undo_until",
            postgresql_where=text("undo_until IS NOT NULL AND undone_at IS NULL"),
        ),
    )

    link_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    left_account_id: Mapped[str | None] = mapped_column(ForeignKey(Account.account_id))
    left_name: Mapped[str | None]
    how: Mapped[str]
    carried: Mapped[list[str]] = mapped_column(JSONB)
    to_do: Mapped[list[str]] = mapped_column(JSONB)
    linked_at: Mapped[datetime]
    undo_until: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


def of_account(session: Session, account_id: str) -> Sequence[tuple[LegacyLink, LegacyAccount]]:
    """The links that hold, newest first, each with its old account."""
    statement = (
        select(LegacyLink, LegacyAccount)
        .join(LegacyAccount, LegacyAccount.record_id == LegacyLink.record_id)
        .where(
            LegacyLink.account_id == account_id,
            LegacyAccount.account_id == account_id,
            LegacyLink.undone_at.is_(None),
        )
        .order_by(LegacyLink.linked_at.desc(), LegacyLink.link_id.desc())
    )
    return [(link, old) for link, old in session.execute(statement)]


def given_by(session: Session, account_id: str, now: datetime) -> Sequence[tuple[LegacyLink, LegacyAccount]]:
    """Old accounts that this one had been, and which are another's as long as that can be undone."""
    statement = (
        select(LegacyLink, LegacyAccount)
        .join(LegacyAccount, LegacyAccount.record_id == LegacyLink.record_id)
        .where(
            LegacyLink.left_account_id == account_id,
            LegacyLink.account_id == LegacyAccount.account_id,
            LegacyLink.undone_at.is_(None),
            LegacyLink.undo_until > now,
        )
        .order_by(LegacyLink.linked_at.desc(), LegacyLink.link_id.desc())
    )
    return [(link, old) for link, old in session.execute(statement)]


def last_proven(session: Session, record_id: str) -> LegacyLink | None:
    """The latest join by proof of an old account, undone or not, locked until the transaction ends."""
    statement = select(LegacyLink).where(LegacyLink.record_id == record_id, LegacyLink.how == "proven")
    latest = statement.order_by(LegacyLink.linked_at.desc(), LegacyLink.link_id.desc()).limit(1)
    return session.execute(latest.with_for_update()).scalar_one_or_none()


def left_by(session: Session, record_id: str, now: datetime) -> Account | None:
    """The account that an old one had become before it was joined to another, as long as that can be undone."""
    statement = (
        select(Account)
        .join(LegacyLink, LegacyLink.left_account_id == Account.account_id)
        .where(
            LegacyLink.record_id == record_id,
            LegacyLink.undone_at.is_(None),
            LegacyLink.undo_until > now,
            Account.standing == "open",
        )
    )
    return session.execute(statement.limit(1)).scalar_one_or_none()


def was_undone(session: Session, record_id: str, account_id: str) -> bool:
    """Whether the old account was joined to this one before, and parted again."""
    statement = select(LegacyLink.link_id).where(
        LegacyLink.record_id == record_id, LegacyLink.account_id == account_id, LegacyLink.undone_at.is_not(None)
    )
    return session.execute(statement.limit(1)).first() is not None


def holds(session: Session, account_id: str, record_id: str) -> bool:
    """Whether the old account is joined to this one."""
    statement = select(LegacyAccount.record_id).where(
        LegacyAccount.record_id == record_id, LegacyAccount.account_id == account_id
    )
    return session.execute(statement).first() is not None


def get(session: Session, link_id: str) -> LegacyLink | None:
    """As it is now, locked until the transaction ends."""
    return session.get(LegacyLink, link_id, with_for_update=True, populate_existing=True)


def forget_hashes(session: Session, now: datetime) -> int:
    """Old hashes that were kept for links that can no longer be undone; how many went."""
    statement = """
        UPDATE legacy_accounts a SET password_hash = NULL
        WHERE a.account_id IS NOT NULL AND a.password_hash IS NOT NULL AND NOT EXISTS (
            SELECT FROM legacy_links l
            WHERE l.record_id = a.record_id AND l.undone_at IS NULL AND l.undo_until > %(now)s)
        RETURNING 1"""
    return len(run(session, statement, {"now": now}))
