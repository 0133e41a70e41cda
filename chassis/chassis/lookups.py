"""What every service does alike when the office looks something up (查找): how what was typed is read, what a role is
shown of it, and that it is written down (个人信息保护法 art. 6 and 51)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.lookups import LookUp
from contracts.text import masked, mobile, spelled
from sqlalchemy import ColumnElement, and_, false
from sqlalchemy.orm import InstrumentedAttribute

from chassis.actor import Actor
from chassis.uow import UnitOfWork

NEEDS_NAMES = frozenset({"customer_service", "archivist"})
NEEDS_ADDRESSES = frozenset({"customer_service", "administrator"})
SHORTEST_WORDS = 2
_LAST = "\U0010ffff"
_ID_NUMBER = re.compile(r"[0-9]{15}|[0-9]{17}[0-9Xx]", re.ASCII)


@dataclass(frozen=True)
class Sought:
    """``spellings`` of what may be a number or an identifier; ``mobile``: of what may be one, as it is kept; ``words``:
    how a title or a name begins, if that is long enough to be searched for."""

    spellings: tuple[str, ...]
    mobile: str
    words: str


def sought(text: str) -> Sought:
    """What somebody typed, as it may be kept."""
    typed = text.strip()
    if not typed:
        return Sought((), "", "")
    spellings = dict.fromkeys((typed, spelled(typed), typed.lower()))
    return Sought(tuple(spellings), mobile(typed), typed if len(typed) >= SHORTEST_WORDS else "")


def begins_with(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | ColumnElement[str], words: str
) -> ColumnElement[bool]:
    """Whether a column begins with the words: as a range, which any index of the column answers (C.UTF-8)."""
    return and_(column >= words, column < words + _LAST) if words else false()


def shown_name(actor: Actor, name: str, *, organisation: bool) -> str:
    """A person's name for those who talk with them or keep the dossiers; for others its first character."""
    return name if organisation or not name or actor.roles & NEEDS_NAMES else f"{name.strip()[:1]}**"


def write_down(uow: UnitOfWork, action: str, request: LookUp, found: int) -> None:
    """Who looked for what, why, and how much there was. The number of an identity card is not kept in the log."""
    uow.audit(action, subject=uow.actor.subject, text=told(request.text), purpose=request.purpose, found=found)


def told(text: str) -> str:
    """What somebody looked for, as it is kept in the log."""
    text = text.strip()
    return masked(text) if _ID_NUMBER.fullmatch("".join(text.split())) else text
