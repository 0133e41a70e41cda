"""The table of messages. In the sandbox it is also the provider: what stands here was "sent"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base


class Message(Base):
    """One visible message. ``event_id`` and channel make it the only one for what it tells."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "channel"),
        CheckConstraint("channel IN ('sms', 'email', 'in_app', 'wechat')", name="channel"),
        CheckConstraint("(body IS NULL) <> (sealed_body IS NULL)", name="one_body"),
        Index("ix_messages_recipient", "recipient", "message_id"),
        Index("ix_messages_account", "account_id", "channel", "message_id"),
        Index(
            "ix_messages_unread",
            "account_id",
            postgresql_where=text("read_at IS NULL AND channel = 'in_app'"),
        ),
    )

    message_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str]
    channel: Mapped[str]
    recipient: Mapped[str]
    account_id: Mapped[str | None]
    application_id: Mapped[str | None]
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    subject: Mapped[str]
    body: Mapped[str | None]
    sealed_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


def add(session: Session, **values: Any) -> bool:
    """Writes the message unless there is one for this event and channel; says whether it was written."""
    statement = insert(Message).values(**values).on_conflict_do_nothing(index_elements=["event_id", "channel"])
    return session.execute(statement.returning(Message.message_id)).first() is not None


def in_app(session: Session, account_id: str, *, unread: bool, before: str | None, limit: int) -> Sequence[Message]:
    statement = select(Message).where(Message.account_id == account_id, Message.channel == "in_app")
    if unread:
        statement = statement.where(Message.read_at.is_(None))
    if before:
        statement = statement.where(Message.message_id < before)
    return session.execute(statement.order_by(Message.message_id.desc()).limit(limit)).scalars().all()


def count_unread(session: Session, account_id: str) -> int:
    statement = select(func.count()).where(
        Message.account_id == account_id, Message.channel == "in_app", Message.read_at.is_(None)
    )
    return session.execute(statement).scalar_one()


def sent(session: Session, to: Sequence[str], limit: int) -> Sequence[Message]:
    """Newest first; to these recipients, or to anyone when there are none."""
    statement = select(Message)
    if to:
        statement = statement.where(Message.recipient.in_(to))
    return session.execute(statement.order_by(Message.message_id.desc()).limit(limit)).scalars().all()
