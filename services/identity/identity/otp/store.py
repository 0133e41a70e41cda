"""The table of one-time codes. Codes are kept as keyed hashes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.otp.model import CodeState, Purpose


class OneTimeCode(Base):
    """A code that was sent; ``used_at`` is set once, by the step that it allowed."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'email')", name="purpose"),
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        Index("ix_one_time_codes_target", "target", "sent_at"),
        Index("ix_one_time_codes_client", "client", "sent_at"),
    )

    code_id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    target: Mapped[str]
    account_id: Mapped[str | None]
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    used_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(server_default="")

    @property
    def state(self) -> CodeState:
        return CodeState(self.sent_at, self.attempts, self.used_at is not None)


def newest(session: Session, purpose: Purpose, target: str, *, lock: bool = False) -> OneTimeCode | None:
    """The code that counts: an older one is superseded by it."""
    statement = (
        select(OneTimeCode)
        .where(OneTimeCode.target == target, OneTimeCode.purpose == purpose)
        .order_by(OneTimeCode.sent_at.desc(), OneTimeCode.code_id.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.execute(statement).scalar_one_or_none()


def sent_since(session: Session, since: datetime, *, target: str = "", client: str = "") -> int:
    statement = select(func.count()).where(OneTimeCode.sent_at > since)
    statement = statement.where(OneTimeCode.target == target if target else OneTimeCode.client == client)
    return session.execute(statement).scalar_one()


def mark_used(session: Session, code_id: str, now: datetime) -> bool:
    """False when another step was faster."""
    statement = update(OneTimeCode).where(OneTimeCode.code_id == code_id, OneTimeCode.used_at.is_(None))
    return session.execute(statement.values(used_at=now).returning(OneTimeCode.code_id)).first() is not None


def forget(session: Session, now: datetime) -> int:
    """Removes codes that no limit looks at any more."""
    statement = delete(OneTimeCode).where(OneTimeCode.sent_at < now - timedelta(days=2))
    return len(session.execute(statement.returning(OneTimeCode.code_id)).all())
