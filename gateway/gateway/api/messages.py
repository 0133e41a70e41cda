"""消息: what was said to the account at each step."""

from __future__ import annotations

from contracts.base import SIGNED_IN
from contracts.identity import LIST_MESSAGES, READ_MESSAGE, ListMessages, MessageList, ReadMessage
from contracts.paging import Page
from flask_babel import lazy_gettext as _l

from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.languages import language

routes = ApiGroup("messages", _l("消息"))


class MessageQuery(Page):
    unread_only: bool = False


@routes.get("/messages", _l("我的消息"), access=SIGNED_IN, query=MessageQuery, reply=MessageList)
def list_messages(query: MessageQuery) -> MessageList:
    """In-app messages, newest first, in the caller's language."""
    return call(LIST_MESSAGES, ListMessages(**query.model_dump(), language=language()))


@routes.post(
    "/messages/<message_id>/read",
    _l("标为已读"),
    access=SIGNED_IN,
    status=204,
    problems=("message_unknown",),
)
def read_message(message_id: str) -> Reply:
    """Not new any more; a second time changes nothing."""
    call(READ_MESSAGE, ReadMessage(message_id=message_id))
    return Reply(None)
