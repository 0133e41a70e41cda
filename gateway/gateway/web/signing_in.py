"""A browser's signed-in state: begun at sign-in, kept alive by identity's refresh token, ended at sign-out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from chassis.errors import Problem
from contracts.identity import REFRESH_SESSION, AccountView, RefreshSession, SessionTokens
from flask import Response, after_this_request, session

from gateway.web import typed
from gateway.web.resources import resources
from gateway.web.sessions import WebSession
from gateway.web.visitor import keep_device

RENEW_BEFORE = 60
"""Seconds of life below which an access token is exchanged for the next one."""
ASKED = "asked_to_agree"
"""In a browser's session from sign-in until its account has agreed to what is new."""
UNATTENDED = "renewed_unattended"
"""In a browser's session whose access token a page renewed by itself: identity knows of nobody who came since."""
_KEYS = ("access_token", "refresh_token", "access_until", "account_id", "account", UNATTENDED)


def begin(tokens: SessionTokens) -> None:
    """From now on this browser acts as the account. The cookie changes, against session fixation."""
    browser = cast(WebSession, session)
    browser.renew()
    typed.forget()
    browser.update(_kept(tokens))
    if tokens.account.to_agree:
        browser[ASKED] = True
    keep_device(tokens.device_token)


def end() -> None:
    """This browser is a visitor again, and keeps no page and no unsent text of whoever was signed in."""
    browser = cast(WebSession, session)
    browser.clear()
    browser.renew()
    after_this_request(_forget_what_was_kept)


def _forget_what_was_kept(response: Response) -> Response:
    """Not "cookies": this answer sets the new one."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def current_token(browser: WebSession) -> str | None:
    """The access token of a signed-in browser, renewed when it is about to expire; None for a visitor.

    Requests of one browser that come together renew it once; after a page that asked by itself did, the next request of
    the person does too, so that their idle time begins anew. Problem ``service_unavailable`` while identity is away
    and the old token no longer counts: nobody is signed out by that.
    """
    token: str | None = browser.get("access_token")
    if token is None or not _to_renew(browser, by_itself=browser.by_itself):
        return token
    content = resources().sessions.change_alone(browser, partial(_renewed, by_itself=browser.by_itself))
    for key in _KEYS:
        if key in content:
            browser[key] = content[key]
        else:
            browser.pop(key, None)
    return browser.get("access_token")


def _to_renew(content: Mapping[str, Any], *, by_itself: bool) -> bool:
    expires_soon = time.time() >= float(content.get("access_until", 0)) - RENEW_BEFORE
    return expires_soon or (bool(content.get(UNATTENDED)) and not by_itself)


def _renewed(content: dict[str, Any], *, by_itself: bool) -> dict[str, Any]:
    if "refresh_token" not in content or not _to_renew(content, by_itself=by_itself):
        return content
    try:
        request = RefreshSession(refresh_token=content["refresh_token"], by_itself=by_itself)
        return content | _kept(resources().rpc.call(REFRESH_SESSION, request)) | {UNATTENDED: by_itself}
    except Problem as problem:
        if problem.status < 500:
            return {key: value for key, value in content.items() if key not in _KEYS}
        if time.time() < float(content.get("access_until", 0)):
            return content
        raise


def _kept(tokens: SessionTokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "access_until": time.time() + tokens.expires_in,
        "account_id": tokens.account.account_id,
        "account": shown(tokens.account),
        UNATTENDED: False,
    }


def shown(account: AccountView) -> dict[str, str]:
    """What the header shows of an account."""
    return {"name": account.organisation_name or account.name or account.account_name or "", "kind": account.kind}
