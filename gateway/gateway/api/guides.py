"""The office's own words beside the service guides: what stands there today, and writing and publishing them."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ANONYMOUS, staff
from contracts.guides import (
    END_GUIDE_TEXT,
    GET_GUIDE_TEXT,
    GUIDE_WORDS,
    LIST_GUIDE_TEXTS,
    PUBLISH_GUIDE_TEXT,
    WRITE_GUIDE_TEXT,
    AskGuideWords,
    EndGuideText,
    GuideText,
    GuideTextList,
    GuideTextRef,
    GuideWordsList,
    ListGuideTexts,
    WriteGuideText,
)
from contracts.text import Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.limits import per_minute, query_limiter

routes = ApiGroup("guides", _l("服务指南"))
ADMINISTRATORS = staff("administrator")
_PROBLEMS = ("guide_text_unknown", "guide_text_ended")


class GuideTextEnd(BaseModel):
    """Why it is discarded or taken away."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Paragraphs(500), Field(min_length=1)]


@routes.get("/guides/<place>/words", _l("指南旁边的文字"), access=ANONYMOUS, reply=GuideWordsList)
@query_limiter.limit(per_minute(120))
def guide_words(place: str) -> GuideWordsList:
    """What the office has written beside a guide (`software`, `fees`, …) or a filing type (`work_change`, …) for today,
    as Markdown in both languages."""
    return call(GUIDE_WORDS, entered(AskGuideWords, place=place))


@routes.get(
    "/staff/guide-texts", _l("指南文字的历史"), access=ADMINISTRATORS, query=ListGuideTexts, reply=GuideTextList
)
def list_guide_texts(query: ListGuideTexts) -> GuideTextList:
    """Drafts, what is published, and what was taken away: the newest first."""
    return call(LIST_GUIDE_TEXTS, query)


@routes.get(
    "/staff/guide-texts/<text_id>",
    _l("一段指南文字"),
    access=ADMINISTRATORS,
    reply=GuideText,
    problems=("guide_text_unknown",),
)
def get_guide_text(text_id: str) -> GuideText:
    """One, whatever became of it."""
    return call(GET_GUIDE_TEXT, GuideTextRef(text_id=text_id))


@routes.post(
    "/staff/guide-texts",
    _l("起草指南文字"),
    access=ADMINISTRATORS,
    body=WriteGuideText,
    reply=GuideText,
    status=201,
    problems=_PROBLEMS,
)
def write_guide_text(body: WriteGuideText) -> GuideText:
    """A draft, which nobody sees until another administrator publishes it."""
    return call(WRITE_GUIDE_TEXT, body)


@routes.post(
    "/staff/guide-texts/<text_id>/publication",
    _l("发布指南文字"),
    access=ADMINISTRATORS,
    reply=GuideText,
    problems=(*_PROBLEMS, "guide_text_second_person"),
)
def publish_guide_text(text_id: str) -> GuideText:
    """By another administrator than the one who wrote it; it is shown from its first day on."""
    return call(PUBLISH_GUIDE_TEXT, GuideTextRef(text_id=text_id))


@routes.post(
    "/staff/guide-texts/<text_id>/end",
    _l("作废或撤下指南文字"),
    access=ADMINISTRATORS,
    body=GuideTextEnd,
    reply=GuideText,
    problems=_PROBLEMS,
)
def end_guide_text(text_id: str, body: GuideTextEnd) -> GuideText:
    """A draft is discarded; what is published goes at once, and what was there before it is there again."""
    return call(END_GUIDE_TEXT, EndGuideText(text_id=text_id, reason=body.reason))
