"""The works of a batch from end to end: as rows, and as the spreadsheet with what is wrong said at its cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from contracts.batches import (
    GET_BATCH,
    LIST_BATCH_ROWS,
    RENDER_BATCH_SHEET,
    BatchRef,
    BatchRowView,
    CellComment,
    ListBatchRows,
    RenderBatchSheet,
)
from contracts.forms import FilingType
from contracts.objects import DocumentRef

from gateway.batches.words import place, told
from gateway.web.calls import call
from gateway.web.languages import language

AT_ONCE = 200
MOST_COMMENTS = 20_000
"""As the contract allows."""
LONGEST = 1900
"""Characters of a comment."""


def all_rows(batch_id: str, **narrowed: Any) -> Iterator[BatchRowView]:
    """Every work in the order of the sheet; one call for every 200. Problem ``batch_unknown``."""
    cursor: str | None = None
    while True:
        asked = ListBatchRows(batch_id=batch_id, cursor=cursor, limit=AT_ONCE, language=language(), **narrowed)
        page = call(LIST_BATCH_ROWS, asked)
        yield from page.items
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def commented_sheet(batch_id: str, rows: Literal["failed", "all"]) -> DocumentRef:
    """The works that failed, or all, with comments in the reader's language on what can still be changed. Problem
    ``batch_unknown``."""
    batch = call(GET_BATCH, BatchRef(batch_id=batch_id))
    narrowed = {"state": "failed"} if rows == "failed" else {}
    told = (row for row in all_rows(batch_id, **narrowed) if row.state not in ("filed", "accepted"))
    comments = [comment for row in told for comment in comments_of(row, batch.type) if comment.text]
    asked = RenderBatchSheet(batch_id=batch_id, rows=rows, language=language(), comments=comments[:MOST_COMMENTS])
    return call(RENDER_BATCH_SHEET, asked)


def comments_of(row: BatchRowView, filing_type: FilingType) -> Iterator[CellComment]:
    """One for each problem; where the sheet has no cell for it, with what it is about."""
    for problem in row.problems:
        text = told(problem)
        about = "" if problem.column else place(problem, filing_type)
        said = "\n".join(part for part in (about, text.sentence, text.remedy) if part)
        yield CellComment(row=row.key, column=problem.column, text=said[:LONGEST])
