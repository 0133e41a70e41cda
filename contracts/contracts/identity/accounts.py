"""Accounts: opening one, its particulars, its password and address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Client, Empty, Model, RpcMethod, Token
from contracts.identity.codes import OtpSent
from contracts.identity.consents import NoticeVersion
from contracts.text import Compact, Email, Login, Mobile, Name, OneTimeCode, Password

_S = "identity"


AccountKind = Literal["natural_person", "organisation", "staff"]


VerificationState = Literal["none", "pending", "approved", "refused"]


Missing = Literal["mobile", "id_number", "uscc", "seal"]
"""What an account that came from the old system may lack."""


Language = Literal["zh", "en"]


IdType = Literal[
    "resident_id",
    "residence_permit",
    "hk_macao_permit",
    "taiwan_permit",
    "passport",
    "permanent_resident_card",
]


WHO_AND_WHERE = ("name", "organisation_name", "account_name", "mobile", "email", "id_number", "uscc")
"""Fields of an account that say who somebody is or how to reach them."""


class RegisterAccount(
    Model, secret=("otp", "password"), personal=WHO_AND_WHERE, added=("sign_up", "language", "client", "browser")
):
    """Receipts are tokens signed by the gateway. ``sign_up`` is the anonymous session in which seals were uploaded.

    ``name`` and the ID are those of the person, or of the organisation's operator. ``account_name`` is a name of one's
    own choice to sign in with. An e-mail address counts once it is confirmed (``confirm_email``). ``agreed_privacy``
    and ``agreed_terms``: the versions of privacy notice and terms that were shown and agreed to, those in force; None
    where nobody has shown them yet: the person is asked at the next sign-in on the pages.
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
    agreed_privacy: Client | None = None
    agreed_terms: Client | None = None
    language: Language = "zh"
    client: Client = ""
    browser: Client = ""


class AccountRef(Model):
    account_id: str


class AccountView(Model, personal=WHO_AND_WHERE):
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
    missing: list[Missing] = Field(default=[], description="to be added before it can sign (`complete_account`)")
    to_agree: list[NoticeVersion] = Field(default=[], description="texts that are new since it agreed (`give_consent`)")
    created_at: datetime


class ChangeEmail(Model, personal=("email",)):
    """The new address; a code is sent there, and the address counts once the code came back."""

    email: Annotated[str, Email(200)]


class ConfirmEmail(Model, secret=("otp",)):
    otp: Annotated[str, OneTimeCode(20)]


class ChangePassword(Model, secret=("current", "otp", "new", "device"), added=("client", "device")):
    """The password in force, or a code sent for purpose *password*, and the password to come; ``client``, ``device`` as
    in :class:`SignIn`."""

    current: Annotated[str, Password(256)] = ""
    otp: Annotated[str, OneTimeCode(20)] = ""
    new: Annotated[str, Password(256)]
    client: Client = ""
    device: Client = ""


REGISTER_ACCOUNT = RpcMethod(_S, "register_account", RegisterAccount, AccountRef, ANONYMOUS, "command")


GET_ACCOUNT = RpcMethod(_S, "get_account", Empty, AccountView, SIGNED_IN)


CHANGE_EMAIL = RpcMethod(_S, "change_email", ChangeEmail, OtpSent, ACCOUNT, "command")


CONFIRM_EMAIL = RpcMethod(_S, "confirm_email", ConfirmEmail, AccountView, ACCOUNT, "command")


CHANGE_PASSWORD = RpcMethod(_S, "change_password", ChangePassword, Empty, SIGNED_IN, "command")
