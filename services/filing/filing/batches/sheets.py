"""The spreadsheets that an organisation downloads: the empty template, and its own with comments at the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from chassis.green import offload
from chassis.uow import UnitOfWork
from contracts.batches import CellComment, RenderBatchSheet, RenderBatchTemplate
from contracts.objects import DocumentRef

from filing.batches.store import BatchWork, works_in
from filing.batches.views import readable_batch
from filing.batches.workbook.columns import KEY
from filing.batches.workbook.template import FilledRow, filled, template
from filing.drafts.handlers import type_in_force

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLES = {"zh": "批量登记", "en": "Batch"}


def render_batch_template(request: RenderBatchTemplate, uow: UnitOfWork) -> DocumentRef:
    """The empty spreadsheet of a type. Problem ``kind_not_open``."""
    filing_type, policy = type_in_force(request.type, uow, in_batches=True)
    data = offload(template, filing_type, policy, request.language)
    return _document(uow, data, f"template-{request.type}", f"{_TITLES[request.language]}-{policy.code}.xlsx")


def render_batch_sheet(request: RenderBatchSheet, uow: UnitOfWork) -> DocumentRef:
    """The rows that failed, or all, as they came in, with what the caller says of their cells. Problem
    ``batch_unknown``."""
    batch = readable_batch(uow, request.batch_id)
    filing_type, policy = type_in_force(batch.type, uow)
    works = works_in(uow.session, batch.id, *(("failed",) if request.rows == "failed" else ()))
    columns = {letters: path for path, (letters, _) in batch.layout["columns"].items()}
    comments = _by_row(request.comments)
    rows = [_row(work, columns, comments.get(work.key, ())) for work in works]
    paths = list(dict.fromkeys([*columns.values(), *(path for row in rows for path in row.values)]))
    others = list(dict.fromkeys(heading for row in rows for heading in row.others))
    made = partial(filled, filing_type, policy, request.language, paths, others, rows)
    return _document(uow, offload(made), f"sheet-{batch.id}", f"{batch.name}-{_TITLES[request.language]}.xlsx")


def _by_row(comments: Sequence[CellComment]) -> dict[str, list[CellComment]]:
    found: dict[str, list[CellComment]] = {}
    for comment in comments:
        found.setdefault(comment.row, []).append(comment)
    return found


def _row(work: BatchWork, columns: Mapping[str, str], comments: Sequence[CellComment]) -> FilledRow:
    """``columns``: paths by letters, as the newest sheet has them; the row may have come with another."""
    values: dict[str, Any] = {cell["path"]: cell["value"] for cell in work.cells if cell["path"]}
    rest = {cell["heading"]: cell["value"] for cell in work.cells if not cell["path"] and cell["heading"]}
    paths = {**columns, **{cell["column"]: cell["path"] for cell in work.cells if cell["path"]}}
    values[KEY] = work.key
    said: dict[str, str] = {}
    for comment in comments:
        path = paths.get(comment.column, KEY)
        said[path] = f"{said[path]}\n{comment.text}" if path in said else comment.text
    return FilledRow(values, rest, said)


def _document(uow: UnitOfWork, data: bytes, document_id: str, file_name: str) -> DocumentRef:
    return DocumentRef(
        document_id=document_id,
        kind="spreadsheet",
        title=file_name,
        file_name=file_name,
        content_type=XLSX,
        object=offload(uow.objects.put_bytes, data),
        issued_at=uow.legal_now(),
    )
