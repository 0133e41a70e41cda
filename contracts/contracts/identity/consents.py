"""What people are told and asked: privacy notice, terms of use, the separate consent to the photograph of the face."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, Client, Empty, Identifier, Model, RpcMethod

_S = "identity"

NoticeName = Literal["privacy", "terms", "face"]

ConsentState = Literal["given", "withdrawn"]


class ReadNotice(Model):
    """``version``: the one in force unless given."""

    name: NoticeName
    version: Identifier | None = None
    language: Literal["zh", "en"] = "zh"


class NoticeSection(Model):
    heading: str
    paragraphs: list[str] = []
    columns: list[str] = []
    rows: list[list[str]] = []


class NoticeVersion(Model):
    """``sha256``: of the text's file, in both languages; it is kept with each consent."""

    name: NoticeName
    version: str
    in_force_from: date
    sha256: str


class Notice(NoticeVersion):
    """A text in the asked language. ``others``: further versions, the newest first."""

    current: bool
    title: str
    summary: str
    sections: list[NoticeSection]
    others: list[NoticeVersion] = []


class NoticesInForce(Model):
    items: list[NoticeVersion]


class GiveConsent(Model, added=("client",)):
    """Says yes to the version that was shown, which has to be the one in force."""

    name: NoticeName
    version: Identifier
    client: Client = ""


class WithdrawConsent(Model):
    """What can be withdrawn: the consent to the photograph of the face."""

    name: Literal["face"] = "face"


class ConsentView(Model):
    """One step: something was agreed to, or no longer. ``current``: the version is the one in force."""

    name: NoticeName
    version: str
    state: ConsentState
    at: datetime
    current: bool = False


class Consents(Model):
    """``items``: everything, the newest first. ``to_agree``: what this account has yet to agree to."""

    items: list[ConsentView]
    to_agree: list[NoticeVersion] = Field(default=[])


READ_NOTICE = RpcMethod(_S, "read_notice", ReadNotice, Notice, ANONYMOUS)


NOTICES_IN_FORCE = RpcMethod(_S, "notices_in_force", Empty, NoticesInForce, ANONYMOUS)


GIVE_CONSENT = RpcMethod(_S, "give_consent", GiveConsent, Consents, ACCOUNT, "command")


WITHDRAW_CONSENT = RpcMethod(_S, "withdraw_consent", WithdrawConsent, Consents, ACCOUNT, "command")


LIST_CONSENTS = RpcMethod(_S, "list_consents", Empty, Consents, ACCOUNT)
