"""Tables of sessions and refresh tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, delete, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base


class SignInSession(Base):
    """One sign-in of one account on one device."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_because"),
        CheckConstraint(
            "ended_because IN ('signed_out', 'signed_out_everywhere', 'token_reused', 'password_changed',"
            " 'account_recovered', 'staff_changed', 'ended_by_office', 'account_closing')",
            name="ended_because_known",
        ),
        Index("ix_sessions_account", "account_id", "created_at"),
    )

    session_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    method: Mapped[str]
    client: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class RefreshToken(Base):
    """A refresh token by its hash; ``used_at``: when it was first exchanged."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session", "session_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey(SignInSession.session_id))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def refresh_token(session: Session, token_hash: str) -> RefreshToken | None:
    """The token's row, locked."""
    return session.get(RefreshToken, token_hash, with_for_update=True)


def lock_open_sessions(session: Session, account_id: str, now: datetime) -> Sequence[SignInSession]:
    """Neither ended nor expired, locked until the transaction ends."""
    return session.execute(_open_sessions(account_id, now).with_for_update()).scalars().all()


def sessions_page(
    session: Session, account_id: str, now: datetime, before: tuple[datetime, str] | None, limit: int
) -> Sequence[SignInSession]:
    """Neither ended nor expired, last used first, used longer ago than ``before``."""
    statement = _open_sessions(account_id, now)
    if before is not None:
        statement = statement.where(tuple_(SignInSession.last_used_at, SignInSession.session_id) < before)
    return session.execute(statement.limit(limit)).scalars().all()


def _open_sessions(account_id: str, now: datetime) -> Select[SignInSession]:
    return (
        select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > now)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.session_id.desc())
    )


def get(session: Session, session_id: str, *, lock: bool = False) -> SignInSession | None:
    """``lock``: until the transaction ends."""
    return session.get(SignInSession, session_id, with_for_update=lock)


def forget(session: Session, now: datetime) -> int:
    """Removes refresh tokens that expired a month ago."""
    tokens = delete(RefreshToken).where(RefreshToken.expires_at < now - timedelta(days=30))
    return len(session.execute(tokens.returning(RefreshToken.token_hash)).all())
