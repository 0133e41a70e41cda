"""Contracts of the search of the office's desks (查找): cases, accounts and registrations by number, name or mobile,
for a purpose that is written down with each search and each opening. Each service searches what it owns, and shows of
it what the caller's role needs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.filing import ApplicationView, State
from contracts.forms import Kind
from contracts.identity import AccountKind, Language, VerificationState
from contracts.legacy.cases import LegacyItem
from contracts.objects import DocumentRef
from contracts.text import Line

MOST_LOOKED_UP = 20
"""Of each kind that a search answers with; it says where there is more."""

LookupPurpose = Literal["enquiry", "complaint", "records", "authority", "supervision"]
"""Why somebody is looked up. *enquiry*: who it belongs to asks; *complaint*: about how the office works; *records*: to
put right or complete what is kept; *authority*: a court or an authority asks in writing; *supervision*: the office
looks at its own work."""


NAMING_PURPOSES: frozenset[LookupPurpose] = frozenset({"authority", "supervision"})
NAMING_ROLES = frozenset({"archivist", "administrator"})
"""For these purposes these roles are told which colleague took each step of a case; it is written down."""


class LookUp(Model, personal=("text",)):
    """``text``: a number of any kind, or how a title or name begins."""

    text: Annotated[str, Line(100)]
    purpose: LookupPurpose


class CaseFound(Model, personal=("applicant_name",)):
    """A filed case. Persons are masked for those whose work needs no names."""

    application_id: str
    account_id: str
    kind: Kind
    type: str = Field(default="", description="the filing type, as in the case itself")
    title: str
    state: State
    waiting_for: str = ""
    serial_number: str
    acceptance_number: str | None = None
    registration_number: str | None = None
    applicant_name: str = ""
    submitted_at: datetime | None = None


class CasesFound(Model):
    """The newest first. ``more``: there are others."""

    items: list[CaseFound] = []
    more: bool = False


class AccountFound(Model, personal=("name", "organisation_name", "mobile")):
    """``mobile``: masked, and empty for those whose work does not need it."""

    account_id: str
    kind: AccountKind
    name: str
    organisation_name: str | None = None
    mobile: str = ""
    verification: VerificationState
    created_at: datetime


class OldAccountFound(Model, personal=("login", "name", "organisation_name", "mobile", "email")):
    """An account of the old system with which nobody has signed in here, as its record says. ``login``, ``mobile``,
    ``email``: empty for those whose work does not need them, the addresses masked; ``code``: of an organisation, a
    credit code or what came before it. ``verified``: the old system had checked the identity."""

    record_id: str
    kind: AccountKind
    login: str = ""
    name: str
    organisation_name: str = ""
    mobile: str = ""
    email: str = ""
    code: str = ""
    verified: bool = False
    registered_on: date | None = None


class AccountsFound(Model):
    """``more``: there are others. ``old``: accounts of the old system that nobody has come for, found by the whole
    of a name, number or address."""

    items: list[AccountFound] = []
    old: list[OldAccountFound] = []
    more: bool = False


class RegistrationFound(Model, personal=("owners",)):
    """A registration as it stands. ``application_id``: the case that it came from. ``old_system``: the old system had
    finished it, and nothing was recorded upon it here; its record is the ``application_id`` then."""

    registration_number: str
    certificate_number: str | None = None
    application_id: str
    kind: Kind
    title: str
    owners: list[str]
    registered_on: date
    status: Literal["valid", "replaced", "revoked"]
    old_system: bool = False


class RegistrationsFound(Model):
    """The newest first. ``more``: there are others."""

    items: list[RegistrationFound] = []
    more: bool = False


class OldCasesFound(Model):
    """Cases of the old system that it had not finished, the newest first. ``more``: there are others."""

    items: list[LegacyItem] = []
    more: bool = False


class OpenCaseFile(Model):
    application_id: Identifier
    purpose: LookupPurpose
    language: Language = "zh"


class OpenCaseDocument(Model):
    """A document that the case's applicant has, whichever service keeps it."""

    application_id: Identifier
    document_id: Identifier
    purpose: LookupPurpose


class OpenCaseMaterial(Model):
    """A file that was handed in with a case that is registered."""

    application_id: Identifier
    material_id: Identifier
    purpose: LookupPurpose


class OpenAccountFile(Model):
    account_id: Identifier
    purpose: LookupPurpose


class PastVerification(Model):
    """``reasons``: codes, of a refusal."""

    state: Literal["pending", "approved", "refused", "replaced"]
    part: Literal["identity", "seal", "operator"] = "identity"
    submitted_at: datetime
    decided_at: datetime | None = None
    reasons: list[str] = []


class AccountFile(
    Model, personal=("name", "organisation_name", "mobile", "account_name", "email", "id_number", "uscc")
):
    """An account for who helps its holder: how it stands, never how to get into it."""

    account_id: str
    kind: AccountKind
    name: str
    organisation_name: str | None = None
    account_name: str | None = None
    mobile: str = Field(default="", description="masked")
    email: str = Field(default="", description="masked")
    email_confirmed: bool = False
    id_number: str = Field(default="", description="masked")
    uscc: str | None = None
    from_old_system: bool = False
    verification: VerificationState
    verifications: list[PastVerification] = Field(default=[], description="newest first, at most ten")
    sessions: int = Field(description="devices that are signed in now")
    last_seen_at: datetime | None = None
    created_at: datetime


class OpenCaseContact(Model):
    """``account_id``: whose case it is. ``whole``: the number is to be called."""

    application_id: Identifier
    account_id: Identifier
    purpose: LookupPurpose
    whole: bool = False
    language: Language = "zh"


class ToldApplicant(Model, personal=("subject", "body")):
    """A message in the applicant's box about the case. ``body``: empty where it held something to keep secret."""

    sent_at: datetime
    subject: str
    body: str = ""
    read_at: datetime | None = None


class CaseContact(Model, personal=("mobile",)):
    """``mobile``: masked unless it was asked for whole; ``told``: the newest messages first, at most twenty."""

    mobile: str = ""
    told: list[ToldApplicant] = []


_DESKS = staff("customer_service", "archivist", "administrator")
# Commands, since it is written down who looked for what, and why.
LOOK_UP_CASES = RpcMethod("filing", "look_up_cases", LookUp, CasesFound, _DESKS, "command", keep_reply=False)
OPEN_CASE_FILE = RpcMethod(
    "filing", "open_case_file", OpenCaseFile, ApplicationView, _DESKS, "command", keep_reply=False
)
# Says only whether it may be opened, and that it was: the service that keeps a document has its bytes. Who keeps the
# system running needs no contents of cases, and what is signed and sent repeats them.
OPEN_CASE_DOCUMENT = RpcMethod(
    "filing", "open_case_document", OpenCaseDocument, Empty, staff("customer_service", "archivist"), "command"
)
OPEN_CASE_MATERIAL = RpcMethod(
    "filing", "open_case_material", OpenCaseMaterial, DocumentRef, staff("archivist"), "command", keep_reply=False
)
LOOK_UP_ACCOUNTS = RpcMethod("identity", "look_up_accounts", LookUp, AccountsFound, _DESKS, "command", keep_reply=False)
OPEN_ACCOUNT_FILE = RpcMethod(
    "identity",
    "open_account_file",
    OpenAccountFile,
    AccountFile,
    staff("customer_service", "administrator"),
    "command",
    keep_reply=False,
)
OPEN_CASE_CONTACT = RpcMethod(
    "identity",
    "open_case_contact",
    OpenCaseContact,
    CaseContact,
    staff("customer_service"),
    "command",
    keep_reply=False,
)
LOOK_UP_REGISTRATIONS = RpcMethod(
    "archive", "look_up_registrations", LookUp, RegistrationsFound, _DESKS, "command", keep_reply=False
)
LOOK_UP_OLD_CASES = RpcMethod(
    "legacy_bridge", "look_up_old_cases", LookUp, OldCasesFound, _DESKS, "command", keep_reply=False
)
