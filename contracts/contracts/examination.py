"""Contracts of filing's staff side: paper receipt and examination."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.extracts import ExtractToken
from contracts.filing import ApplicationView, FieldProblem, State
from contracts.forms import FilingType, Kind
from contracts.paging import Page, QueueTotals
from contracts.text import Line, Paragraphs


class ReceivePaper(Model):
    """``serial_number``: what a scanner reads of any of our papers, or somebody types: serial number, acceptance
    number, id of the case, or an address that ends with one. ``received_on``: the day it came; today without one.
    ``complete``: what was missing of an earlier parcel has come; needed only where something was."""

    serial_number: Annotated[str, Line(200)]
    received_on: date | None = None
    complete: bool = False


class PaperReceipt(Model):
    application_id: str
    serial_number: str
    title: str
    received_at: datetime
    already: bool = Field(description="true when this scan repeats an earlier one")


class AskPaper(Model, added=("language",)):
    """``serial_number`` as in :class:`ReceivePaper`."""

    serial_number: Annotated[str, Line(200)]
    language: Literal["zh", "en"] = "zh"


class PaperLine(Model):
    """A line of the list of what comes on paper. ``missing``: by what was noted last of a parcel."""

    number: int
    title: str
    missing: bool = False


class AwaitedPaper(Model):
    """What comes on paper of a case. ``remark``: what was noted last in a clerk's own words."""

    application_id: str
    serial_number: str
    title: str
    papers: list[PaperLine]
    remark: str = ""
    due_on: date | None = None


class NotePaperDeficient(Model):
    """What was not in a parcel, told to the applicant. ``serial_number`` as in :class:`ReceivePaper`; ``papers``: which
    of the list of :class:`AwaitedPaper`, by their numbers; ``missing``: what else, in the clerk's words."""

    serial_number: Annotated[str, Line(200)]
    papers: list[Annotated[int, Field(ge=1, le=100)]] = Field(default=[], max_length=100)
    missing: Annotated[str, Paragraphs(500)] = ""


class DeficientPaper(Model):
    """``missing``: all that was noted."""

    application_id: str
    serial_number: str
    title: str
    missing: str
    noted_at: datetime


class CorrectPaperReceipt(Model):
    """``serial_number`` as in :class:`ReceivePaper`. ``step``: the paper has not come (*take_back*), or came on another
    day (*another_day*, which is ``received_on``). ``reason``: for staff alone, in the history of the case; the
    applicant is told what was corrected, not why."""

    serial_number: Annotated[str, Line(200)]
    step: Literal["take_back", "another_day"]
    received_on: date | None = None
    reason: Annotated[str, Paragraphs(500)]


class CorrectedReceipt(Model):
    """``received_at``: as it stands now; none when the receipt was taken back and paper is awaited again."""

    application_id: str
    serial_number: str
    title: str
    received_at: datetime | None
    due_on: date | None = Field(description="by when paper is to come, while it is awaited")
    already: bool = Field(default=False, description="true when it has this day already: nobody is told")


class ListExaminations(Page, personal=("text",)):
    """``queue``: unclaimed, mine, second (waiting for a second examiner), awaiting_paper, all (under way), decided.

    Of *decided*, the newest first, senior examiners see all, examiners what they had a part in; of the rest only
    ``kind`` and ``text`` count there. Intake clerks see awaiting_paper only. ``kind``: cases of one kind alone, as
    examiners share out the work; ``category``: works of one. ``corrected``: whose applicant has answered a correction;
    ``hurried``: expedited.
    """

    queue: Literal["unclaimed", "mine", "second", "awaiting_paper", "all", "decided"] = "unclaimed"
    kind: Kind | None = None
    category: str | None = Field(default=None, max_length=1)
    corrected: bool = False
    hurried: bool = False
    text: Annotated[str, Line(100)] = Field(default="", description="a number, or how title or applicant's name begins")
    waiting: bool = Field(default=False, description="with mine: what one has and others must act on, after the rest")


class ExaminationSummary(Model, personal=("applicant_name",)):
    application_id: str
    kind: Kind
    type: FilingType | None = None
    category: str | None
    title: str
    serial_number: str
    acceptance_number: str | None
    state: State
    accepted_on: date | None
    due_on: date | None
    paper_due_on: date | None = Field(default=None, description="by when its paper is to come, while it is awaited")
    paper_missing: str = Field(default="", description="what an earlier parcel lacked, while its paper is awaited")
    paper_awaited: bool = Field(default=False, description="it waits for paper, and nobody examines it before")
    paused: bool = Field(default=False, description="the period stands still, and due_on moves")
    waiting: bool = Field(default=False, description="of one's own: somebody else must act on it")
    overdue: bool
    examiner_id: str | None
    warnings: int = Field(description="pre-check findings worth a look")
    hurried: bool = Field(default=False, description="expedited: due_on is the promised day where that is earlier")
    applicant_name: str = ""
    corrected: bool = Field(default=False, description="its applicant has answered a correction")
    registration_number: str | None = None
    decided_on: date | None = Field(default=None, description="of *decided*: the day it was, or came to another end")
    needs_reason: bool = Field(default=False, description="another one of its type that waits is due earlier")


class ExaminationList(Model):
    items: list[ExaminationSummary]
    next_cursor: str | None = None
    counts: dict[str, int] = Field(description="queue → cases in it that fit, but decided; mine_waiting: if asked")
    kinds: dict[str, int] = Field(default={}, description="kind → cases that fit, of any kind; not of decided")


class ExaminationTotals(Model):
    """``queues``: by name, those that the caller may see."""

    queues: dict[str, QueueTotals]


class ExaminationRef(Model):
    application_id: Identifier


UNSTATED = "未说明"
"""The reason of a program that claims a case and gives none: it is recorded, so that it shows."""


class ClaimExamination(ExaminationRef):
    """``reason``: why this case and not one that is due earlier; needed only then."""

    reason: Annotated[str, Paragraphs(500)] = ""


class HandOverExamination(ExaminationRef):
    """``reason``: why somebody else takes the case; recorded, and for staff alone."""

    reason: Annotated[str, Paragraphs(500)] = ""


class Defect(Model):
    target: str = Field(max_length=100, description="form field or material id")
    page: int | None = Field(default=None, ge=1, le=1_000_000)
    message: Annotated[str, Paragraphs(2000)]


class CheckRegister(ExaminationRef, personal=("extract",), added=("extract",)):
    """``extract``: what the register says now of the registration that a case is about."""

    extract: ExtractToken


class RegisterChecked(Model):
    """What the register as it stands now has against a case that was filed: with any of it, nothing can be recorded."""

    problems: list[FieldProblem] = []


class AskCasesAbout(Model):
    registration_number: str = Field(max_length=60)


class CaseAbout(Model):
    application_id: str
    type: FilingType
    title: str
    serial_number: str
    state: State


class CasesAbout(Model):
    """Cases about a registration that are filed and not decided."""

    items: list[CaseAbout]


class DecideExamination(Model, personal=("extract",), added=("extract",)):
    """A refusal counts when a second examiner decides the same. ``correct`` needs defects, ``refuse`` a reason.
    ``version``: of the case as it was read; with it, nothing is decided about what has changed since.
    ``extract``: as in CheckRegister, of an approval."""

    application_id: Identifier
    decision: Literal["approve", "correct", "refuse"]
    defects: list[Defect] = Field(default=[], max_length=200)
    reason: Annotated[str, Paragraphs(3000)] = ""
    basis: str = Field(default="", max_length=100, description="of a refusal: code of a RefusalBasis, or in the reason")
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    extract: ExtractToken | None = None


class StandardDefect(Model):
    """A defect that is found often, in words for the applicant; ``{…}`` in them is for the examiner to fill in."""

    code: str
    ground: Literal["statutory", "practice"]
    leads_to: Literal["correction", "refusal"]
    field: str = Field(description="path of the form that it is about; empty for none")
    role: str = Field(description="role of material that it is about; empty for none")
    message: str
    basis: str = Field(description="the rule it rests on; empty for practice without one")


class ListStandardDefects(Model):
    type: FilingType
    language: Literal["zh", "en"] = "zh"


class RefusalBasis(Model):
    """A rule that a refusal may rest on; ``code`` names it in DecideExamination."""

    code: str
    words: str


class StandardDefects(Model):
    items: list[StandardDefect]
    bases: list[RefusalBasis] = []


_S = "filing"
_EXAMINERS = staff("examiner", "senior_examiner")
RECEIVE_PAPER = RpcMethod(_S, "receive_paper", ReceivePaper, PaperReceipt, staff("intake"), "command")
AWAITED_PAPER = RpcMethod(_S, "awaited_paper", AskPaper, AwaitedPaper, staff("intake"))
NOTE_PAPER_DEFICIENT = RpcMethod(
    _S, "note_paper_deficient", NotePaperDeficient, DeficientPaper, staff("intake"), "command"
)
CORRECT_PAPER_RECEIPT = RpcMethod(
    _S, "correct_paper_receipt", CorrectPaperReceipt, CorrectedReceipt, staff("intake"), "command"
)
LIST_EXAMINATIONS = RpcMethod(
    _S, "list_examinations", ListExaminations, ExaminationList, staff("examiner", "senior_examiner", "intake")
)
TOTAL_EXAMINATIONS = RpcMethod(
    _S, "total_examinations", Empty, ExaminationTotals, staff("examiner", "senior_examiner", "intake")
)
CLAIM_EXAMINATION = RpcMethod(_S, "claim_examination", ClaimExamination, ApplicationView, _EXAMINERS, "command")
RELEASE_EXAMINATION = RpcMethod(_S, "release_examination", ExaminationRef, ApplicationView, _EXAMINERS, "command")
HAND_OVER_EXAMINATION = RpcMethod(
    _S, "hand_over_examination", HandOverExamination, ApplicationView, staff("senior_examiner"), "command"
)
WITHDRAW_REFUSAL = RpcMethod(_S, "withdraw_refusal", ExaminationRef, ApplicationView, _EXAMINERS, "command")
DECIDE_EXAMINATION = RpcMethod(_S, "decide_examination", DecideExamination, ApplicationView, _EXAMINERS, "command")
CHECK_REGISTER = RpcMethod(_S, "check_register", CheckRegister, RegisterChecked, _EXAMINERS)
CASES_ABOUT = RpcMethod(_S, "cases_about", AskCasesAbout, CasesAbout, staff("archivist", "senior_examiner"))
LIST_STANDARD_DEFECTS = RpcMethod(_S, "list_standard_defects", ListStandardDefects, StandardDefects, _EXAMINERS)
