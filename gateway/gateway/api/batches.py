"""批量登记: the template, a batch from its spreadsheet to its numbers, and its rows."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import ACCOUNT, SIGNED_IN, Identifier
from contracts.batches import (
    CORRECT_BATCH,
    CREATE_BATCH,
    DISCARD_BATCH,
    GET_BATCH,
    LIST_BATCH_ROWS,
    LIST_BATCHES,
    PREPARE_BATCH,
    RENDER_BATCH_TEMPLATE,
    Awaited,
    BatchList,
    BatchRef,
    BatchRows,
    BatchView,
    CorrectBatch,
    CreateBatch,
    ListBatches,
    ListBatchRows,
    PrepareBatch,
    RenderBatchTemplate,
    RowState,
)
from contracts.forms import FilingType
from contracts.paging import Page
from contracts.payment import FeeEstimate
from contracts.text import Line, OneTimeCode
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.batches.sheets import commented_sheet
from gateway.batches.signing import declaration_of, sign_and_submit
from gateway.batches.words import row_in_words
from gateway.uploads.receipt import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.fees import fee_of_works
from gateway.web.languages import language

routes = ApiGroup("batches", _l("批量登记"))


class NewBatch(BaseModel):
    """``spreadsheet``, ``archive``: ids of finished uploads; purposes *batch_sheet* and *batch_archive*."""

    model_config = ConfigDict(extra="forbid")

    type: FilingType
    spreadsheet: Identifier
    archive: Identifier | None = None
    name: Annotated[str, Line(100)] = ""


class BatchCorrection(BaseModel):
    """Rows and files that come again; with neither, everything is looked at again with what was changed in drafts."""

    model_config = ConfigDict(extra="forbid")

    spreadsheet: Identifier | None = None
    archive: Identifier | None = None


class BatchDeclaration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    without_failed: bool = False


class BatchWithFee(BatchView):
    """``fee``: while it waits for the signature, what would be owed for it today."""

    fee: FeeEstimate | None = None


class BatchSubmission(BaseModel):
    """``otp``: a code sent for purpose *sign*. ``sha256`` pins what is signed to the declaration that was read."""

    model_config = ConfigDict(extra="forbid")

    otp: Annotated[str, OneTimeCode(20)]
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class RowsQuery(Page):
    state: RowState | None = None
    code: Identifier | None = None
    case_state: Identifier | None = None
    waiting_for: Awaited | None = None


class SheetQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: Literal["failed", "all"] = "failed"


@routes.get(
    "/batch-templates/<type>",
    _l("批量登记的表格模板"),
    access=SIGNED_IN,
    raw=True,
    content_type="*/*",
    problems=("kind_not_open",),
)
def batch_template(type: FilingType) -> Response:
    """A workbook (.xlsx) to fill in: one row a work, with drop-downs, notes and an example."""
    return deliver(call(RENDER_BATCH_TEMPLATE, RenderBatchTemplate(type=type, language=language())))


@routes.post(
    "/batches",
    _l("上传一批作品"),
    access=ACCOUNT,
    body=NewBatch,
    reply=BatchView,
    status=202,
    problems=(
        "batch_organisations_only",
        "not_verified",
        "kind_not_open",
        "receipt_invalid",
        "upload_unknown",
        "work_too_many",
    ),
)
def create_batch(body: NewBatch) -> BatchView:
    """Organisations only. Nothing is filed: every row and file is checked; `GET` it until `checked`."""
    return call(
        CREATE_BATCH,
        CreateBatch(
            type=body.type,
            spreadsheet=receipt_for(body.spreadsheet).token,
            archive=receipt_for(body.archive).token if body.archive else None,
            name=body.name,
        ),
    )


@routes.get("/batches", _l("我的批量登记"), access=SIGNED_IN, reply=BatchList, query=ListBatches)
def list_batches(query: ListBatches) -> BatchList:
    """The newest first; of customer service, those that the caller looks after."""
    return call(LIST_BATCHES, query)


@routes.get("/batches/<batch_id>", _l("一批作品"), access=SIGNED_IN, reply=BatchWithFee, problems=("batch_unknown",))
def get_batch(batch_id: str) -> BatchWithFee:
    """How far it is, what is wrong with how many rows, its order and its adviser; before it is signed, what it would
    cost today."""
    found = fetch(batch_id)
    return BatchWithFee(**dict(found), fee=fee_of_works(found.charged))


@routes.get(
    "/batches/<batch_id>/rows",
    _l("一批作品的各行"),
    access=SIGNED_IN,
    reply=BatchRows,
    query=RowsQuery,
    problems=("batch_unknown",),
)
def list_rows(batch_id: str, query: RowsQuery) -> BatchRows:
    """In the order of the sheet, each with its problems by column, its case and its numbers."""
    found = call(LIST_BATCH_ROWS, ListBatchRows(batch_id=batch_id, language=language(), **query.model_dump()))
    return found.model_copy(update={"items": [row_in_words(row) for row in found.items]})


@routes.get(
    "/batches/<batch_id>/sheet",
    _l("带批注的表格"),
    access=SIGNED_IN,
    raw=True,
    content_type="*/*",
    query=SheetQuery,
    problems=("batch_unknown",),
)
def get_sheet(batch_id: str, query: SheetQuery) -> Response:
    """The rows that failed, or all, as they came in, with a comment at each cell that is wrong; to be sent again."""
    return deliver(commented_sheet(batch_id, query.rows))


@routes.post(
    "/batches/<batch_id>/corrections",
    _l("重新上传有问题的行或文件"),
    access=ACCOUNT,
    body=BatchCorrection,
    reply=BatchView,
    status=202,
    problems=("batch_unknown", "batch_state", "receipt_invalid", "upload_unknown", "work_too_many"),
)
def correct_batch(batch_id: str, body: BatchCorrection) -> BatchView:
    """Rows take the place of those with the same key; files, of those with the same path."""
    return call(
        CORRECT_BATCH,
        CorrectBatch(
            batch_id=batch_id,
            spreadsheet=receipt_for(body.spreadsheet).token if body.spreadsheet else None,
            archive=receipt_for(body.archive).token if body.archive else None,
        ),
    )


@routes.post(
    "/batches/<batch_id>/declaration",
    _l("生成整批的声明"),
    access=ACCOUNT,
    body=BatchDeclaration,
    reply=BatchView,
    status=202,
    problems=("batch_unknown", "batch_state", "batch_empty", "batch_rows_failed", "work_too_many"),
)
def prepare_batch(batch_id: str, body: BatchDeclaration) -> BatchView:
    """Prints all that is signed; `GET` the batch until `prepared`, then read its declaration."""
    return call(PREPARE_BATCH, PrepareBatch(batch_id=batch_id, without_failed=body.without_failed))


@routes.get(
    "/batches/<batch_id>/declaration",
    _l("整批的声明"),
    access=SIGNED_IN,
    raw=True,
    content_type="*/*",
    problems=("batch_unknown", "document_unknown"),
)
def get_declaration(batch_id: str) -> Response:
    """What is signed, as PDF: every work with the SHA-256 of its application form and of its files."""
    return deliver(declaration_of(fetch(batch_id)))


@routes.post(
    "/batches/<batch_id>/submission",
    _l("签名并提交整批"),
    access=ACCOUNT,
    body=BatchSubmission,
    reply=BatchView,
    status=202,
    problems=("batch_unknown", "batch_state", "batch_outdated", "otp_wrong", "otp_expired", "not_verified"),
)
def submit_batch(batch_id: str, body: BatchSubmission) -> BatchView:
    """Signs the declaration once for all works and files them; one order follows."""
    return sign_and_submit(fetch(batch_id), body.sha256, body.otp)


@routes.post(
    "/batches/<batch_id>/discard",
    _l("放弃一批作品"),
    access=ACCOUNT,
    reply=BatchView,
    problems=("batch_unknown", "batch_state"),
)
def discard_batch(batch_id: str) -> BatchView:
    """Of a batch that was not filed."""
    return call(DISCARD_BATCH, BatchRef(batch_id=batch_id))


def fetch(batch_id: str) -> BatchView:
    """Problem ``batch_unknown``."""
    return call(GET_BATCH, BatchRef(batch_id=batch_id))
