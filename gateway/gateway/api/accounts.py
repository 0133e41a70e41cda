"""账号: SMS codes, sign-up, and what is known of one's own account."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Client, Empty
from contracts.identity import (
    CHANGE_PASSWORD,
    GET_ACCOUNT,
    REGISTER_ACCOUNT,
    REQUEST_OTP,
    AccountRef,
    AccountView,
    ChangePassword,
    IdType,
    OtpPurpose,
    OtpSent,
    RegisterAccount,
    RequestOtp,
)
from contracts.identity.mobiles import CHANGE_MOBILE, SEND_MOBILE_CODES, ChangeMobile, SendMobileCodes
from contracts.text import Compact, Email, Login, Mobile, Name, OneTimeCode, Password
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter, per_minute
from gateway.web.visitor import whence

routes = ApiGroup("accounts", _l("账号"))


class NewOtp(BaseModel):
    """``mobile`` may be left out for purposes *sign*, *password*, *close*: the code goes to the account's own mobile.
    ``email``, in its place: for purpose *recover* only. ``sha256``: for purpose *sign*, of the declaration that the
    code is to sign; such a code signs nothing else."""

    model_config = ConfigDict(extra="forbid")

    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    mobile: Annotated[str, Mobile(30)] | None = None
    email: Annotated[str, Email(200)] | None = None
    purpose: OtpPurpose


class NewPassword(BaseModel):
    """``current`` is the password in force; ``otp``, in its place, a code sent for purpose *password*."""

    model_config = ConfigDict(extra="forbid")

    current: Annotated[str, Password(256)] = ""
    otp: Annotated[str, OneTimeCode(20)] = ""
    new: Annotated[str, Password(256)]


class NewMobile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mobile: Annotated[str, Mobile(30)]


class MobileChange(NewMobile):
    """``otp`` went to the number in use, ``new_otp`` to the new one."""

    otp: Annotated[str, OneTimeCode(20)]
    new_otp: Annotated[str, OneTimeCode(20)]


class NewAccount(BaseModel):
    """A person, or an organisation with its operator's name and ID. ``seal_upload_id``: the electronic seal.
    ``agreed_…``: the versions of both texts that the person has read and agreed to."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["natural_person", "organisation"]
    mobile: Annotated[str, Mobile(30)]
    otp: Annotated[str, OneTimeCode(20)]
    password: Annotated[str, Password(256)]
    name: Annotated[str, Name(100)]
    id_type: IdType = "resident_id"
    id_number: Annotated[str, Compact(40)]
    organisation_name: Annotated[str, Name(200)] | None = None
    uscc: Annotated[str, Compact(40)] | None = None
    seal_upload_id: str | None = Field(default=None, max_length=64)
    account_name: Annotated[str, Login(100)] | None = None
    email: Annotated[str, Email(200)] | None = None
    agreed_privacy: Client | None = Field(
        default=None,
        description="the version of the privacy notice that the person agreed to (`GET /notices`); without it they are"
        " asked at their next sign-in on the pages",
    )
    agreed_terms: Client | None = Field(default=None, description="likewise of the terms of use")


@routes.post(
    "/otp",
    _l("获取短信验证码"),
    access=ANONYMOUS,
    body=NewOtp,
    reply=OtpSent,
    status=202,
    problems=("mobile_invalid", "email_invalid", "recovery_contact_missing", "otp_resend_too_soon", "otp_too_many"),
)
@limiter.limit(per_minute(60))
def request_otp(body: NewOtp) -> OtpSent:
    """The answer does not tell whether the number has an account."""
    return call(
        REQUEST_OTP,
        RequestOtp(
            purpose=body.purpose,
            sha256=body.sha256,
            mobile=body.mobile,
            email=body.email,
            **whence(),
            language=language(),
        ),
    )


@routes.post(
    "/accounts",
    _l("注册账号"),
    access=ANONYMOUS,
    body=NewAccount,
    reply=AccountRef,
    status=201,
    problems=(
        "otp_wrong",
        "otp_expired",
        "agreement_required",
        "mobile_taken",
        "id_number_invalid",
        "uscc_invalid",
        "seal_required",
        "password_weak",
    ),
)
@limiter.limit(per_minute(60))
def register_account(body: NewAccount) -> AccountRef:
    """The code that was sent to the mobile confirms it. Accounts of organisations bring an upload of their seal."""
    seal = receipt_for(body.seal_upload_id, sealed=True) if body.seal_upload_id else None
    request = RegisterAccount(
        **body.model_dump(exclude={"seal_upload_id"}),
        seal_receipt=seal.token if seal else None,
        sign_up=seal.owner if seal else "",
        language=language(),
        client=client_address(),
        browser=whence()["browser"],
    )
    return call(REGISTER_ACCOUNT, request)


@routes.get("/me", _l("我的账号"), access=SIGNED_IN, reply=AccountView)
def get_account() -> AccountView:
    """Numbers are masked; ``verification`` says whether anything can be filed yet."""
    return call(GET_ACCOUNT, Empty())


@routes.post(
    "/me/mobile/codes",
    _l("获取更换手机号的两个验证码"),
    access=ACCOUNT,
    body=NewMobile,
    reply=OtpSent,
    status=202,
    problems=("mobile_invalid", "mobile_unchanged", "otp_resend_too_soon", "otp_too_many"),
)
@limiter.limit(per_minute(20))
def send_mobile_codes(body: NewMobile) -> OtpSent:
    """One goes to the number in use, one to the new number."""
    return call(SEND_MOBILE_CODES, SendMobileCodes(mobile=body.mobile))


@routes.post(
    "/me/mobile",
    _l("更换手机号"),
    access=ACCOUNT,
    body=MobileChange,
    reply=AccountView,
    problems=("otp_wrong", "otp_expired", "mobile_taken", "mobile_unchanged"),
)
@limiter.limit(per_minute(20))
def change_mobile(body: MobileChange) -> AccountView:
    """From now on the new number signs in and signs; the old one is told."""
    return call(CHANGE_MOBILE, ChangeMobile(**body.model_dump()))


@routes.post(
    "/me/password",
    _l("更换密码"),
    access=SIGNED_IN,
    body=NewPassword,
    status=204,
    problems=("password_wrong", "password_weak", "sign_in_slowed", "otp_wrong", "otp_expired"),
)
@limiter.limit(per_minute(20))
def change_password(body: NewPassword) -> Reply:
    """Every other session of the account ends."""
    place = whence()
    call(CHANGE_PASSWORD, ChangePassword(**body.model_dump(), client=place["client"], device=place["device"]))
    return Reply(None)
