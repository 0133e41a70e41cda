"""Pages of people who are signed in: others are led to the sign-in page, and back afterwards."""

from __future__ import annotations

from urllib.parse import urlencode

from chassis.errors import Problem
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.caller import caller


def applicants_only(pages: Blueprint) -> Blueprint:
    """Lets only applicants open the pages of a blueprint."""
    pages.before_request(require_applicant)
    return pages


def require_applicant() -> AnyResponse | None:
    """Where to send who has not signed in; Problem ``forbidden`` for staff."""
    found = caller()
    if not found.signed_in:
        return to_sign_in()
    if found.actor.is_staff:
        raise Problem("forbidden")
    return None


def to_sign_in() -> AnyResponse:
    """The sign-in page, which comes back here. A part of a page cannot show it, so the whole page goes there."""
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    target = f"{url_for('sign_in.sign_in')}?{urlencode({'next': here})}"
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


def local_path(target: str | None, otherwise: str) -> str:
    """``target`` if it is a path of this site, so that nobody is led elsewhere after signing in.

    Browsers take a backslash for a slash and skip tabs and line breaks: an address with any of them is none of ours.
    """
    if target and target.startswith("/") and target.isprintable() and "\\" not in target and target[1:2] != "/":
        return target
    return otherwise
