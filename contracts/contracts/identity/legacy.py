"""Accounts of the old system that are joined to one here: by signing in with them, or by proof."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Client, Empty, Identifier, Model, RpcMethod, Token, staff
from contracts.identity.accounts import AccountView, IdType
from contracts.legacy.imports import HeldAsked, HeldRecords
from contracts.text import Compact, Login, Mobile, OneTimeCode, Password

_S = "identity"

Carried = Literal["name", "organisation_name", "id_number", "uscc", "email", "verification"]
"""What was taken over from the old account as it stood there."""
ToDo = Literal["mobile", "id_number", "uscc", "seal", "email", "email_confirmation", "verification", "password"]
"""What the old account lacked, or what did not hold: to be done again. *email_confirmation*: the address was taken
over, and counts once it is confirmed. *password*: it would be refused today."""


class LinkLegacyAccount(Model, secret=("password", "device", "code"), personal=("login",), added=("client", "device")):
    """Name and password of the other side: of the old account, for who is signed in with a new one; of the new account,
    for who has signed in with the old one and wants to go on with the new. ``code``: what went to the old account's own
    number or address, where passwords are not enough (``legacy_link_code_sent``)."""

    login: Annotated[str, Login(200)]
    password: Annotated[str, Password(256)]
    code: Annotated[str, OneTimeCode(20)] | None = None
    client: Client = ""
    device: Client = ""


class LegacyLinkView(Model, personal=("login",)):
    """``how``: *signed_in*, the old account became this one; *proven*, it was joined to this one, which was there;
    *recovered*, either of both, because the office gave it back to who could not sign in with it."""

    link_id: str
    login: str = Field(description="the old name")
    how: Literal["signed_in", "proven", "recovered"]
    linked_at: datetime
    undo_until: datetime | None = Field(default=None, description="None: it cannot be undone (any more)")
    carried: list[Carried] = []
    to_do: list[ToDo] = []
    given: bool = Field(default=False, description="it was this account, and was joined to another one")
    verified_elsewhere: bool = Field(
        default=False, description="another account here holds the verification of who the old record says: join them"
    )


class LegacyLinks(Model):
    """The old accounts of the caller's account, newest first; then those that it gave to another, to be undone."""

    items: list[LegacyLinkView]


class LegacyLinkRef(Model):
    link_id: Identifier


class CompleteAccount(Model, secret=("otp",), personal=("mobile", "id_number", "uscc"), added=("client", "browser")):
    """What an account of the old system lacks, some of it or all (``AccountView.missing``). A mobile comes with the
    code that was sent to it (purpose *sign_up*)."""

    mobile: Annotated[str, Mobile(30)] | None = None
    otp: Annotated[str, OneTimeCode(20)] | None = None
    id_type: IdType | None = None
    id_number: Annotated[str, Compact(40)] | None = None
    uscc: Annotated[str, Compact(40)] | None = None
    seal_receipt: Token | None = None
    client: Client = ""
    browser: Client = ""


LINK_LEGACY_ACCOUNT = RpcMethod(_S, "link_legacy_account", LinkLegacyAccount, LegacyLinkView, ACCOUNT, "command")


HELD_LEGACY_ACCOUNTS = RpcMethod(_S, "held_legacy_accounts", HeldAsked, HeldRecords, staff("administrator"))


LIST_LEGACY_LINKS = RpcMethod(_S, "list_legacy_links", Empty, LegacyLinks, ACCOUNT)


UNDO_LEGACY_LINK = RpcMethod(_S, "undo_legacy_link", LegacyLinkRef, Empty, ACCOUNT, "command")


COMPLETE_ACCOUNT = RpcMethod(_S, "complete_account", CompleteAccount, AccountView, ACCOUNT, "command")
