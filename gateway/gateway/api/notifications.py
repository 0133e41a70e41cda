"""消息通知设置: which messages go by SMS and e-mail, and in which language."""

from __future__ import annotations

from contracts.base import ACCOUNT, Empty
from contracts.identity.accounts import Language
from contracts.identity.choices import (
    CHOOSE_MESSAGES,
    GET_MESSAGE_CHOICES,
    ChooseMessages,
    KindChosen,
    MessageChoices,
)
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.limits import limiter, per_minute

routes = ApiGroup("notifications", _l("消息通知设置"))


class NewChoices(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    message_language: Language | None = None
    items: list[KindChosen] = Field(default=[], max_length=5)


@routes.get("/me/notifications", _l("消息怎样通知我"), access=ACCOUNT, reply=MessageChoices)
def get_message_choices() -> MessageChoices:
    """By kind: `need` says whether both channels may be off (`free`), one must stay (`one`) or both do (`all`)."""
    return call(GET_MESSAGE_CHOICES, Empty())


@routes.patch(
    "/me/notifications",
    _l("更改消息通知设置"),
    access=ACCOUNT,
    body=NewChoices,
    reply=MessageChoices,
    problems=("message_channel_required",),
)
@limiter.limit(per_minute(20))
def choose_messages(body: NewChoices) -> MessageChoices:
    """From the next message on. The message on the site always stays; the account is told of the change."""
    return call(CHOOSE_MESSAGES, ChooseMessages(message_language=body.message_language, items=body.items))
