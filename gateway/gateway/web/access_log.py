"""One log line and one trace per request."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from chassis import telemetry

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

QUIET = ("/static/", "/healthz", "/readyz")
log = telemetry.logger("gateway.access")


class Trace:
    """Every request is a span of the caller's trace, or starts one; RPC calls pass it on."""

    def __init__(self, app: Flask) -> None:
        self._wsgi_app = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]  # Flask's documented way to add middleware

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with telemetry.trace(environ.get("HTTP_TRACEPARENT")):
            return self._wsgi_app(environ, start_response)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if not request.path.startswith(QUIET):
        log.info(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - g.began) * 1000, 1),
        )
    return response


def install(app: Flask) -> None:
    Trace(app)
    app.before_request(_begin)
    app.after_request(_end)
