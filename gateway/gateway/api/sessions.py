"""登录: access and refresh tokens, and every place where one is signed in."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ANONYMOUS, SIGNED_IN, Client
from contracts.identity import (
    END_SESSION,
    LIST_SESSIONS,
    REFRESH_SESSION,
    SIGN_IN,
    EndSession,
    RefreshSession,
    SessionList,
    SessionTokens,
    SignIn,
)
from contracts.paging import Page
from contracts.text import Login, Mobile, OneTimeCode, Password
from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup, Reply
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.limits import limiter, per_minute
from gateway.web.resources import resources
from gateway.web.visitor import whence

routes = ApiGroup("sessions", _l("登录"))


class NewSession(BaseModel):
    """Either ``login`` (account name, mobile or e-mail) and ``password``, or ``mobile`` and ``otp``; staff add
    ``totp``. ``device_token``: from an earlier sign-in of this device, so that wrong passwords of others never make it
    wait; empty to be given one."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, Login(200)] | None = None
    password: Annotated[str, Password(256)] | None = None
    mobile: Annotated[str, Mobile(30)] | None = None
    otp: Annotated[str, OneTimeCode(20)] | None = None
    totp: Annotated[str, OneTimeCode(20)] | None = None
    device_token: Client | None = None


@routes.post(
    "/sessions",
    _l("登录"),
    access=ANONYMOUS,
    body=NewSession,
    reply=SessionTokens,
    status=201,
    problems=(
        "sign_in_failed",
        "sign_in_slowed",
        "otp_wrong",
        "otp_expired",
        "totp_required",
        "totp_wrong",
        "totp_used",
    ),
)
@limiter.limit(per_minute(60))
def create_session(body: NewSession) -> SessionTokens:
    """The access token lives ``expires_in`` seconds; the refresh token gets the next one."""
    user_agent = (request.user_agent.string or "")[:400]
    place = whence()
    asked = SignIn(
        **body.model_dump(exclude={"device_token"}),
        client=place["client"],
        browser=place["browser"],
        device=body.device_token if body.device_token is not None else place["device"] or None,
        user_agent=user_agent,
    )
    return call(SIGN_IN, asked)


@routes.post(
    "/sessions/refresh",
    _l("换取新的访问令牌"),
    access=ANONYMOUS,
    body=RefreshSession,
    reply=SessionTokens,
    status=201,
    problems=("session_expired",),
)
@limiter.limit(per_minute(120))
def refresh_session(body: RefreshSession) -> SessionTokens:
    """New tokens for a refresh token, which is used up by it; one that comes twice ends the session."""
    return call(REFRESH_SESSION, body)


@routes.get("/sessions", _l("已登录的设备"), access=SIGNED_IN, query=Page, reply=SessionList)
def list_sessions(query: Page) -> SessionList:
    """Where the account is signed in, with device and network, the one in use marked."""
    return call(LIST_SESSIONS, query)


@routes.delete("/sessions/current", _l("退出登录"), access=SIGNED_IN, status=204)
def end_current_session() -> Reply:
    """Signs out here; its tokens are refused from now on."""
    call(END_SESSION, EndSession())
    return Reply(None)


@routes.delete("/sessions/<session_id>", _l("退出另一台设备"), access=SIGNED_IN, status=204)
def end_session(session_id: str) -> Reply:
    """Signs out elsewhere, as after a lost phone."""
    call(END_SESSION, EndSession(session_id=session_id))
    return Reply(None)


@routes.delete("/sessions", _l("在所有设备上退出登录"), access=SIGNED_IN, status=204)
def end_all_sessions() -> Reply:
    """Signs out everywhere, browsers' sessions included."""
    account = caller().actor.signed_in_as
    call(END_SESSION, EndSession(everywhere=True))
    resources().sessions.end_sessions_of(account)
    return Reply(None)
