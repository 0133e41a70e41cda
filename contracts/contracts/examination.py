"""Contracts of filing's staff side: paper receipt and examination."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.filing import ApplicationView, State
from contracts.forms import FilingType, Kind
from contracts.paging import Page, QueueTotals
from contracts.text import Compact, Paragraphs


class ReceivePaper(Model):
    serial_number: Annotated[str, Compact(40)]


class PaperReceipt(Model):
    application_id: str
    serial_number: str
    title: str
    received_at: datetime
    already: bool = Field(description="true when this scan repeats an earlier one")


class ListExaminations(Page):
    """``queue``: unclaimed, mine, second (waiting for a second examiner), awaiting_paper, all.

    Intake clerks see awaiting_paper only. ``kind``: cases of one kind alone, as examiners share out the work.
    """

    queue: Literal["unclaimed", "mine", "second", "awaiting_paper", "all"] = "unclaimed"
    kind: Kind | None = None


class ExaminationSummary(Model):
    application_id: str
    kind: Kind
    category: str | None
    title: str
    serial_number: str
    acceptance_number: str | None
    state: State
    accepted_on: date | None
    due_on: date | None
    overdue: bool
    examiner_id: str | None
    warnings: int = Field(description="pre-check findings worth a look")
    hurried: bool = Field(default=False, description="expedited: due_on is the promised day where that is earlier")
    needs_reason: bool = Field(default=False, description="another one of its kind that waits is due earlier")


class ExaminationList(Model):
    items: list[ExaminationSummary]
    next_cursor: str | None = None
    counts: dict[str, int] = Field(description="queue → cases in it, of the kind that was asked for")
    kinds: dict[str, int] = Field(default={}, description="kind → cases in the queue that was asked for")


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


class Defect(Model):
    target: str = Field(max_length=100, description="form field or material id")
    page: int | None = Field(default=None, ge=1, le=1_000_000)
    message: Annotated[str, Paragraphs(2000)]


class DecideExamination(Model):
    """A refusal counts when a second examiner decides the same. ``correct`` needs defects, ``refuse`` a reason."""

    application_id: Identifier
    decision: Literal["approve", "correct", "refuse"]
    defects: list[Defect] = Field(default=[], max_length=200)
    reason: Annotated[str, Paragraphs(3000)] = ""


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


class StandardDefects(Model):
    items: list[StandardDefect]


_S = "filing"
_EXAMINERS = staff("examiner", "senior_examiner")
RECEIVE_PAPER = RpcMethod(_S, "receive_paper", ReceivePaper, PaperReceipt, staff("intake"), "command")
LIST_EXAMINATIONS = RpcMethod(
    _S, "list_examinations", ListExaminations, ExaminationList, staff("examiner", "senior_examiner", "intake")
)
TOTAL_EXAMINATIONS = RpcMethod(
    _S, "total_examinations", Empty, ExaminationTotals, staff("examiner", "senior_examiner", "intake")
)
CLAIM_EXAMINATION = RpcMethod(_S, "claim_examination", ClaimExamination, ApplicationView, _EXAMINERS, "command")
RELEASE_EXAMINATION = RpcMethod(_S, "release_examination", ExaminationRef, ApplicationView, _EXAMINERS, "command")
DECIDE_EXAMINATION = RpcMethod(_S, "decide_examination", DecideExamination, ApplicationView, _EXAMINERS, "command")
LIST_STANDARD_DEFECTS = RpcMethod(_S, "list_standard_defects", ListStandardDefects, StandardDefects, _EXAMINERS)
