"""What is said of a batch's rows, in the reader's language, and the spreadsheet that says it at the cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from chassis.errors import FieldError
from contracts.batches import (
    LIST_BATCH_ROWS,
    RENDER_BATCH_SHEET,
    BatchNote,
    BatchProblem,
    BatchRowView,
    CellComment,
    ListBatchRows,
    RenderBatchSheet,
    RowState,
)
from contracts.objects import DocumentRef

from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.problems import field_message
from gateway.web.texts import known, problem_text

_COMMENTS = 20_000


def all_rows(batch_id: str, state: RowState | None = None) -> Iterator[BatchRowView]:
    """Every row of a batch, page by page."""
    cursor: str | None = None
    while True:
        asked = ListBatchRows(batch_id=batch_id, state=state, cursor=cursor, limit=200, language=language())
        found = call(LIST_BATCH_ROWS, asked)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def commented_sheet(batch_id: str, rows: Literal["failed", "all"]) -> DocumentRef:
    """The spreadsheet with what is wrong said at each cell, in the reader's language."""
    comments = [
        CellComment(line=row.line, column=problem.column, text=" ".join(words_of(problem)))
        for row in all_rows(batch_id, "failed" if rows == "failed" else None)
        for problem in row.problems
    ]
    asked = RenderBatchSheet(batch_id=batch_id, rows=rows, language=language(), comments=comments[:_COMMENTS])
    return call(RENDER_BATCH_SHEET, asked)


def note_words(note: BatchNote) -> tuple[str, str]:
    """What is said of a sheet or an archive as a whole, and what to do about it."""
    text = problem_text(note.code, note.params, language())
    return text.sentence, text.remedy


def known_words(code: str) -> str:
    """What is wrong, without saying where."""
    return problem_text(code if known(code) else "material_failed", {}, language()).sentence


def words_of(problem: BatchProblem) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    if problem.message:
        return problem.message, problem.remedy
    error = FieldError(problem.field, problem.code, problem.params)
    return field_message(error, language()), problem_text(problem.code, problem.params, language()).remedy
