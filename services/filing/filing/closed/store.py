"""The table of closed accounts: what comes of one later finds here that it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chassis.db import run
from chassis.keeping.held import release
from sqlalchemy import Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.cases.store import Case

_IDENTITY = "DELETE FROM applicants WHERE account_id = %(account)s"
_CHECKS = """
    DELETE FROM prechecks WHERE account_id = %(account)s AND case_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM materials m WHERE m.precheck_id = prechecks.id)
    RETURNING sha256"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(account)s, hashtext('verified identity')))"


class ClosedAccount(Base):
    """``cleared_at``: nothing is left that had to go."""

    __tablename__ = "closed_accounts"
    __table_args__ = (Index("ix_closed_accounts_uncleared", "closed_at", postgresql_where=text("cleared_at IS NULL")),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


def lock_identity(session: Session, account_id: str) -> None:
    """Whoever keeps a verified identity and whoever hears that the account is closed come one after the other."""
    run(session, _LOCK, {"account": account_id})


def note(session: Session, account_id: str, closed_at: datetime) -> None:
    """Said twice, it is noted once; the copy of who its holder is goes at once."""
    row = insert(ClosedAccount).values(account_id=account_id, closed_at=closed_at)
    session.execute(row.on_conflict_do_nothing(index_elements=["account_id"]))
    run(session, _IDENTITY, {"account": account_id})


def is_closed(session: Session, account_id: str) -> bool:
    """Whether identity has said so."""
    return session.get(ClosedAccount, account_id) is not None


def next_uncleared(session: Session) -> ClosedAccount | None:
    """Locked; those that another holds are left for the next round."""
    query = select(ClosedAccount).where(ClosedAccount.cleared_at.is_(None)).order_by(ClosedAccount.closed_at)
    return session.scalars(query.limit(1).with_for_update(skip_locked=True)).first()


def drafts_left(session: Session, account_id: str, limit: int) -> Sequence[Case]:
    """Some drafts that were not deleted yet, those that were in a batch included; locked."""
    query = select(Case).where(Case.account_id == account_id, Case.state == "draft", Case.discarded_at.is_(None))
    query = query.order_by(Case.id).limit(limit).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def forget_checks(session: Session, account_id: str) -> int:
    """Checks of the tool, with their files' names; nothing of them refers to their objects any more. How many."""
    sha256s = [row.sha256 for row in run(session, _CHECKS, {"account": account_id})]
    release(session, sha256s)
    return len(sha256s)
