"""Contracts of identity: accounts, sessions, real-name verification, signatures, messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import (
    ACCOUNT,
    ANONYMOUS,
    SIGNED_IN,
    Client,
    Empty,
    EventType,
    Identifier,
    Model,
    RpcMethod,
    Token,
    service,
    staff,
)
from contracts.objects import SealedObject
from contracts.paging import Page
from contracts.text import Compact, Email, Login, Mobile, Name, OneTimeCode, Paragraphs, Password

AccountKind = Literal["natural_person", "organisation", "staff"]
VerificationState = Literal["none", "pending", "approved", "refused"]
OtpPurpose = Literal["sign_up", "sign_in", "sign", "recover"]
Language = Literal["zh", "en"]
IdType = Literal[
    "resident_id",
    "residence_permit",
    "hk_macao_permit",
    "taiwan_permit",
    "passport",
    "permanent_resident_card",
]


class RequestOtp(Model):
    """``mobile`` may be left out for purpose *sign*: the code goes to the signed-in account's own mobile."""

    purpose: OtpPurpose
    mobile: Annotated[str, Mobile(30)] | None = None
    client: Client = Field(default="", description="network address, for rate limits")
    device: str = Field(default="", max_length=100, description="device token of an earlier sign-in")
    browser: str = Field(default="", max_length=64, description="names the browser that asks, if it is one")


class OtpSent(Model):
    expires_in: int = Field(description="seconds")
    resend_after: int = Field(description="seconds")


class RegisterAccount(Model):
    """Receipts are tokens signed by the gateway. ``sign_up`` is the anonymous session in which seals were uploaded.

    ``name`` and the ID are those of the person, or of the organisation's operator. ``account_name`` is a name of one's
    own choice to sign in with. An e-mail address counts once it is confirmed (``confirm_email``).
    """

    kind: Literal["natural_person", "organisation"]
    mobile: Annotated[str, Mobile(30)]
    otp: Annotated[str, OneTimeCode(20)]
    password: Annotated[str, Password(256)]
    name: Annotated[str, Name(100)]
    id_type: IdType
    id_number: Annotated[str, Compact(40)]
    organisation_name: Annotated[str, Name(200)] | None = None
    uscc: Annotated[str, Compact(40)] | None = None
    seal_receipt: Token | None = None
    sign_up: Client = ""
    account_name: Annotated[str, Login(100)] | None = None
    email: Annotated[str, Email(200)] | None = None
    language: Language = "zh"
    client: Client = ""
    browser: str = Field(default="", max_length=64)


class AccountRef(Model):
    account_id: str


class SignIn(Model):
    """Either login (account name, mobile or e-mail) and password, or mobile and otp; staff add totp.

    ``device``: the token that an earlier sign-in gave this device, which strangers' failures then do not slow down.
    ``browser`` is that which asked for the code, if it was one.
    """

    login: Annotated[str, Login(200)] | None = None
    password: Annotated[str, Password(256)] | None = None
    mobile: Annotated[str, Mobile(30)] | None = None
    otp: Annotated[str, OneTimeCode(20)] | None = None
    totp: Annotated[str, OneTimeCode(20)] | None = None
    client: Client = ""
    device: str = Field(default="", max_length=100)
    browser: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", max_length=400)


class AccountView(Model):
    """An account as its owner (or staff) sees it; numbers are masked."""

    account_id: str
    kind: AccountKind
    name: str
    organisation_name: str | None = None
    mobile: str = Field(description="masked")
    account_name: str | None = None
    email: str | None = None
    email_confirmed: bool = False
    language: Language = "zh"
    id_type: str | None = None
    id_number: str | None = Field(default=None, description="masked")
    uscc: str | None = None
    roles: list[str] = []
    verification: VerificationState = "none"
    created_at: datetime


class ChangeEmail(Model):
    """The new address; a code is sent there, and the address counts once the code came back."""

    email: Annotated[str, Email(200)]


class ConfirmEmail(Model):
    otp: Annotated[str, OneTimeCode(20)]


class SessionTokens(Model):
    access_token: str
    refresh_token: str
    expires_in: int = Field(description="seconds the access token lives")
    account: AccountView
    device_token: str | None = Field(
        default=None, description="of a sign-in: to be kept, and sent along when this device signs in again"
    )


class RefreshSession(Model):
    refresh_token: Token


class EndSession(Model):
    """Ends the caller's own session, another one of theirs, or all of them."""

    session_id: Identifier | None = None
    everywhere: bool = False


class SessionView(Model):
    session_id: str
    created_at: datetime
    last_used_at: datetime
    client: str
    user_agent: str
    current: bool


class SessionList(Model):
    items: list[SessionView]


class SubmitVerification(Model):
    """Upload receipts by role: person id_front, id_back, handheld; organisation business_licence, …"""

    documents: dict[
        Literal[
            "id_front",
            "id_back",
            "handheld",
            "business_licence",
            "authorisation_letter",
            "legal_representative_id",
        ],
        Token,
    ]


class ImageFinding(Model):
    """What the automatic check saw in one image. ``message`` and ``remedy`` are in the asked language (zh, en)."""

    document: str
    code: str
    severity: Literal["info", "warning", "error"]
    params: dict[str, str | int | float] = {}


class IdentityHolder(Model):
    """The account for which the same ID number or credit code has been verified."""

    account_id: str
    name: str
    verified_at: datetime | None = None


class VerificationView(Model):
    verification_id: str
    account_id: str
    kind: AccountKind
    name: str
    organisation_name: str | None = None
    id_type: str | None = None
    id_number: str | None = Field(default=None, description="masked for the applicant, full for reviewers")
    uscc: str | None = None
    state: Literal["pending", "approved", "refused", "replaced"]
    documents: list[str] = Field(description="roles of the images that are still kept")
    check: Literal["running", "done"]
    findings: list[ImageFinding] = []
    reasons: list[str] = []
    submitted_at: datetime
    due_on: date
    overdue: bool = False
    decided_at: datetime | None = None
    holder: IdentityHolder | None = Field(
        default=None, description="for reviewers: who else holds this identity; it cannot be approved here then"
    )


class VerificationRef(Model):
    verification_id: Identifier


class ListVerifications(Page):
    """Mine, or with ``queue`` the office's."""

    state: Literal["pending", "approved", "refused"] | None = None


class VerificationList(Model):
    items: list[VerificationView]
    next_cursor: str | None = None


class OpenVerificationImage(Model):
    verification_id: Identifier
    document: Identifier


class DecideVerification(Model):
    verification_id: Identifier
    decision: Literal["approve", "refuse"]
    reasons: list[Annotated[str, Paragraphs(500)]] = Field(default=[], max_length=20)


class SignDocument(Model):
    """Sign what has this SHA-256, with an SMS code sent for purpose *sign* (organisations: their electronic seal)."""

    document_id: Identifier
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    otp: Annotated[str, OneTimeCode(20)]


class SignatureEvidence(Model):
    """Who signed what and when; ``token`` is the same facts signed by identity (JWT, ES256), which others verify."""

    evidence_id: str
    account_id: str
    signer_name: str
    signer_kind: AccountKind
    masked_id_number: str
    document_id: str
    sha256: str
    method: Literal["sms_code", "electronic_seal"]
    seal_sha256: str | None = Field(default=None, description="of the electronic seal that was applied")
    signed_at: datetime
    token: str


class MessageView(Model):
    message_id: str
    channel: Literal["sms", "email", "in_app", "wechat"]
    to: str
    subject: str
    body: str
    sent_at: datetime
    read_at: datetime | None = None
    application_id: str | None = None
    template: str


class ListMessages(Page):
    """My in-app messages, newest first; ``language`` renders them anew, else as they were written."""

    unread_only: bool = False
    language: Language | None = None


class MessageList(Model):
    items: list[MessageView]
    next_cursor: str | None = None
    unread: int = 0


class ReadMessage(Model):
    message_id: Identifier


class SandboxMessages(Model):
    """Everything that was "sent" to a mobile number, e-mail address or account, newest first."""

    to: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=100, ge=1, le=500)


class StaffAccount(Model):
    login: str
    password: str
    totp: str
    name: str
    roles: list[str]


class StaffAccounts(Model):
    items: list[StaffAccount]


_S = "identity"
REQUEST_OTP = RpcMethod(_S, "request_otp", RequestOtp, OtpSent, ANONYMOUS, "command")
REGISTER_ACCOUNT = RpcMethod(_S, "register_account", RegisterAccount, AccountRef, ANONYMOUS, "command")
SIGN_IN = RpcMethod(_S, "sign_in", SignIn, SessionTokens, ANONYMOUS, "command", keep_reply=False)
REFRESH_SESSION = RpcMethod(
    _S, "refresh_session", RefreshSession, SessionTokens, ANONYMOUS, "command", keep_reply=False
)
END_SESSION = RpcMethod(_S, "end_session", EndSession, Empty, SIGNED_IN, "command")
LIST_SESSIONS = RpcMethod(_S, "list_sessions", Empty, SessionList, SIGNED_IN)
GET_ACCOUNT = RpcMethod(_S, "get_account", Empty, AccountView, SIGNED_IN)
CHANGE_EMAIL = RpcMethod(_S, "change_email", ChangeEmail, OtpSent, ACCOUNT, "command")
CONFIRM_EMAIL = RpcMethod(_S, "confirm_email", ConfirmEmail, AccountView, ACCOUNT, "command")
SUBMIT_VERIFICATION = RpcMethod(_S, "submit_verification", SubmitVerification, VerificationView, ACCOUNT, "command")
GET_VERIFICATION = RpcMethod(_S, "get_verification", VerificationRef, VerificationView, SIGNED_IN)
LIST_MY_VERIFICATIONS = RpcMethod(_S, "list_my_verifications", ListVerifications, VerificationList, ACCOUNT)
LIST_VERIFICATION_QUEUE = RpcMethod(
    _S, "list_verification_queue", ListVerifications, VerificationList, staff("reviewer")
)
OPEN_VERIFICATION_IMAGE = RpcMethod(
    _S, "open_verification_image", OpenVerificationImage, SealedObject, staff("reviewer"), "command", keep_reply=False
)
DECIDE_VERIFICATION = RpcMethod(
    _S, "decide_verification", DecideVerification, VerificationView, staff("reviewer"), "command"
)
SIGN_DOCUMENT = RpcMethod(_S, "sign_document", SignDocument, SignatureEvidence, ACCOUNT, "command")
LIST_MESSAGES = RpcMethod(_S, "list_messages", ListMessages, MessageList, SIGNED_IN)
READ_MESSAGE = RpcMethod(_S, "read_message", ReadMessage, Empty, SIGNED_IN, "command")
SANDBOX_MESSAGES = RpcMethod(
    _S, "sandbox_messages", SandboxMessages, MessageList, service("gateway"), sandbox_only=True
)
SANDBOX_STAFF = RpcMethod(_S, "sandbox_staff", Empty, StaffAccounts, service("gateway"), sandbox_only=True)


class AccountRegistered(Model):
    account_id: str
    kind: AccountKind
    registered_at: datetime


class VerificationSubmitted(Model):
    account_id: str
    verification_id: str
    submitted_at: datetime
    due_on: date


class IdentityVerified(Model):
    """What others may keep of a verified identity: name, kind and masked number. The number itself stays here."""

    account_id: str
    verification_id: str
    kind: AccountKind
    name: str = Field(description="of the person, or of the organisation")
    operator_name: str | None = None
    id_type: str
    masked_id_number: str
    verified_at: datetime


class VerificationRefused(Model):
    account_id: str
    verification_id: str
    reasons: list[str]
    refused_at: datetime


class SessionRevoked(Model):
    """Access tokens of this session are no longer to be accepted; forget the entry after ``until``."""

    session_id: str
    until: datetime


EVENTS = (
    ACCOUNT_REGISTERED := EventType(_S, "account_registered", AccountRegistered, "account_id", ("archive",)),
    VERIFICATION_SUBMITTED := EventType(
        _S, "verification_submitted", VerificationSubmitted, "account_id", ("archive",)
    ),
    IDENTITY_VERIFIED := EventType(_S, "identity_verified", IdentityVerified, "account_id", ("filing", "archive")),
    VERIFICATION_REFUSED := EventType(_S, "verification_refused", VerificationRefused, "account_id", ("archive",)),
    SESSION_REVOKED := EventType(
        _S,
        "session_revoked",
        SessionRevoked,
        "session_id",
        ("filing", "payment", "archive", "legacy_bridge", "gateway"),
    ),
)

# Parameters of the sentences: password_too_short(minimum), otp_wrong(attempts_left), otp_resend_too_soon(seconds),
# otp_too_many(minutes), sign_in_slowed(seconds), id_number_invalid(reason: format | check_digit | birth_date | region),
# uscc_invalid(reason: format | check_digit), verification_documents_missing(documents: comma-separated roles).
# password_weak carries one of the four password_* codes per reason in ``errors``; sign-up problems are in ``errors``
# with their field, and when there are several the problem itself is request_invalid.
ERRORS = {
    "mobile_invalid": 422,
    "mobile_taken": 409,
    "id_number_invalid": 422,
    "uscc_invalid": 422,
    "seal_required": 422,
    "seal_unreadable": 422,
    "name_invalid": 422,
    "organisation_name_required": 422,
    "account_name_invalid": 422,
    "email_invalid": 422,
    "email_taken": 409,
    "password_weak": 422,
    "password_too_short": 422,
    "password_too_simple": 422,
    "password_too_common": 422,
    "password_personal": 422,
    "otp_wrong": 422,
    "otp_expired": 422,
    "otp_too_many": 429,
    "otp_resend_too_soon": 429,
    "sign_in_failed": 401,
    "sign_in_slowed": 429,
    "totp_required": 401,
    "totp_wrong": 401,
    "totp_used": 401,
    "session_expired": 401,
    "verification_documents_missing": 422,
    "verification_pending": 409,
    "verification_check_running": 409,
    "verification_already_approved": 409,
    "verification_decided": 409,
    "identity_disputed": 409,
    "verification_reasons_required": 422,
    "verification_unknown": 404,
    "verification_image_gone": 404,
    "verification_image_unreadable": 422,
    "message_unknown": 404,
}
