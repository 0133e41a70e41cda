"""Signing in, and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.base import ANONYMOUS, SIGNED_IN, Client, Empty, Identifier, Model, RpcMethod, Token
from contracts.identity.accounts import AccountView
from contracts.paging import Page
from contracts.text import Login, Mobile, OneTimeCode, Password

_S = "identity"


class SignIn(
    Model,
    secret=("password", "otp", "totp", "device"),
    personal=("login", "mobile"),
    added=("client", "user_agent", "browser"),
):
    """Either login (account name, mobile or e-mail) and password, or mobile and otp; staff add totp.

    ``device``: the token that an earlier sign-in gave this device, which strangers' failures then do not slow down;
    empty to be given one. ``browser`` is that which asked for the code, if it was one.
    """

    login: Annotated[str, Login(200)] | None = None
    password: Annotated[str, Password(256)] | None = None
    mobile: Annotated[str, Mobile(30)] | None = None
    otp: Annotated[str, OneTimeCode(20)] | None = None
    totp: Annotated[str, OneTimeCode(20)] | None = None
    client: Client = ""
    device: Client | None = None
    browser: Client = ""
    user_agent: str = Field(default="", max_length=400)


class SessionTokens(Model, secret=("access_token", "refresh_token", "device_token")):
    access_token: str
    refresh_token: str
    expires_in: int = Field(description="seconds the access token lives")
    account: AccountView
    device_token: str | None = Field(
        default=None, description="of a sign-in: to be kept, and sent along when this device signs in again"
    )


class RefreshSession(Model, secret=("refresh_token",)):
    """``by_itself``: a page asked and not a person, so the session is idle as before and ends when it would have."""

    refresh_token: Token
    by_itself: bool = False


class EndSession(Model):
    """Ends the caller's own session, another one of theirs, or all of them."""

    session_id: Identifier | None = None
    everywhere: bool = False


class SessionView(Model, personal=("client", "user_agent")):
    session_id: str
    created_at: datetime
    last_used_at: datetime
    client: str
    user_agent: str
    current: bool


class SessionList(Model):
    items: list[SessionView]
    next_cursor: str | None = None


SIGN_IN = RpcMethod(_S, "sign_in", SignIn, SessionTokens, ANONYMOUS, "command", keep_reply=False)


REFRESH_SESSION = RpcMethod(
    _S, "refresh_session", RefreshSession, SessionTokens, ANONYMOUS, "command", keep_reply=False
)


END_SESSION = RpcMethod(_S, "end_session", EndSession, Empty, SIGNED_IN, "command")


LIST_SESSIONS = RpcMethod(_S, "list_sessions", Page, SessionList, SIGNED_IN)
