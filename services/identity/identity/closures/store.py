"""Requests to close an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chassis.objects.references import NAMES
from chassis.work import Leased, Terms, indexes
from contracts.identity.closures import ClosureState
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.closures.model import UNDER_WAY

CHANNEL = "account_closure"
"""What the hand that carries them out listens on."""
_UNDER_WAY = ", ".join(map(repr, UNDER_WAY))


class AccountClosure(Leased, Base):
    """One request. ``waits_until``: the last day to take it back; ``locked_until``: no access token from before the
    lock is good any more; ``ties``: what kept the account open. ``seal_left``: the object of the seal of an
    organisation, whose key is gone, until it is deleted, too."""

    OPEN = "state = 'checking'"
    TERMS = Terms(CHANNEL, lease=timedelta(minutes=2), attempts=8, parks=True)

    __tablename__ = "account_closures"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'locked', 'checking', 'kept', 'withdrawn', 'closed')", name="state"),
        CheckConstraint(f"(state IN ({_UNDER_WAY})) = (ended_at IS NULL)", name="ended_unless_under_way"),
        CheckConstraint("state NOT IN ('locked', 'checking', 'closed') OR locked_until IS NOT NULL", name="locked"),
        CheckConstraint("(state = 'kept') = (jsonb_array_length(ties) > 0)", name="kept_by_ties"),
        CheckConstraint("seal_left IS NULL OR state = 'closed'", name="seal_of_closed"),
        Index(
            "uq_account_closures_under_way",
            "account_id",
            unique=True,
            postgresql_where=text(f"state IN ({_UNDER_WAY})"),
        ),
        Index("ix_account_closures_account_id", "account_id", "closure_id"),
        Index("ix_account_closures_waits_until", "waits_until", postgresql_where=text("state = 'waiting'")),
        Index("ix_account_closures_locked", "locked_until", postgresql_where=text("state = 'locked'")),
        Index("ix_account_closures_seal_left", "closure_id", postgresql_where=text("seal_left IS NOT NULL")),
        *indexes("account_closures", OPEN),
    )

    closure_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    state: Mapped[ClosureState] = mapped_column(Text)
    asked_at: Mapped[datetime]
    waits_until: Mapped[date]
    locked_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    seal_left: Mapped[str | None] = mapped_column(info=NAMES)


def latest(session: Session, account_id: str) -> AccountClosure | None:
    """Of an account whose row the caller has locked, as it is now."""
    query = select(AccountClosure).where(AccountClosure.account_id == account_id)
    query = query.order_by(AccountClosure.closure_id.desc()).limit(1).execution_options(populate_existing=True)
    return session.scalars(query).first()


def lock(session: Session, closure_id: str) -> AccountClosure | None:
    """Until the transaction ends, and as it is now. The account is locked before."""
    return session.get(AccountClosure, closure_id, with_for_update=True, populate_existing=True)


def waited(session: Session, today: date, limit: int) -> Sequence[AccountClosure]:
    """Those that can be taken back no longer, not locked."""
    query = select(AccountClosure).where(AccountClosure.state == "waiting", AccountClosure.waits_until < today)
    return session.scalars(query.order_by(AccountClosure.waits_until).limit(limit)).all()


def quiet(session: Session, now: datetime, limit: int) -> Sequence[AccountClosure]:
    """Those of whose accounts no access token is good any more, not locked."""
    query = select(AccountClosure).where(AccountClosure.state == "locked", AccountClosure.locked_until < now)
    return session.scalars(query.order_by(AccountClosure.locked_until).limit(limit)).all()


def seal_left(session: Session) -> AccountClosure | None:
    """One whose seal is still in the object store, locked."""
    query = select(AccountClosure).where(AccountClosure.seal_left.is_not(None)).limit(1)
    return session.scalars(query.with_for_update(skip_locked=True)).first()
