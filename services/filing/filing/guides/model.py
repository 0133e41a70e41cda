"""Which words stand beside a guide on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol, TypeVar, get_args

from chassis.errors import Problem
from contracts.guides import GuideSection, GuideTextState

SECTIONS: tuple[GuideSection, ...] = get_args(GuideSection)


class Text(Protocol):
    """A row, as far as it is judged here."""

    @property
    def id(self) -> str: ...
    @property
    def section(self) -> GuideSection: ...
    @property
    def state(self) -> GuideTextState: ...
    @property
    def written_by(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def published_at(self) -> datetime | None: ...


TextT = TypeVar("TextT", bound=Text)


def in_force(texts: Iterable[TextT], day: date) -> list[TextT]:
    """Of one guide: for each section the words that were published last of those valid on the day."""
    latest: dict[GuideSection, TextT] = {}
    for text in texts:
        if text.state != "published" or not text.valid_from <= day <= (text.valid_to or date.max):
            continue
        held = latest.get(text.section)
        if held is None or _order(held) < _order(text):
            latest[text.section] = text
    return [latest[section] for section in SECTIONS if section in latest]


def _order(text: Text) -> tuple[float, str]:
    return (text.published_at.timestamp() if text.published_at else 0.0, text.id)


def may_be_published(text: Text, by: str) -> None:
    """Problems ``guide_text_ended`` for what is no draft, ``guide_text_second_person`` for who wrote it."""
    if text.state != "draft":
        raise Problem("guide_text_ended")
    if text.written_by == by:
        raise Problem("guide_text_second_person")


def ended(state: GuideTextState) -> GuideTextState:
    """What becomes of it when somebody ends it. Problem ``guide_text_ended``."""
    after: dict[GuideTextState, GuideTextState] = {"draft": "discarded", "published": "withdrawn"}
    if state not in after:
        raise Problem("guide_text_ended")
    return after[state]
