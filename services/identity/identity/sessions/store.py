"""Tables of sessions, refresh tokens and failed sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.sessions.model import Attempts


class SignInSession(Base):
    """One sign-in of one account on one device."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_because"),
        CheckConstraint(
            "ended_because IN ('signed_out', 'signed_out_everywhere', 'token_reused')", name="ended_because_known"
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
    """A refresh token by its hash. ``successor`` was given out for it; ``superseded_at``: given out and taken back."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_session", "session_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey(SignInSession.session_id))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    successor: Mapped[str | None]
    superseded_at: Mapped[datetime | None]


class SignInAttempts(Base):
    """Failures in a row. ``key`` is an account id, or the keyed hash of a login that nobody has."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


def attempts(session: Session, key: str, now: datetime) -> SignInAttempts:
    """The row of failures, locked: attempts on one account come one after the other."""
    session.execute(insert(SignInAttempts).values(key=key, failures=0, last_failed_at=now).on_conflict_do_nothing())
    statement = select(SignInAttempts).where(SignInAttempts.key == key).with_for_update()
    return session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def note(row: SignInAttempts, state: Attempts) -> None:
    row.failures, row.last_failed_at, row.locked_until = state.failures, state.last_failed_at, state.locked_until


def refresh_token(session: Session, token_hash: str) -> RefreshToken | None:
    """The token's row, locked."""
    return session.get(RefreshToken, token_hash, with_for_update=True)


def open_sessions(session: Session, account_id: str, now: datetime, *, lock: bool = False) -> Sequence[SignInSession]:
    statement = (
        select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > now)
        .order_by(SignInSession.last_used_at.desc())
    )
    return session.execute(statement.with_for_update() if lock else statement).scalars().all()


def get(session: Session, session_id: str, *, lock: bool = False) -> SignInSession | None:
    return session.get(SignInSession, session_id, with_for_update=lock)


def forget(session: Session, now: datetime) -> int:
    """Removes refresh tokens that expired a month ago and attempts that count no more."""
    tokens = delete(RefreshToken).where(RefreshToken.expires_at < now - timedelta(days=30))
    stale = delete(SignInAttempts).where(SignInAttempts.last_failed_at < now - timedelta(days=1))
    done = session.execute(tokens.returning(RefreshToken.token_hash)).all()
    return len(done) + len(session.execute(stale.returning(SignInAttempts.key)).all())
