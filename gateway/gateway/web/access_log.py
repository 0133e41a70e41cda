"""One log line and one trace per request."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from chassis import telemetry

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

QUIET = ("/static/", "/healthz", "/readyz")
log = telemetry.logger("gateway.access")
_IDENTIFIER = re.compile(r"[a-z]{2,4}-[0-9a-z]{26}")
_WORD = re.compile(r"|v1|[a-z_-]{1,40}")
_MALFORMED = re.compile(r"(Invalid request from ip=\S+ [A-Za-z ]*).*", re.DOTALL)


class Trace:
    """Every request is a span of the caller's trace, or starts one; RPC calls pass it on."""

    def __init__(self, app: Flask) -> None:
        self._wsgi_app = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]  # Flask's documented way to add middleware

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with telemetry.trace(environ.get("HTTP_TRACEPARENT")):
            return self._wsgi_app(environ, start_response)


def told_path() -> str:
    """The address asked for, without what was typed into it: a number to be looked up may be that on an ID card.

    The route with the identifiers that the system gave; where there is no such route, the words.
    """
    if request.url_rule is None:
        return "/".join(part if _WORD.fullmatch(part) else "…" for part in request.path.split("/"))
    told = request.url_rule.rule
    for name, value in (request.view_args or {}).items():
        shown = str(value) if _IDENTIFIER.fullmatch(str(value)) else "…"
        told = re.sub(rf"<(?:[^<>]*:)?{name}>", shown, told)
    return told


def leave_words_out(record: logging.LogRecord) -> bool:
    """gunicorn repeats the line that it could not read, which may be a body, and addresses with their questions."""
    if _MALFORMED.match(str(record.msg)):
        record.msg, record.args = _MALFORMED.sub(r"\1", str(record.msg)), ()
    elif str(record.msg).startswith("Error handling request"):
        record.msg, record.args = "Error handling request", ()
    return True


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if not request.path.startswith(QUIET):
        log.info(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            path=told_path(),
            status=response.status_code,
            ms=round((time.perf_counter() - g.began) * 1000, 1),
        )
    return response


def install(app: Flask) -> None:
    """One line for each request, and none of what people typed."""
    Trace(app)
    logging.getLogger("gunicorn.error").addFilter(leave_words_out)
    app.before_request(_begin)
    app.after_request(_end)
