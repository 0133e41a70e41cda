"""The table of messages. In the sandbox it is also the provider: what stands here was "sent"."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.db import run
from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.messages.model import Channel


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
            "ix_messages_application_id",
            "application_id",
            postgresql_where=text("channel = 'in_app' AND application_id IS NOT NULL"),
        ),
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


@dataclass(frozen=True)
class Sent:
    """A message to be written. ``body`` is kept as it is, or sealed, but one of the two."""

    message_id: str
    event_id: str
    channel: Channel
    recipient: str
    template: str
    subject: str
    sent_at: datetime
    body: str | None = None
    sealed_body: bytes | None = None
    account_id: str | None = None
    application_id: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


_ADD = """
    INSERT INTO messages (message_id, event_id, channel, recipient, account_id, application_id, template, params,
                          subject, body, sealed_body, sent_at)
    SELECT m.message_id, m.event_id, m.channel, m.recipient, m.account_id, m.application_id, m.template, m.params,
           m.subject, m.body, decode(m.sealed_body, 'base64'), m.sent_at
    FROM jsonb_to_recordset(%(messages)s::jsonb) AS m (
        message_id text, event_id text, channel text, recipient text, account_id text, application_id text,
        template text, params jsonb, subject text, body text, sealed_body text, sent_at timestamptz)
    ON CONFLICT (event_id, channel) DO NOTHING
    """


def add(session: Session, messages: Sequence[Sent]) -> None:
    """Writes messages, except those of an event and channel that have one."""
    if messages:
        run(session, _ADD, {"messages": json.dumps([_row(message) for message in messages], ensure_ascii=False)})


def _row(message: Sent) -> dict[str, Any]:
    sealed = message.sealed_body
    return {
        **vars(message),
        "sent_at": message.sent_at.isoformat(),
        "sealed_body": base64.b64encode(sealed).decode() if sealed is not None else None,
    }


def in_app(session: Session, account_id: str, *, unread: bool, before: str | None, limit: int) -> Sequence[Message]:
    """Messages of the account's box, newest first, older than ``before``."""
    statement = select(Message).where(Message.account_id == account_id, Message.channel == "in_app")
    if unread:
        statement = statement.where(Message.read_at.is_(None))
    if before:
        statement = statement.where(Message.message_id < before)
    return session.execute(statement.order_by(Message.message_id.desc()).limit(limit)).scalars().all()


def about_case(session: Session, account_id: str, application_id: str, limit: int) -> Sequence[Message]:
    """What the account's box holds of one case, newest first."""
    statement = select(Message).where(
        Message.application_id == application_id, Message.channel == "in_app", Message.account_id == account_id
    )
    return session.execute(statement.order_by(Message.message_id.desc()).limit(limit)).scalars().all()


def count_unread(session: Session, account_id: str) -> int:
    """Of the account's box, for the number that its pages show."""
    statement = select(func.count()).where(
        Message.account_id == account_id, Message.channel == "in_app", Message.read_at.is_(None)
    )
    return session.execute(statement).scalar_one()


def count_unread_up_to(session: Session, account_id: str, most: int) -> int:
    """As :func:`count_unread`, counting no further than ``most``: a glance costs no more for who reads nothing."""
    unread = select(Message.message_id).where(
        Message.account_id == account_id, Message.channel == "in_app", Message.read_at.is_(None)
    )
    return session.execute(select(func.count()).select_from(unread.limit(most).subquery())).scalar_one()


def mark_all_read(session: Session, account_id: str, at: datetime) -> None:
    """Those that were read before keep when."""
    session.execute(
        update(Message)
        .where(Message.account_id == account_id, Message.channel == "in_app", Message.read_at.is_(None))
        .values(read_at=at)
    )


def sent(session: Session, to: Sequence[str], limit: int) -> Sequence[Message]:
    """Newest first; to these recipients, or to anyone when there are none."""
    statement = select(Message)
    if to:
        statement = statement.where(Message.recipient.in_(to))
    return session.execute(statement.order_by(Message.message_id.desc()).limit(limit)).scalars().all()
