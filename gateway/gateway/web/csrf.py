"""Cross-site request forgery: every form and every script that acts by cookie proves that it came from our page."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from gateway.web.caller import caller, has_bearer_token
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources

csrf = CSRFProtect()
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOR_SIGNED_IN = set[str]()
"""Names of blueprints that lead whoever has not signed in to the sign-in page, and do nothing for them."""
WITHOUT_COOKIE = ("/api/v1/callbacks/", "/sandbox/")


def protect() -> None:
    """Checks requests that a browser could be tricked into: pages always, the API when it comes with our cookie."""
    if request.method in SAFE or has_bearer_token() or request.path.startswith(WITHOUT_COOKIE):
        return
    if request.blueprint in FOR_SIGNED_IN and not caller().signed_in:
        return  # a form of somebody whose sign-in has ended: they are led to sign in again, not told off
    by_cookie = resources().sessions.cookie_name in request.cookies
    if by_cookie or not request.path.startswith("/api/"):
        csrf.protect()


def explain(error: CSRFError) -> HttpProblem:
    return HttpProblem("csrf_failed")


def install(app: Flask) -> None:
    """Forms of pages carry a token of their session; calls with a bearer token need none."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    csrf.init_app(app)
    app.before_request(protect)
    app.jinja_env.globals["csrf_token"] = generate_csrf
