"""Who may open the old pages, and what is told to a browser that could not sign in on them."""

from __future__ import annotations

from chassis.errors import Problem
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.old.browsers import TLS_HEADER, tls_too_old
from gateway.web.caller import caller
from gateway.web.resources import resources

Answer = str | Response | tuple[str, int]
PROBE = "old_entry_probe"
PROBED = "probe"


def plain(pages: Blueprint) -> Blueprint:
    """Explains a connection that may carry no password, before anything else is done on the pages of a blueprint."""
    pages.before_request(_refuse_old_tls)
    return pages


def _refuse_old_tls() -> tuple[str, int] | None:
    behind_proxy = resources().settings.trusted_proxies > 0
    if behind_proxy and tls_too_old(request.headers.get(TLS_HEADER, "")):
        return render_template("old/tls.html"), 403
    return None


def applicants_only(pages: Blueprint) -> Blueprint:
    """Leads visitors to the old sign-in. Problem ``forbidden`` for staff, who have a workbench."""
    plain(pages).before_request(_require_applicant)
    return pages


def _require_applicant() -> Response | None:
    found = caller()
    if not found.signed_in:
        return redirect(url_for("legacy.sign_in"), 303)
    if found.actor.is_staff:
        raise Problem("forbidden")
    return None


def probe_cookies() -> Answer | None:
    """Whether this browser keeps cookies: a first visit sets one and comes again at once; if it has not come along, a
    page says what to do, instead of a sign-in that fails without a word. None: it does."""
    name = _probe_name()
    if name in request.cookies or resources().sessions.cookie_name in request.cookies:
        return None
    if request.args.get(PROBED):
        return render_template("old/cookies.html")
    again = make_response(redirect(f"{url_for('legacy.sign_in')}?{PROBED}=1", 303))
    https = resources().settings.https
    again.set_cookie(name, "1", secure=https, httponly=True, samesite="Lax", path="/")
    return again


def _probe_name() -> str:
    """As the session's: browsers that do not know ``__Host-`` or ``SameSite`` take the first for a part of the name,
    and leave out the second."""
    return f"__Host-{PROBE}" if resources().settings.https else PROBE
