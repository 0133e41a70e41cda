"""Which messages go by SMS and by e-mail, and in which language: what an account has chosen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import ACCOUNT, Empty, Model, RpcMethod
from contracts.identity.accounts import Language

_S = "identity"

MessageKind = Literal["progress", "money", "deadlines", "decisions", "security"]
"""What a message is about. There is no kind for advertisements: none are sent."""

Need = Literal["free", "one", "all"]
"""*free*: SMS and e-mail may both be off. *one*: one of the two always goes out. *all*: both do, nothing is chosen."""


class KindChoice(Model):
    """What goes out of one kind besides the message on the site, which always stays."""

    kind: MessageKind
    sms: bool
    email: bool
    need: Need


class MessageChoices(Model):
    """``sms_reaches``, ``email_reaches``: there is a mobile number, a confirmed address. What is chosen for a channel
    that does not reach is kept until it does; of what must go out the other one is taken meanwhile."""

    message_language: Language
    sms_reaches: bool
    email_reaches: bool
    items: list[KindChoice]


class KindChosen(Model):
    kind: MessageKind
    sms: bool
    email: bool


class ChooseMessages(Model):
    """Kinds that are not named, and a language that is not, stay as they are."""

    message_language: Language | None = None
    items: list[KindChosen] = Field(default=[], max_length=5)


GET_MESSAGE_CHOICES = RpcMethod(_S, "get_message_choices", Empty, MessageChoices, ACCOUNT)


CHOOSE_MESSAGES = RpcMethod(_S, "choose_messages", ChooseMessages, MessageChoices, ACCOUNT, "command")
