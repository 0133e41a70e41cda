"""Contracts of the office's own words beside the service guides (服务指南): written by one administrator, published by
another, for a time; what was there before stays in the history and comes back when they are taken away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts.base import ANONYMOUS, Empty, Identifier, Model, RpcMethod, staff
from contracts.paging import Page, QueueTotals
from contracts.text import Paragraphs

_S = "filing"
_OFFICE = staff("administrator")

GuideSection = Literal["introduction", "materials", "fees", "times", "more"]
"""Beside which part of a guide the words stand; *introduction*: above all of it, *more*: below."""
GuideTextState = Literal["draft", "published", "withdrawn", "discarded"]
GuidePlace = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", max_length=40)]
"""A guide by its address, or a filing type."""
_Words = Annotated[str, Paragraphs(5000)]


class WriteGuideText(Model):
    """A draft. ``zh``, ``en``: Markdown of paragraphs, lists, bold, italics and links; both are needed. Days are legal
    dates, both included. ``replaces``: a draft that this one takes the place of."""

    place: GuidePlace
    section: GuideSection
    zh: Annotated[_Words, Field(min_length=1)]
    en: Annotated[_Words, Field(min_length=1)]
    valid_from: date
    valid_to: date | None = None
    replaces: Identifier | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> WriteGuideText:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self


class GuideTextRef(Model):
    text_id: Identifier


class EndGuideText(Model):
    """Discards a draft, or takes words away that are published."""

    text_id: Identifier
    reason: Annotated[str, Paragraphs(500), Field(min_length=1)]


class GuideText(Model):
    """``mine``: the caller wrote it, and somebody else publishes it. ``in_force``: it is what the guide shows today."""

    text_id: str
    place: str
    section: GuideSection
    zh: str
    en: str
    valid_from: date
    valid_to: date | None = None
    state: GuideTextState
    in_force: bool = False
    mine: bool = False
    written_by: str
    written_at: datetime
    published_by: str = ""
    published_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    reason: str = Field(default="", description="why it was taken away")


class ListGuideTexts(Page):
    """``place``: one guide's, or all. ``state``: those in it."""

    state: GuideTextState | None = None
    place: Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,40}$", max_length=40)] = ""


class GuideTextList(Model):
    items: list[GuideText] = []
    counts: dict[str, int] = Field(default={}, description="of the guide, or of all, by state")
    next_cursor: str | None = None


class GuideWords(Model):
    """What stands beside one part of a guide today, as Markdown."""

    section: GuideSection
    zh: str
    en: str


class AskGuideWords(Model):
    place: GuidePlace


class GuideWordsList(Model):
    """One entry at most for each section, in the order of the guide."""

    items: list[GuideWords] = []


WRITE_GUIDE_TEXT = RpcMethod(_S, "write_guide_text", WriteGuideText, GuideText, _OFFICE, "command")
PUBLISH_GUIDE_TEXT = RpcMethod(_S, "publish_guide_text", GuideTextRef, GuideText, _OFFICE, "command")
END_GUIDE_TEXT = RpcMethod(_S, "end_guide_text", EndGuideText, GuideText, _OFFICE, "command")
GET_GUIDE_TEXT = RpcMethod(_S, "get_guide_text", GuideTextRef, GuideText, _OFFICE)
LIST_GUIDE_TEXTS = RpcMethod(_S, "list_guide_texts", ListGuideTexts, GuideTextList, _OFFICE)
TOTAL_GUIDE_TEXTS = RpcMethod(_S, "total_guide_texts", Empty, QueueTotals, _OFFICE)
"""Drafts of others, which the caller may publish."""
GUIDE_WORDS = RpcMethod(_S, "guide_words", AskGuideWords, GuideWordsList, ANONYMOUS)

ERRORS = {"guide_text_unknown": 404, "guide_text_ended": 409, "guide_text_second_person": 403}
