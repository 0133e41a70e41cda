"""RPC that every service answers to administrators: what it could not do and set aside, and having it tried again.

What is shown names things by their identifiers. The last error stays on the machine: it may quote what people wrote.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import SERVICES, Empty, Identifier, Model, RpcMethod, staff
from contracts.text import Paragraphs

MOST_SET_ASIDE = 100
"""Of each kind that a service tells at once, the newest; it says where there are more."""

SetAsideKind = Literal["event", "unreadable", "work"]
"""*event*: what another service said and this one could not handle; *unreadable*: what is no event at all; *work*: a
piece of work that a worker gave up."""
Why = Literal["refused", "died", "unreadable", "defect"]
"""*refused*: a rule of ours said no; *died*: the process ended with it; *unreadable*: nobody can read it; *defect*:
anything else."""


class SetAside(Model):
    """``what``: the event's type, or the queue; ``about``: an identifier."""

    service: str
    kind: SetAsideKind
    number: str
    what: str
    about: str
    attempts: int
    set_aside_at: datetime
    why: Why


class EverythingSetAside(Model):
    items: list[SetAside] = []
    more: bool = False
    waiting: int = Field(default=0, description="events that wait to be handled, and pieces of work to be done")


class TryAgain(Model):
    """``reason``: that the cause is mended, and how; kept in the audit log."""

    kind: Literal["event", "work"]
    number: Identifier
    reason: Annotated[str, Paragraphs(500)]


class TriedAgain(Model):
    """``count`` 0: it was not set aside any more, since somebody else had it tried again."""

    count: int


_OFFICE = staff("administrator")
LIST_SET_ASIDE = {name: RpcMethod(name, "list_set_aside", Empty, EverythingSetAside, _OFFICE) for name in SERVICES}
TRY_AGAIN = {name: RpcMethod(name, "try_again", TryAgain, TriedAgain, _OFFICE, "command") for name in SERVICES}
