"""What is wrong with a batch and its works, in words: contracts carry codes, and of pre-checks what they found."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import FieldError
from contracts.batches import (
    LIST_BATCH_ROWS,
    BatchNote,
    BatchProblem,
    BatchProblemCount,
    BatchRowView,
    BatchView,
    ListBatchRows,
)
from contracts.forms import FilingType
from flask_babel import gettext as _

from gateway.forms.descriptions import describe
from gateway.forms.words import label
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.problems import field_message
from gateway.web.texts import Text, known, problem_text

MOST_ASKED = 12
"""Kinds of findings whose words are looked for in a row that has one."""


@dataclass(frozen=True)
class ToldKind:
    """A kind of problem with the rows that have it."""

    code: str
    message: str
    rows: int
    severity: str


def told(problem: BatchProblem) -> Text:
    """Sentence and remedy of a problem of a row."""
    if problem.message:
        return Text(problem.message, problem.remedy)
    sentence = field_message(FieldError(problem.field, problem.code, problem.params), language())
    if not known(problem.code):
        return Text(sentence, "")
    if nearest := problem.params.get("nearest"):
        return Text(sentence, str(_("是不是“%(nearest)s”？请从下拉选项里选。", nearest=nearest)))
    return Text(sentence, problem_text(problem.code, problem.params, language()).remedy)


def told_note(note: BatchNote) -> Text:
    """Sentence and remedy of what concerns the spreadsheet or the archive as a whole."""
    return problem_text(note.code, note.params, language())


def place(problem: BatchProblem, filing_type: FilingType) -> str:
    """Where in the sheet: ``C 列“名称”``; without a column what the form calls it, and why there is none; nothing for
    the row as a whole."""
    heading = problem.heading.rstrip("*＊ ")
    if problem.column and heading:
        return str(_("%(column)s 列“%(heading)s”", column=problem.column, heading=heading))
    if problem.column:
        return str(_("%(column)s 列", column=problem.column))
    described = describe(filing_type)
    words = label(described, problem.field)
    if not words:
        return ""
    top, _sep, number = problem.field.partition(".")
    listed = described.field(top)
    if listed is not None and listed.fixed and number.partition(".")[0] == "0":
        return str(_("%(what)s（就是本单位，不在表格里填）", what=words))
    return str(_("%(what)s（表格里没有这一列）", what=words))


def row_in_words(row: BatchRowView) -> BatchRowView:
    """The same row, each of its problems with sentence and remedy."""
    said = [
        problem.model_copy(update={"message": text.sentence, "remedy": text.remedy})
        for problem in row.problems
        for text in [told(problem)]
    ]
    return row.model_copy(update={"problems": said})


def kinds_of(batch: BatchView) -> list[ToldKind]:
    """The kinds of problems, errors first, each in a sentence. What pre-checks find is said as in the first row that
    has it."""
    asked = 0
    found: list[ToldKind] = []
    for count in sorted(batch.by_code, key=lambda one: one.severity != "error"):
        if known(count.code) and not count.finding:
            message = problem_text(count.code, {}, language()).sentence
        else:
            message = _as_in_a_row(batch.batch_id, count) if asked < MOST_ASKED else count.code
            asked += 1
        found.append(ToldKind(count.code, message, count.rows, count.severity))
    return found


def _as_in_a_row(batch_id: str, count: BatchProblemCount) -> str:
    asked = ListBatchRows(batch_id=batch_id, code=count.code, limit=1, language=language())
    rows = call(LIST_BATCH_ROWS, asked).items
    found = (problem.message for row in rows for problem in row.problems if problem.code == count.code)
    return next(found, "") or count.code
