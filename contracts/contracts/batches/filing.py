"""Contracts of batch registration (批量登记): an organisation files many works of one kind by a spreadsheet.

One signature, one order and one payment stand for all of its works; each work is an ordinary case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, SIGNED_IN, Identifier, Model, RpcMethod, Token
from contracts.batches.standing import (
    Adviser,
    Awaited,
    BatchCaseCount,
    BatchCounts,
    BatchNote,
    BatchOrder,
    BatchProblemCount,
    BatchState,
    BatchTurn,
    ChargedAlike,
    RowState,
    WaitsFor,
)
from contracts.forms import FilingType, Kind
from contracts.objects import DocumentRef
from contracts.paging import Page
from contracts.text import Line, Paragraphs

_S = "filing"
MOST_WORKS = 1000
"""Works in one batch."""
ADVISER_FROM = 50
"""Works from which on a batch has an adviser of customer service (客服专员)."""

Language = Literal["zh", "en"]


def is_batch(identifier: str) -> bool:
    """Whether something is named as batches are: messages lead to one or to a case."""
    return identifier.startswith("bat-")


class CreateBatch(Model):
    """``spreadsheet`` and ``archive``: receipts of finished uploads, a filled template and the ZIP of the files that it
    names. ``name``: what the organisation calls it; the file's name without."""

    type: FilingType
    spreadsheet: Token
    archive: Token | None = None
    name: Annotated[str, Line(100)] = ""


class CorrectBatch(Model):
    """Rows come again by their key: those that failed, or others. A new archive adds files and takes the place of those
    of the same name; without a spreadsheet the rows are those known already, and without either all are checked again,
    with what was changed in their drafts."""

    batch_id: Identifier
    spreadsheet: Token | None = None
    archive: Token | None = None


class BatchRef(Model):
    batch_id: Identifier


class PrepareBatch(Model):
    """``without_failed``: file the complete works alone; the others stay behind, in a sheet to download."""

    batch_id: Identifier
    without_failed: bool = False


class SubmitBatch(Model, personal=("evidence",)):
    """``evidence``: identity's, for the declaration of the batch."""

    batch_id: Identifier
    evidence: Token


class ListBatches(Page):
    """The caller's own, or those of which a member of customer service is the adviser; the newest first. ``text``: a
    part of the name or the organisation, the batch's id, or a serial or acceptance number of a work of it."""

    waits_for: WaitsFor | None = None
    text: Annotated[str, Line(100)] = ""


class ListBatchRows(Page, added=("language",)):
    """In the order of the sheet. ``state``, ``code`` (of a problem), ``case_state`` (of its case) and ``waiting_for``
    narrow down."""

    batch_id: Identifier
    state: RowState | None = None
    case_state: Identifier | None = None
    waiting_for: Awaited | None = None
    code: Identifier | None = None
    language: Language = "zh"


class RenderBatchTemplate(Model):
    type: FilingType
    language: Language = "zh"


class CellComment(Model):
    """What is said of a cell, in the reader's language. ``row``: its key, since several sheets have the same lines.
    ``column``: its letters; empty: of the whole row."""

    row: Annotated[str, Field(max_length=100)]
    column: Annotated[str, Field(max_length=3)] = ""
    text: Annotated[str, Paragraphs(2000)]


class RenderBatchSheet(Model):
    """The spreadsheet as it came in, with comments at the cells: the rows that failed, or all. Who asks says what the
    comments are: words are the gateway's."""

    batch_id: Identifier
    rows: Literal["failed", "all"] = "failed"
    language: Language = "zh"
    comments: list[CellComment] = Field(default=[], max_length=20_000)


class BatchView(Model):
    """``progress``: 0 to 1, of what is done now. ``refusal``: why the spreadsheet cannot be read; ``notes``: such as
    files that no row names. ``by_code``: in how many rows each problem stands. ``withdrawn``: filed works that were
    withdrawn since. ``by_case``: how many of the filed works stand where now, in the order of a case's life. ``turns``:
    what accepted works await of their organisation, the most urgent kind first."""

    batch_id: str
    account_id: str
    type: FilingType
    kind: Kind
    name: str
    state: BatchState
    version: int
    progress: float
    works: int
    counts: BatchCounts
    charged: list[ChargedAlike] = Field(default=[], description="of the works that wait to be signed for")
    warnings: int = Field(default=0, description="rows with warnings only")
    withdrawn: int = 0
    by_code: list[BatchProblemCount] = []
    by_case: list[BatchCaseCount] = []
    turns: list[BatchTurn] = []
    refusal: BatchNote | None = None
    notes: list[BatchNote] = []
    actions: list[Literal["correct", "prepare", "submit", "discard", "pay"]] = []
    declaration: DocumentRef | None = Field(default=None, description="what one signature signs for all works")
    order: BatchOrder | None = None
    adviser: Adviser | None = None
    documents: list[DocumentRef] = []
    created_at: datetime
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None


class BatchProblem(Model):
    """``column``: its letters in the sheet as it came in; empty for what concerns the row, or a field without one.
    ``field``: as of ``FieldProblem``, or ``files`` or ``row`` of what the sheet alone has. ``message`` and ``remedy``:
    what a pre-check found, in words; of all else the gateway has them."""

    column: str
    heading: str
    field: str
    code: str
    severity: Literal["error", "warning"]
    params: dict[str, str | int] = {}
    message: str = ""
    remedy: str = ""


class BatchRowView(Model):
    """``line``: its row in the sheet. ``key``: by which it comes again. ``waiting_for``: who must act next, as in
    ``ApplicationSummary``; ``due_on``: the last day for what it awaits of its organisation."""

    line: int
    key: str
    title: str
    state: RowState
    application_id: str | None = None
    case_state: str | None = None
    serial_number: str | None = None
    acceptance_number: str | None = None
    registration_number: str | None = None
    waiting_for: str = ""
    due_on: date | None = None
    amount: int | None = Field(default=None, description="fen, its share of the order")
    files: list[str] = []
    problems: list[BatchProblem] = []


class BatchRows(Model):
    items: list[BatchRowView]
    next_cursor: str | None = None


class BatchSummary(Model, personal=("operator_name",)):
    """A line of a list. ``organisation``, ``operator_name`` (经办人): told to the adviser."""

    batch_id: str
    type: FilingType
    name: str
    organisation: str = ""
    operator_name: str = ""
    state: BatchState
    waits_for: WaitsFor = "nobody"
    progress: float
    works: int
    failed: int
    counts: BatchCounts = BatchCounts()
    turns: list[BatchTurn] = []
    created_at: datetime
    pay_by: date | None = None


class BatchList(Model):
    """``counts``: how many fit for each of ``WaitsFor``, whichever is asked for."""

    items: list[BatchSummary]
    next_cursor: str | None = None
    counts: dict[str, int] = {}


RENDER_BATCH_TEMPLATE = RpcMethod(_S, "render_batch_template", RenderBatchTemplate, DocumentRef, SIGNED_IN)
RENDER_BATCH_SHEET = RpcMethod(_S, "render_batch_sheet", RenderBatchSheet, DocumentRef, SIGNED_IN)
CREATE_BATCH = RpcMethod(_S, "create_batch", CreateBatch, BatchView, ACCOUNT, "command", keep_reply=False)
CORRECT_BATCH = RpcMethod(_S, "correct_batch", CorrectBatch, BatchView, ACCOUNT, "command", keep_reply=False)
PREPARE_BATCH = RpcMethod(_S, "prepare_batch", PrepareBatch, BatchView, ACCOUNT, "command", keep_reply=False)
SUBMIT_BATCH = RpcMethod(_S, "submit_batch", SubmitBatch, BatchView, ACCOUNT, "command", keep_reply=False)
DISCARD_BATCH = RpcMethod(_S, "discard_batch", BatchRef, BatchView, ACCOUNT, "command", keep_reply=False)
GET_BATCH = RpcMethod(_S, "get_batch", BatchRef, BatchView, SIGNED_IN)
LIST_BATCHES = RpcMethod(_S, "list_batches", ListBatches, BatchList, SIGNED_IN)
LIST_BATCH_ROWS = RpcMethod(_S, "list_batch_rows", ListBatchRows, BatchRows, SIGNED_IN)

ERRORS = {
    "batch_unknown": 404,
    "batch_organisations_only": 403,
    "batch_state": 409,
    "batch_papers_being_made": 503,
    "batch_papers_in_parts": 409,
    "batch_rows_failed": 409,
    "batch_outdated": 409,
    "batch_empty": 422,
}
