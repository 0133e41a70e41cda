"""One-time codes by SMS."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ANONYMOUS, Client, Model, RpcMethod
from contracts.text import Email, Mobile

_S = "identity"


OtpPurpose = Literal["sign_up", "sign_in", "sign", "recover", "password", "close"]


class RequestOtp(
    Model, secret=("device",), personal=("mobile", "email"), added=("client", "device", "browser", "language")
):
    """``mobile`` may be left out for purposes *sign*, *password* (a new one in place of one that is forgotten) and
    *close* (the account): the code goes to the signed-in account's own mobile. ``email``, in place of a mobile: for
    purpose *recover* only."""

    purpose: OtpPurpose
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="for purpose *sign*: of the document that the code is to sign, and no other; without, any",
    )
    mobile: Annotated[str, Mobile(30)] | None = None
    email: Annotated[str, Email(200)] | None = None
    client: Client = Field(default="", description="network address, for rate limits")
    device: Client = Field(default="", description="device token of an earlier sign-in")
    browser: Client = Field(default="", description="names the browser that asks, if it is one")
    language: Literal["zh", "en"] = Field(default="zh", description="of a message to a number without account")


class OtpSent(Model):
    expires_in: int = Field(description="seconds")
    resend_after: int = Field(description="seconds")


REQUEST_OTP = RpcMethod(_S, "request_otp", RequestOtp, OtpSent, ANONYMOUS, "command", keep_reply=False)
