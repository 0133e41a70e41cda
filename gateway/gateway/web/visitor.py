"""Where a visitor comes from, as identity tells familiar places from strange ones: network, browser and device.

The device is known by a cookie of its own that outlives the session (OWASP: device cookies). It signs nobody in: what
strangers guess elsewhere just does not slow down who has it.
"""

from __future__ import annotations

from typing import TypedDict, cast

from flask import Response, after_this_request, request, session

from gateway.web.limits import client_address
from gateway.web.resources import resources
from gateway.web.sessions import WebSession

DEVICE_LIFE_SECONDS = 180 * 24 * 3600
_LONGEST = 100


class Whence(TypedDict):
    client: str
    browser: str
    device: str


def whence() -> Whence:
    """For requests to identity that guess at a secret, or ask for one to be sent."""
    browser = cast(WebSession, session)
    return Whence(client=client_address(), browser=browser.public_id, device=_device())


def _device() -> str:
    token = request.cookies.get(_cookie_name(), "")
    return token if len(token) <= _LONGEST and token.isprintable() else ""


def keep_device(token: str | None) -> None:
    """Gives the browser the token of its device, with the answer to this request."""
    if token is None:
        return
    name, https = _cookie_name(), resources().settings.https

    @after_this_request
    def _give(response: Response) -> Response:
        response.set_cookie(
            name, token, max_age=DEVICE_LIFE_SECONDS, secure=https, httponly=True, samesite="Lax", path="/"
        )
        return response


def _cookie_name() -> str:
    return f"{resources().sessions.cookie_name}-device"
