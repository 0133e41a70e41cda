"""公告 and 登记簿: what was registered, for everybody: issues by day as page, PDF and Atom feed; and a search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.errors import Problem
from contracts.archive import SEARCH_REGISTER, SearchRegister
from contracts.gazette import (
    LIST_GAZETTE,
    OPEN_GAZETTE,
    READ_GAZETTE,
    GazettePage,
    ListGazette,
    OpenGazette,
    ReadGazette,
)
from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from gateway.api.gazette import day_of
from gateway.web.api import invalid_request
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm
from gateway.web.limits import query_limiter
from gateway.web.resources import resources

pages = Blueprint("gazette", __name__)
PER_MINUTE = "60 per minute"
LISTED, SHOWN, FED = 30, 100, 200
"""Issues on a page of the list, records on a page of an issue, and records in a part of its feed."""
FOUND = 20
FILTERS = ("kind", "category", "act")
SEARCHED = ("q", "kind", "category", "registered_from", "registered_to")


@pages.get("/gazette")
@query_limiter.limit(PER_MINUTE)
def issues() -> str | AnyResponse:
    """The issues, the newest first; a day that was asked for is gone to."""
    if day := request.args.get("day", "").strip():
        return redirect(url_for("gazette.issue", day=day_of(day).isoformat()), 302)
    cursor = request.args.get("after")
    found = call(LIST_GAZETTE, ListGazette(cursor=cursor, limit=LISTED))
    return render_template("query/gazette.html", found=found, first=cursor is None)


@pages.get("/gazette/<day>")
@query_limiter.limit(PER_MINUTE)
def issue(day: str) -> str:
    """The records of one issue, page by page; on request of one kind, category or act."""
    chosen = {name: request.args.get(name) or None for name in FILTERS}
    cursor = request.args.get("after")
    found = _read(day, cursor=cursor, limit=SHOWN, **chosen)
    return render_template("query/issue.html", found=found, chosen=chosen, first=cursor is None)


@pages.get("/gazette/<day>/<int:volume>.pdf")
@query_limiter.limit(PER_MINUTE)
def volume(day: str, volume: int) -> Response:
    """One volume as PDF under the office's seal."""
    return deliver(call(OPEN_GAZETTE, OpenGazette(day=day_of(day), volume=volume)))


@pages.get("/gazette.atom")
@query_limiter.limit(PER_MINUTE)
def feed() -> AnyResponse:
    """The newest issues, an entry each (RFC 4287)."""
    found = call(LIST_GAZETTE, ListGazette(limit=LISTED))
    updated = found.items[0].published_at if found.items else datetime(2020, 8, 31, tzinfo=UTC)
    return _atom(render_template("query/gazette.atom.xml", found=found, updated=updated, site=_site()), updated)


@pages.get("/gazette/<day>.atom")
@query_limiter.limit(PER_MINUTE)
def issue_feed(day: str) -> AnyResponse:
    """The records of one issue, an entry each, in parts that name the next one (RFC 5005)."""
    found = _read(day, cursor=request.args.get("after"), limit=FED)
    shown = render_template("query/issue.atom.xml", found=found, site=_site(), after=request.args.get("after"))
    return _atom(shown, found.issue.published_at)


@pages.get("/register")
@query_limiter.limit(PER_MINUTE)
def register() -> str | tuple[str, int]:
    """登记簿: by part of a title, organisation or pen name, by number, kind, category or day."""
    form = PageForm(request.args)
    asked = {name: value for name in SEARCHED if (value := request.args.get(name, "").strip())}
    if not asked:
        return render_template("query/register.html", form=form, found=None, asked=asked, first=True)
    cursor = request.args.get("after")
    try:
        try:
            found = call(SEARCH_REGISTER, SearchRegister.model_validate({**asked, "cursor": cursor, "limit": FOUND}))
        except ValidationError as error:
            raise invalid_request(error) from None
    except Problem as problem:
        if problem.code != "request_invalid":
            raise
        page = render_template(
            "query/register.html", form=form.refused(problem, field="q"), found=None, asked=asked, first=True
        )
        return page, problem.status
    return render_template("query/register.html", form=form, found=found, asked=asked, first=cursor is None)


def _read(day: str, **asked: Any) -> GazettePage:
    """Problems ``gazette_unknown``; ``request_invalid`` for a filter that is none."""
    try:
        wanted = ReadGazette(day=day_of(day), **asked)
    except ValidationError as error:
        raise invalid_request(error) from None
    return call(READ_GAZETTE, wanted)


def _site() -> str:
    return resources().settings.common.public_url


def _atom(text: str, updated: datetime) -> AnyResponse:
    response = Response(text, content_type="application/atom+xml; charset=utf-8")
    response.last_modified = updated
    response.add_etag()
    response.cache_control.max_age = int(timedelta(minutes=5).total_seconds())
    response.cache_control.public = True
    return response.make_conditional(request)
