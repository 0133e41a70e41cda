"""Messages to an account."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import SIGNED_IN, Empty, Identifier, Model, RpcMethod, service
from contracts.identity.accounts import Language
from contracts.paging import Page

_S = "identity"


class MessageView(Model, personal=("to", "subject", "body")):
    message_id: str
    channel: Literal["sms", "email", "in_app", "wechat"]
    to: str
    subject: str
    body: str
    sent_at: datetime
    read_at: datetime | None = None
    application_id: str | None = None
    template: str


class ListMessages(Page):
    """My in-app messages, newest first; ``language`` renders them anew, else as they were written."""

    unread_only: bool = False
    language: Language | None = None


class MessageList(Model):
    items: list[MessageView]
    next_cursor: str | None = None
    unread: int = 0


class UnreadMessages(Model):
    """``unread``: at most ``MOST_COUNTED``, which stands for as many and more."""

    unread: int


class ReadMessage(Model):
    message_id: Identifier


class SandboxMessages(Model, personal=("to",)):
    """Everything that was "sent" to a mobile number, e-mail address or account, newest first."""

    to: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=100, ge=1, le=500)


MOST_COUNTED = 100


LIST_MESSAGES = RpcMethod(_S, "list_messages", ListMessages, MessageList, SIGNED_IN)


COUNT_UNREAD = RpcMethod(_S, "count_unread", Empty, UnreadMessages, SIGNED_IN)
"""Of the caller's box, for the mark on every page of an account."""


READ_MESSAGE = RpcMethod(_S, "read_message", ReadMessage, Empty, SIGNED_IN, "command")


READ_ALL_MESSAGES = RpcMethod(_S, "read_all_messages", Empty, Empty, SIGNED_IN, "command")
"""Marks every message of the caller read, however many there are."""


SANDBOX_MESSAGES = RpcMethod(
    _S, "sandbox_messages", SandboxMessages, MessageList, service("gateway"), sandbox_only=True
)
