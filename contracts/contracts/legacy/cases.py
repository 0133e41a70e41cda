"""Cases that the old system had not finished: what people see and do at 旧系统入口, and what others are told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Identifier, Model, Token
from contracts.forms import Category, Kind
from contracts.objects import ObjectRef
from contracts.paging import Page, QueueTotals
from contracts.text import Line, Paragraphs, Title

LegacyState = Literal[
    "fee_due",
    "submitted",
    "accepted",
    "examined",
    "correction_due",
    "certificate_due",
    "registering",
    "completed",
    "refused",
    "lapsed",
]
"""待缴费, 待受理, 已受理, 审查中, 待补正, 制证中, as the old system called them; *registering*: the archive enters it;
then 办结, 不予登记, 视为撤回."""
LegacyAction = Literal[
    "pay",
    "accept",
    "correct",
    "answer",
    "approve",
    "propose_refusal",
    "oppose_refusal",
    "withdraw_refusal",
    "refuse",
    "complete",
    "register",
    "lapse",
]
"""*propose_refusal*, *oppose_refusal* and *withdraw_refusal* are the office's among itself, and change no state."""
Decision = Literal["accept", "correct", "approve", "refuse", "oppose", "take_back"]
"""*refuse* proposes a refusal, or confirms one that a colleague has proposed, which then takes effect. *oppose* sends
it back to who proposed it; *take_back* is theirs."""
FILES_AT_ONCE = 10


class LegacyOwner(Model, personal=("name",)):
    name: Annotated[str, Line(200)] = Field(min_length=1)
    organisation: bool = False


class LegacyParticulars(Model, personal=("owners", "authors")):
    """登记事项 as the examiner takes them down from the old file, which the dump has only as scans. ``authors`` are a
    work's."""

    short_name: Annotated[str, Line(200)] = ""
    version: Annotated[str, Line(50)] = ""
    authors: list[LegacyOwner] = Field(default=[], max_length=50)
    owners: list[LegacyOwner] = Field(min_length=1, max_length=50)
    completion_date: date | None = None
    publication_date: date | None = None


class LegacyEntry(LegacyParticulars):
    """登记事项 as the examiner enters them, some perhaps still lacking. ``title``, ``category``: where the old record
    has none, or another one than the file."""

    title: Annotated[str, Title(200)] = ""
    category: Category | None = None
    owners: list[LegacyOwner] = Field(default=[], max_length=50)


class LegacyFile(Model):
    """A file that came with an answer."""

    file_id: str
    file_name: str
    object: ObjectRef


class LegacyStep(Model):
    """What happened to the case since it was taken over. ``text``: what the examiner or the applicant wrote; ``asked``:
    of an answer, what it answers, in the old system's words where that had asked. ``actor``: of the office, for its own
    people."""

    action: LegacyAction
    state: LegacyState = Field(description="after it")
    at: datetime
    by_office: bool
    actor: str = ""
    text: str = ""
    asked: str = ""
    files: list[LegacyFile] = []


class LegacyRefusal(Model):
    """What the office thinks of refusing a case, before that takes effect. ``opposed_by``: sent it back, and does not
    register it alone."""

    proposed_by: str | None = None
    reason: str = ""
    opposed_by: str | None = None
    opposed_reason: str = ""


class LegacyItem(Model):
    """A line of a list. ``due_on``: last day of the period that runs, by the old rules. ``refusal_proposed``: for the
    office alone."""

    case_id: str
    serial_number: str
    acceptance_number: str
    title: str
    kind: Kind
    category: str | None
    state: LegacyState
    filed_on: date
    due_on: date | None = None
    overdue: bool = False
    refusal_proposed: bool = False
    linked: bool = Field(description="its old account has signed in here, so that somebody can go on with it")


class LegacyCaseView(LegacyItem):
    """``correction``: what the office asks for, while it does; ``old_correction``: what the old system had asked for,
    whatever has come of it since. ``paid_fen``: what came in the old system and here;
    ``fee_due_fen``: what is still to be paid.

    ``legal_basis``: of the period that runs, by language. ``old_title``, ``old_category``: as the old record has them,
    where the examiner has entered others. ``refusal``: for the office alone, where a colleague has thought of one.
    ``version`` counts what was done.
    """

    accepted_on: date | None
    correction: str
    old_correction: str = ""
    scans: str = Field(description="where the old system kept its papers, as it wrote it")
    fee_fen: int | None
    paid_fen: int | None
    fee_due_fen: int
    legal_basis: dict[str, str] = {}
    actions: list[LegacyAction] = Field(description="what the caller may do now")
    particulars: LegacyEntry | None = None
    old_title: str = ""
    old_category: str | None = None
    registration_number: str | None = None
    document_id: str | None = Field(default=None, description="of the certificate")
    papers: list[LegacyFile] = Field(default=[], description="scans that the old system had of it")
    history: list[LegacyStep] = []
    refusal: LegacyRefusal | None = None
    version: int = 0


class LegacyList(Model):
    items: list[LegacyItem]
    next_cursor: str | None = None


class LegacyQueue(Page):
    """Of the office: cases in a state, the most urgent first. ``second``: instead, those in whatever state whose
    refusal a colleague has proposed."""

    state: LegacyState = "examined"
    second: bool = False


class LegacyTotals(Model):
    """``queues``: by name. *office*, all that waits for the office and for nobody's confirmation; *second*, refusals
    that a colleague has proposed; and each state in which a case is open. ``near``: of each, how many end soon."""

    queues: dict[str, QueueTotals]
    near: dict[str, int] = {}


class LegacyRef(Model):
    case_id: Identifier


class AnswerLegacyCorrection(Model):
    """Text, files, or both."""

    case_id: Identifier
    text: Annotated[str, Paragraphs(3000)] = ""
    receipts: list[Token] = Field(default=[], max_length=FILES_AT_ONCE)


class DecideLegacyCase(Model):
    """``text``: what is to be corrected, why it is refused, or should not be; a refusal that is confirmed needs no
    other words than it was proposed with. ``version``: of the case as it was read; with it, nothing is decided about
    what has changed since. ``particulars``: with *approve*; where they say another
    title or category than the old record, ``text`` says by what."""

    case_id: Identifier
    decision: Decision
    text: Annotated[str, Paragraphs(3000)] = ""
    particulars: LegacyEntry | None = None
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class OpenLegacyFile(LegacyRef):
    file_id: Identifier


class LegacyProgress(Model):
    """What anybody may know of an unfinished case by its number: as of a new one, the title masked."""

    number: str
    kind: Kind
    title: str
    state: LegacyState
    filed_on: date
    due_on: date | None = None
    registration_number: str | None = None


class LegacyFeeDue(Model, personal=("payer",)):
    """The applicant wants to pay what the old system had reckoned: an order is to be opened."""

    application_id: str
    account_id: str
    title: str
    serial_number: str
    payer: str
    amount: int = Field(description="fen")
    pay_by: date


class LegacyCaseApproved(Model, personal=("particulars",)):
    """The applicant has taken the result: the archive is to enter it into the register in the old series."""

    application_id: str
    account_id: str
    kind: Kind
    category: str | None
    title: str
    serial_number: str
    acceptance_number: str
    particulars: LegacyParticulars
    decided_at: datetime
    decided_by: str


class LegacyCaseMoved(Model):
    """An old case that was gone on with here is another account's from now on: its old account was joined to that."""

    application_id: str
    account_id: str
    moved_at: datetime


class LegacyCaseEnded(Model):
    """It has come to its end without a registration. ``unpaid``: before we heard that its fee had come."""

    application_id: str
    account_id: str
    outcome: Literal["refused", "lapsed"]
    unpaid: bool = False
    ended_at: datetime


class LegacyCaseAdvanced(Model, personal=("text",)):
    """Its account has to hear of it: the case stands in another state than before; or, where ``state`` is
    ``previous``, the period of its applicant has begun; or that period is ``ending``.

    ``text``: what the office asks for, or why it refuses. ``amount``: fen still to be paid, of *fee_due*.
    """

    application_id: str
    account_id: str
    title: str
    serial_number: str
    acceptance_number: str
    state: LegacyState
    previous: LegacyState
    ending: bool = False
    due_on: date | None = Field(default=None, description="last day of the period that runs")
    text: str = ""
    amount: int = 0
    registration_number: str | None = None
    advanced_at: datetime


class LegacyCaseCompleted(Model):
    """It is registered, and from now on the archive's."""

    application_id: str
    account_id: str
    kind: Kind
    registration_number: str
    completed_at: datetime
