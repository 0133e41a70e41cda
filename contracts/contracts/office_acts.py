"""What the office does to a registration by itself: revoke it, or put an error of its own right. Always two people.

A holder may report an error, anybody else object to a registration; a member of staff proposes; where the ground
allows it everybody whom it concerns is told and may be heard; another member of staff confirms, and only then is it
recorded.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, SIGNED_IN, Empty, EventType, Identifier, Model, RpcMethod, Token, staff
from contracts.dealings import Act
from contracts.extracts import ChangedItem
from contracts.forms import Kind
from contracts.objects import DocumentRef
from contracts.paging import Page, QueueTotals
from contracts.text import Day, Line, Name, Paragraphs, Title

_S = "archive"
_OFFICE = staff("archivist", "senior_examiner")
MOST_FILES = 5

OfficeActKind = Literal["revoked", "corrected"]
OfficeActState = Literal["reported", "proposed", "confirmed", "dismissed", "withdrawn"]
OfficeGround = Literal["judgment", "penalty", "unregistrable", "untrue", "duplicate", "clerical_error"]
"""*clerical_error* is that of a correction, the others of a revocation: of any registration a final judgment or an
administrative penalty, of a work also what should not have been registered, is untrue, or was registered twice."""


class Corrected(Model, personal=("authors", "owners")):
    """What is to be stated instead; None leaves what is registered. Of ``authors`` and ``owners`` the names, as printed
    on the certificate, as many and in the order in which they are registered."""

    title: Annotated[str, Title(200)] | None = None
    short_name: Annotated[str, Line(60)] | None = None
    version: Annotated[str, Line(40)] | None = None
    authors: list[Annotated[str, Name(200)]] | None = Field(default=None, max_length=100)
    owners: list[Annotated[str, Name(200)]] | None = Field(default=None, max_length=100)
    completion_date: Day | None = None
    publication_date: Day | None = None


class ReportError(Model):
    """The holder of a registration says what the office wrote wrong on its certificate."""

    registration_number: str = Field(max_length=60)
    report: Annotated[str, Paragraphs(1000)]


class RaiseObjection(Model):
    """异议: somebody to whom it is not registered says why a registration should not be there. ``evidence``: receipts
    of uploads."""

    registration_number: str = Field(max_length=60)
    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Token] = Field(default=[], max_length=MOST_FILES)


class ProposeAct(Model):
    """``statement``: the facts, which the holder may read. ``evidence``: receipts of uploads, of any act.
    ``act_id``: the report that it answers."""

    registration_number: str = Field(max_length=60)
    ground: OfficeGround
    corrected: Corrected | None = None
    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Token] = Field(default=[], max_length=MOST_FILES)
    act_id: Identifier | None = None


class DecideAct(Model):
    """``reason``: needed to dismiss and to withdraw; the holder reads it. *withdraw*: who proposed takes it back."""

    act_id: Identifier
    step: Literal["confirm", "dismiss", "withdraw"]
    reason: Annotated[str, Paragraphs(1000)] = ""


class BeHeard(Model):
    """``evidence``: receipts of uploads."""

    act_id: Identifier
    statement: Annotated[str, Paragraphs(2000)]
    evidence: list[Token] = Field(default=[], max_length=MOST_FILES)


class OfficeActRef(Model):
    act_id: Identifier


class OfficeActFileRef(Model):
    act_id: Identifier
    file_id: Identifier


class OfficeActFile(Model):
    file_id: str
    file_name: str
    size: int


class OfficeActAnswer(Model, personal=("name", "statement")):
    """What somebody whom a proposal concerns says. ``name``: as the register has it, empty where it names nobody of
    that account."""

    name: str = ""
    statement: str
    said_at: datetime
    files: list[OfficeActFile] = []


class StandingDealing(Model, personal=("names",)):
    """A contract or a pledge of a registration that is in force, which a revocation takes along. ``names``: whose it
    is."""

    number: str
    act: Act
    names: list[str]
    ends: date | None = None


class OfficeActView(Model, personal=("items", "report", "statement", "heard", "answers", "dealings")):
    """One act. ``report``, ``report_files``: of an error, or of an objection, which whoever holds the registration is
    not shown, as who objects is not shown what the office and the holder say. ``hear_until``: until then it cannot be
    confirmed unless everybody whom it concerns has answered. ``heard``: what the caller's account answered. To staff
    alone are told ``dealings``, ``unheard`` (how many of those whom it concerns, as far as they have an account, have
    not answered) and ``proposed_by``, ``decided_by`` (accounts of staff)."""

    act_id: str
    application_id: str
    registration_number: str
    title: str
    kind: Kind
    state: OfficeActState
    act: OfficeActKind
    ground: OfficeGround | None = None
    items: list[ChangedItem] = Field(default=[], description="of a correction: what changes; names in full")
    report: str = ""
    report_files: list[OfficeActFile] = []
    reported_at: datetime | None = None
    statement: str = ""
    evidence: list[OfficeActFile] = []
    proposed_at: datetime | None = None
    hear_until: date | None = None
    heard: str = ""
    heard_at: datetime | None = None
    answers: list[OfficeActAnswer] = Field(default=[], description="to the office everybody's, to an account its own")
    unheard: int = 0
    dealings: list[StandingDealing] = []
    decided_at: datetime | None = None
    reason: str = ""
    proposed_by: str | None = None
    decided_by: str | None = None
    steps: list[Literal["propose", "confirm", "dismiss", "withdraw", "be_heard"]] = Field(
        default=[], description="what the caller may do now"
    )


class RegistrationStated(Model, personal=("authors", "owners", "dealings")):
    """What the register says of a registration, not masked, for who proposes something about it."""

    registration_number: str
    kind: Kind
    status: Literal["valid", "replaced", "revoked"]
    title: str
    short_name: str = ""
    version: str = ""
    authors: list[str] = []
    owners: list[str] = []
    completion_date: date | None = None
    publication_date: date | None = None
    grounds: list[OfficeGround] = Field(description="on which something can be proposed")
    dealings: list[StandingDealing] = []


class AskStated(Model):
    registration_number: str = Field(max_length=60)


class ListOfficeActs(Page):
    queue: Literal["open", "done"] = "open"


class OfficeActList(Model):
    items: list[OfficeActView]
    next_cursor: str | None = None


class OfficeActAdvanced(Model):
    """A step that the holder is told of: a revocation is proposed, a proposal or a report was dismissed, a proposal was
    withdrawn. Who objected (``objector``) is told what becomes of it: proposed, confirmed or dismissed. ``ground`` is
    empty while there is only a report; ``text``: what the office says."""

    application_id: str
    account_id: str
    act_id: str
    registration_number: str
    title: str
    act: OfficeActKind
    ground: str
    state: OfficeActState
    hear_until: date | None = None
    text: str
    objector: bool = False
    advanced_at: datetime


REPORT_ERROR = RpcMethod(_S, "report_error", ReportError, OfficeActView, ACCOUNT, "command")
RAISE_OBJECTION = RpcMethod(_S, "raise_objection", RaiseObjection, OfficeActView, ACCOUNT, "command")
BE_HEARD = RpcMethod(_S, "be_heard", BeHeard, OfficeActView, ACCOUNT, "command")
LIST_HELD_ACTS = RpcMethod(_S, "list_held_acts", Page, OfficeActList, ACCOUNT)
GET_OFFICE_ACT = RpcMethod(_S, "get_office_act", OfficeActRef, OfficeActView, SIGNED_IN)
OPEN_OFFICE_ACT_FILE = RpcMethod(_S, "open_office_act_file", OfficeActFileRef, DocumentRef, SIGNED_IN, "command")
REGISTRATION_STATED = RpcMethod(_S, "registration_stated", AskStated, RegistrationStated, _OFFICE)
PROPOSE_ACT = RpcMethod(_S, "propose_act", ProposeAct, OfficeActView, _OFFICE, "command")
DECIDE_ACT = RpcMethod(_S, "decide_act", DecideAct, OfficeActView, _OFFICE, "command")
LIST_OFFICE_ACTS = RpcMethod(_S, "list_office_acts", ListOfficeActs, OfficeActList, _OFFICE)
TOTAL_OFFICE_ACTS = RpcMethod(_S, "total_office_acts", Empty, QueueTotals, _OFFICE)

EVENTS = (
    OFFICE_ACT_ADVANCED := EventType(
        _S, "office_act_advanced", OfficeActAdvanced, "application_id", ("identity", "archive")
    ),
)
ERRORS = {
    "office_act_unknown": 404,
    "office_act_file_unknown": 404,
    "office_act_open": 409,
    "objection_to_own": 409,
    "objection_open": 409,
    "objections_too_many": 409,
    "objection_old_system": 409,
    "office_act_closed": 409,
    "office_act_outdated": 409,
    "second_person_required": 409,
    "hearing_open": 409,
    "ground_not_applicable": 422,
    "correction_changes_nothing": 422,
}
