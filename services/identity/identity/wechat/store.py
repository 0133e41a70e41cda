"""Tables of the official account: messages that were answered, and how far each talk is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base
from identity.wechat.model import KEPT


class WechatMessage(Base):
    """One message of the platform by its number, with what was answered: it is sent up to three times."""

    __tablename__ = "wechat_messages"
    __table_args__ = (Index("uq_wechat_messages_nonce", "nonce", unique=True), Index("ix_wechat_messages_at", "at"))

    message_key: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    reply: Mapped[str]
    at: Mapped[datetime]


class WechatTalk(Base):
    """How far somebody is, by a keyed hash of who they are to the official account."""

    __tablename__ = "wechat_talks"

    talk_key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    contact: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="zh")
    at: Mapped[datetime]


def answered(session: Session, message_key: str) -> WechatMessage | None:
    """The message with its answer, if it has come before."""
    return session.get(WechatMessage, message_key)


def nonce_used(session: Session, nonce: str) -> bool:
    """By another message: the platform never does that."""
    return session.execute(select(WechatMessage.message_key).where(WechatMessage.nonce == nonce)).first() is not None


def talk(session: Session, talk_key: str) -> WechatTalk | None:
    """How far this person is, however long ago."""
    return session.get(WechatTalk, talk_key)


def forget(session: Session, now: datetime) -> int:
    """Messages and talks of yesterday."""
    messages = delete(WechatMessage).where(WechatMessage.at < now - KEPT).returning(WechatMessage.message_key)
    talks = delete(WechatTalk).where(WechatTalk.at < now - KEPT).returning(WechatTalk.talk_key)
    return len(session.execute(messages).all()) + len(session.execute(talks).all())
