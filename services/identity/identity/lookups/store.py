"""Accounts by what is known of them. Each way is answered from an index of its own, with at most so many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from chassis.lookups import Sought, begins_with
from sqlalchemy import and_, func, or_, select, union
from sqlalchemy.orm import Session

from identity.accounts.store import Account
from identity.sessions.store import SignInSession
from identity.verification.store import Verification

MOST_VERIFICATIONS = 10


def looked_up(session: Session, what: Sought, limit: int, *, staff: bool) -> Sequence[Account]:
    """By number, address or id, or how a name begins; members of staff only if they are asked for."""
    numbers = list(what.spellings)
    there = select(Account.account_id)
    ways = [
        there.where(
            or_(
                Account.account_id.in_(numbers),
                Account.account_name.in_(numbers),
                Account.uscc.in_(numbers),
                Account.mobile == what.mobile,
                and_(Account.email.in_(numbers), Account.email_confirmed_at.is_not(None)),
            )
        )
    ]
    if what.words:
        ways += [there.where(begins_with(column, what.words)) for column in (Account.name, Account.organisation_name)]
    if not staff:
        ways = [way.where(Account.kind != "staff") for way in ways]
    ids = session.scalars(union(*(select(way.limit(limit).subquery().c.account_id) for way in ways))).all()
    query = select(Account).where(Account.account_id.in_(ids)).order_by(Account.created_at.desc(), Account.account_id)
    return session.scalars(query.limit(limit)).all()


def of_ids(session: Session, ids: Collection[str]) -> Sequence[Account]:
    """These, as they are; the newest first."""
    query = select(Account).where(Account.account_id.in_(ids), Account.kind != "staff")
    return session.scalars(query.order_by(Account.created_at.desc(), Account.account_id)).all()


def signed_in(session: Session, account_id: str, now: datetime) -> tuple[int, datetime | None]:
    """How many devices are signed in to an account, and when one was last used."""
    query = select(
        func.count().filter(SignInSession.ended_at.is_(None), SignInSession.expires_at > now),
        func.max(SignInSession.last_used_at),
    )
    count, last = session.execute(query.where(SignInSession.account_id == account_id)).one()
    return int(count), last


def verifications(session: Session, account_id: str) -> Sequence[Verification]:
    """The newest submissions, without what is in them."""
    query = select(Verification).where(Verification.account_id == account_id)
    return session.scalars(query.order_by(Verification.submitted_at.desc()).limit(MOST_VERIFICATIONS)).all()
