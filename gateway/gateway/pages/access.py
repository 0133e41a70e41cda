"""Pages of people who are signed in: others are led to the sign-in page, and back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from chassis.errors import Problem
from flask import Blueprint, Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.caller import caller
from gateway.web.csrf import FOR_SIGNED_IN
from gateway.web.sessions import asks_by_itself
from gateway.web.signing_in import ASKED


def applicants_only(pages: Blueprint) -> Blueprint:
    """Lets only applicants open the pages of a blueprint."""
    return for_signed_in(pages, require_applicant)


def for_signed_in(pages: Blueprint, guard: Callable[[], AnyResponse | None]) -> Blueprint:
    """``guard`` looks at everybody who asks for a page of the blueprint, and leads visitors to the sign-in page."""
    FOR_SIGNED_IN.add(pages.name)
    pages.before_request(guard)
    return pages


def require_applicant() -> AnyResponse | None:
    """Where to send who has not signed in, or has yet to say whether they agree; Problem ``forbidden`` for staff."""
    elsewhere = require_signed_in_applicant()
    if elsewhere is None and session.get(ASKED):
        here = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
        return redirect(f"{url_for('agreements.agreements')}?{urlencode({'next': here})}", 303)
    return elsewhere


def require_signed_in_applicant() -> AnyResponse | None:
    """Where to send who has not signed in; Problem ``forbidden`` for staff."""
    found = caller()
    if not found.signed_in:
        return to_sign_in()
    if found.actor.is_staff:
        raise Problem("forbidden")
    return None


def to_sign_in() -> AnyResponse:
    """The sign-in page, which comes back here, or to the page that a form was on: what was typed there is kept by the
    browser. A part of a page cannot show it, so the whole page goes there."""
    here = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    if request.method != "GET":
        flash(
            _("登录已经失效，刚才的内容没有提交。请重新登录，然后会回到那一页；申请表和审查决定里写的内容还在。"),
            "warning",
        )
    ended = ("warning", _("登录已经失效，这一页不再更新。请重新登录，然后会回到这一页。"))
    if asks_by_itself(request) and ended not in session.get("_flashes", []):  # several parts of a page ask
        flash(ended[1], ended[0])
    target = f"{url_for('sign_in.sign_in')}?{urlencode({'next': here})}"
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


def _page_of_form() -> str:
    """The page of this site that a form came from; else where it was sent to."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return request.path
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def local_path(target: str | None, otherwise: str) -> str:
    """``target`` if it is a path of this site, so that nobody is led elsewhere after signing in.

    Browsers take a backslash for a slash and skip tabs and line breaks: an address with any of them is none of ours.
    """
    if target and target.startswith("/") and target.isprintable() and "\\" not in target and target[1:2] != "/":
        return target
    return otherwise
