"""Who is calling: a bearer token (API) or the session cookie (pages, and scripts on pages)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from chassis.actor import ANONYMOUS, Actor, authenticate
from chassis.errors import Problem
from contracts.base import Access
from flask import Flask, g, request, session

from gateway.web.access_log import QUIET
from gateway.web.resources import resources
from gateway.web.revocation import refuse_ended
from gateway.web.sessions import WebSession
from gateway.web.signing_in import current_token


@dataclass(frozen=True)
class Caller:
    """``token`` goes along with every RPC; services verify it themselves. ``session`` names the browser, if any."""

    actor: Actor
    token: str | None
    session: str | None

    @property
    def visitor(self) -> str:
        """What services call the browser, also after somebody signed in with it; empty of a program."""
        return f"visitor:{self.session}" if self.session else ""

    @property
    def signed_in(self) -> bool:
        return self.actor.kind != "anonymous"


def caller() -> Caller:
    """The caller of this request.

    Problem ``not_signed_in``, ``token_expired`` or ``session_expired`` (ended meanwhile) for a token that is no good.
    """
    if "caller" not in g:
        g.caller = _from_header() or _from_session()
    found: Caller = g.caller
    return found


def _refuse_bad_token() -> None:
    """Whoever sends a token wants to be known by it, also where no route asks who they are."""
    if has_bearer_token() and not request.path.startswith(QUIET):
        caller()


def install(app: Flask) -> None:
    """A bearer token that is no good is refused, also where none is needed."""
    app.before_request(_refuse_bad_token)


def explain_to_visitor() -> None:
    """For a page that says what was wrong: where that is the token itself, its header and menu are a visitor's."""
    try:
        caller()
    except Problem:
        g.caller = Caller(ANONYMOUS, None, None)


def has_bearer_token() -> bool:
    """Such requests carry their own proof of intent and need no CSRF token."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def require(access: Access) -> Caller:
    """The caller, if ``access`` lets them in. The service decides again; this only answers sooner."""
    found = caller()
    actor = found.actor
    if actor.kind == "anonymous":
        allowed = access.anonymous
    elif actor.kind == "staff":
        allowed = bool(access.roles & actor.roles) or access.anonymous
    else:
        allowed = access.accounts
    if not allowed:
        raise Problem("forbidden" if found.signed_in else "not_signed_in")
    return found


def _from_header() -> Caller | None:
    if not has_bearer_token():
        return None
    token = request.headers["Authorization"][7:].strip()
    return Caller(_authenticated(token), token, None)


def _from_session() -> Caller:
    browser = cast(WebSession, session)
    name = browser.public_id or None
    token = current_token(browser)
    if not token:
        return Caller(ANONYMOUS, None, name)
    try:
        return Caller(_authenticated(token), token, name)
    except Problem:
        return Caller(ANONYMOUS, None, name)


def _authenticated(token: str) -> Actor:
    actor = authenticate(resources().trust, token)
    refuse_ended(resources().runtime, actor)
    return actor
