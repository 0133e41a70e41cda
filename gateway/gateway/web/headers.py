"""Security headers and the request id of every answer."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
    )
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,80}")


def name_request() -> None:
    """The name by which logs and problems tell of this request: the caller's, so that both sides find it again.

    For finding only. Nothing is recognised by it, since anybody may call a request as they like.
    """
    asked = request.headers.get("X-Request-Id", "")
    g.request_id = asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(16)


DEFAULTS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """Those that every answer has, unless its view has set its own."""
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    for name, value in DEFAULTS.items():
        if name.lower() not in present:
            headers.add(name, value)
    if "x-request-id" not in present:
        headers.add("X-Request-Id", g.get("request_id", ""))
    if "cache-control" not in present and (response.status_code >= 400 or not request.path.startswith("/static/")):
        headers.add("Cache-Control", "no-store")
    return response


def stay_here(response: Response) -> Response:
    """A corrected address (a slash too many) leads to this site, by whatever name the request called it."""
    if response.status_code == 308:
        response.location = urlsplit(response.location or "/")._replace(scheme="", netloc="").geturl()
        response.set_data(b"")
    return response


def install(app: Flask, https: bool) -> None:
    """``https``: browsers are told to come by HTTPS only."""
    app.before_request(name_request)
    app.after_request(add_headers)
    app.after_request(stay_here)
    if https:

        def add_hsts(response: Response) -> Response:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
            return response

        app.after_request(add_hsts)
