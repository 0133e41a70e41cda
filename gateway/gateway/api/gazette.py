"""公告: what the register recorded, day by day. Nobody has to sign in; masked data only."""

from __future__ import annotations

from datetime import date

from chassis.errors import Problem
from contracts.base import ANONYMOUS
from contracts.forms import Kind
from contracts.gazette import (
    LIST_GAZETTE,
    OPEN_GAZETTE,
    READ_GAZETTE,
    Act,
    GazetteIssues,
    GazettePage,
    ListGazette,
    OpenGazette,
    ReadGazette,
)
from contracts.paging import Page
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.limits import per_minute, query_limiter

routes = ApiGroup("gazette", _l("公告"))


class IssueQuery(Page):
    kind: Kind | None = None
    category: str | None = Field(default=None, max_length=1)
    act: Act | None = None


def day_of(text: str) -> date:
    """The day of an issue as its address names it. Problem ``gazette_unknown`` for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("gazette_unknown") from None


@routes.get("/gazette", _l("公告目录"), access=ANONYMOUS, query=ListGazette, reply=GazetteIssues)
@query_limiter.limit(per_minute(120))
def list_gazette(query: ListGazette) -> GazetteIssues:
    """Issues, the newest first. An issue comes out the day after that which it announces."""
    return call(LIST_GAZETTE, query)


@routes.get(
    "/gazette/<day>",
    _l("一期公告"),
    access=ANONYMOUS,
    query=IssueQuery,
    reply=GazettePage,
    problems=("gazette_unknown",),
)
@query_limiter.limit(per_minute(120))
def read_gazette(day: str, query: IssueQuery) -> GazettePage:
    """The records of a day (``2026-11-27``), by number; each as it stood then."""
    return call(READ_GAZETTE, ReadGazette(day=day_of(day), **query.model_dump()))


@routes.get(
    "/gazette/<day>/volumes/<int:volume>",
    _l("下载一册公告"),
    access=ANONYMOUS,
    raw=True,
    content_type="application/pdf",
    problems=("gazette_unknown",),
)
@query_limiter.limit(per_minute(60))
def open_gazette(day: str, volume: int) -> Response:
    """The issue as PDF under the office's seal; a volume has up to 1,000 records."""
    return deliver(call(OPEN_GAZETTE, OpenGazette(day=day_of(day), volume=volume)))
