"""Reading a filled spreadsheet: which column is which, and what each row says for the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool
from chassis.workbooks import Cell, Workbook, read_workbook
from chassis.workbooks import Sheet as WorkbookSheet
from chassis.workbooks.reading import Number

from filing.batches.workbook.columns import KEY, Column, columns_of, described
from filing.batches.workbook.values import Unreadable, Words, as_text, folded, names_in, value_of, words_of
from filing.forms.policy import FormPolicy
from filing.types import TYPES
from filing.types.filing_type import FilingType

MOST_ROWS = 1_200
"""Rows that are read: those of a whole batch, and some to say that there are too many."""
MOST_ENTRIES = 30
"""Entries of a list that a sheet may have columns for."""
MARK = "#"
"""Begins the hidden row that says which column is which: ``#work_registration``, then the paths."""
_HEAD_WITHIN = 15
_EXAMPLES = ("示例", "example")
"""How the key of a row begins that is none of a work, as the template says of them."""
_NOTES = ("填写说明", "notes")
_STARS = "*＊ "
"""Around a heading that has to be filled in."""
_FEWEST = 3
"""Headings from which on a row is taken for the one that names the columns."""


@dataclass(frozen=True)
class SheetRow:
    """One work. ``files``: names by role; ``unread``: problems of cells that say nothing their field can be."""

    line: int
    key: str
    title: str
    cells: list[dict[str, Any]]
    form: dict[str, Any]
    files: dict[str, list[str]]
    unread: list[dict[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """``layout``: {columns: {path: [letters, heading]}, others: [[letters, heading]]}. ``refusal``: {code, params}."""

    rows: list[SheetRow] = field(default_factory=list)
    layout: dict[str, Any] = field(default_factory=lambda: {"columns": {}, "others": []})
    notes: list[dict[str, Any]] = field(default_factory=list)
    refusal: dict[str, Any] | None = None


def open_sheet(path: Path | str, filing_type: FilingType[Any], policy: FormPolicy, *, pool: ConfinedPool) -> Sheet:
    """The rows of a spreadsheet, or why it cannot be taken: ``workbook_…``, ``sheet_columns_missing``,
    ``sheet_other_type``, ``sheet_empty``, ``sheet_too_many_rows``."""
    workbook = read_workbook(path, pool, rows=MOST_ROWS + _HEAD_WITHIN)
    if workbook.refusal:
        return _refused(workbook.refusal, **workbook.params)
    return read_sheet(workbook, filing_type, policy)


def read_sheet(workbook: Workbook, filing_type: FilingType[Any], policy: FormPolicy) -> Sheet:
    """:func:`open_sheet` of a workbook that was read."""
    form = _Form(filing_type, policy)
    heads = [(sheet, head) for sheet in workbook.sheets if sheet.visible and (head := _head(sheet, form))]
    if not heads:
        return _refused("sheet_columns_missing")
    sheet, head = heads[0]
    if head.type and head.type != filing_type.name:
        return _refused("sheet_other_type", type=head.type)
    if form.title not in head.paths.values():
        return _refused("sheet_columns_missing", heading=form.columns[form.title].heading)
    rows = list(_rows(sheet, head, form))
    if not rows:
        return _refused("sheet_empty")
    if sheet.cut or len(rows) > MOST_ROWS:
        return _refused("sheet_too_many_rows", rows=len(rows), limit=MOST_ROWS)
    return Sheet(rows, head.layout(sheet, form), _notes(workbook, sheet, head, {row.line for row in rows}))


class _Form:
    """What the columns of a type may be, in both languages."""

    def __init__(self, filing_type: FilingType[Any], policy: FormPolicy) -> None:
        in_zh, in_en = (
            {one.path: one for one in columns_of(described(filing_type, policy, language), MOST_ENTRIES)}
            for language in ("zh", "en")
        )
        self.columns: dict[str, Column] = in_zh
        self.title = filing_type.fields.title_field
        self.words: dict[str, Words] = {}
        self.by_heading: dict[str, str] = {}
        self.fixed = filing_type.fields.own
        for path, column in in_zh.items():
            for heading in (column.heading, in_en[path].heading):
                self.by_heading.setdefault(folded(heading.strip(_STARS)), path)
            if column.field is not None:
                self.words[path] = words_of([one.field for one in (column, in_en[path]) if one.field is not None])


@dataclass(frozen=True)
class _Head:
    """``paths``: by number of column; ``others``: headings that are none of the form's."""

    row: int
    type: str
    paths: Mapping[int, str]
    headings: Mapping[int, str]

    @property
    def others(self) -> dict[int, str]:
        return {number: said for number, said in self.headings.items() if number not in self.paths}

    def layout(self, sheet: WorkbookSheet, form: _Form) -> dict[str, Any]:
        columns = {
            path: [letters(sheet.left + number), self.headings.get(number) or form.columns[path].heading]
            for number, path in self.paths.items()
        }
        return {"columns": columns, "others": [[letters(sheet.left + n), said] for n, said in self.others.items()]}


def _head(sheet: WorkbookSheet, form: _Form) -> _Head | None:
    """By the hidden row of the template; a sheet of one's own is known by its headings, of which one may begin like a
    mark (``# 编号``). Below the hidden row, what has no known heading is a work already."""
    head: _Head | None = None
    for index, row in enumerate(sheet.rows[:_HEAD_WITHIN]):
        said = {number: as_text(cell).strip() for number, cell in enumerate(row) if cell is not None}
        marks = {number: type_ for number, text in said.items() if (type_ := _marked(text))}
        if marks:
            named = {number: text for number, text in said.items() if text in form.columns}
            head = _Head(index, next(iter(marks.values())), named | dict.fromkeys(marks, KEY), {})
            continue
        labelled = {number: path for number, text in said.items() if (path := _by_heading(text, form))}
        if head is not None and (len(labelled) >= _FEWEST or (labelled and index == head.row + 1)):
            return _Head(index, head.type, head.paths, said)
        if head is None and len(labelled) >= _FEWEST:
            return _Head(index, "", labelled, said)
    return head


def _marked(text: str) -> str:
    """The filing type that a cell of the hidden row names, if it is one."""
    type_ = text[len(MARK) :].partition("@")[0] if text.startswith(MARK) else ""
    return type_ if type_ in TYPES else ""


def _by_heading(text: str, form: _Form) -> str | None:
    return form.by_heading.get(folded(text.strip(_STARS)))


def _rows(sheet: WorkbookSheet, head: _Head, form: _Form) -> Iterator[SheetRow]:
    keys: dict[str, int] = {}
    for index, row in enumerate(sheet.rows[head.row + 1 :], start=head.row + 1):
        cells = {number: cell for number, cell in enumerate(row) if _says_something(cell)}
        key = next((as_text(cells[n]).strip() for n, path in head.paths.items() if path == KEY and n in cells), "")
        if not cells or folded(key).startswith(_EXAMPLES) or folded(key) in _NOTES:
            continue
        line = sheet.first + index
        yield _row(sheet, head, form, cells, line, key[:60] or f"row {line}", keys)


def _says_something(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _row(
    sheet: WorkbookSheet,
    head: _Head,
    form: _Form,
    cells: Mapping[int, Cell],
    line: int,
    key: str,
    keys: dict[str, int],
) -> SheetRow:
    data: dict[str, Any] = {}
    files: dict[str, list[str]] = {}
    unread: list[dict[str, Any]] = []

    def unreadable(path: str, code: str, params: Mapping[str, str | int], number: int) -> None:
        place = {"column": letters(sheet.left + number), "heading": head.headings.get(number, "")}
        unread.append({"field": path, "code": code, "severity": "error", "params": dict(params), **place})

    for number, cell in cells.items():
        path = head.paths.get(number)
        column = form.columns.get(path or "")
        if path is None or column is None or path == KEY:
            continue
        if column.field is None:
            files[path.removeprefix("materials.")] = names_in(cell)
            continue
        try:
            _put(data, path, value_of(column.field, cell, form.words[path]))
        except Unreadable as error:
            unreadable(path, error.code, error.params, number)
    if key in keys:
        number = next(n for n, path in head.paths.items() if path == KEY)
        unreadable(KEY, "row_key_twice", {"line": keys[key]}, number)
        key = f"{key} ({line})"
    keys[key] = line
    kept = [
        {
            "column": letters(sheet.left + number),
            "path": head.paths.get(number, ""),
            "heading": head.headings.get(number, ""),
            "value": _kept(cell),
        }
        for number, cell in cells.items()
    ]
    whole = _whole(data, form)
    return SheetRow(line, key, str(data.get(form.title, ""))[:200], kept, whole, files, unread)


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Numbers of entries are keys for now: a row may leave entries out."""
    *way, last = path.split(".")
    for part in way:
        data = data.setdefault(part, {})
    data[last] = value


def _whole(data: dict[str, Any], form: _Form) -> dict[str, Any]:
    """With lists in the place of numbered entries; the applicant's own stands first where the form has one."""
    whole: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict) and value and all(part.isdecimal() for part in value):
            entries = [value[number] for number in sorted(value, key=int)]
            whole[name] = [{form.fixed[name]: True}, *entries] if name in form.fixed else entries
        else:
            whole[name] = value
    return whole


def _kept(cell: Cell) -> Any:
    """A cell as JSON, to be written again as it was."""
    if isinstance(cell, Number):
        return cell.digits
    return {"date": cell.isoformat()} if isinstance(cell, date) else cell


def _notes(workbook: Workbook, sheet: WorkbookSheet, head: _Head, lines: set[int]) -> list[dict[str, Any]]:
    """What is said of the sheet as a whole: nothing of it keeps anything from being filed."""
    notes: list[dict[str, Any]] = []
    if workbook.macros:
        notes.append({"code": "sheet_macros", "params": {}})
    if sheet.merged and any(sheet.rows):
        notes.append({"code": "sheet_merged_cells", "params": {"count": sheet.merged}})
    if hidden := sorted(lines & set(sheet.hidden)):
        notes.append({"code": "sheet_hidden_rows", "params": {"count": len(hidden), "line": hidden[0]}})
    if head.others:
        named = "、".join(said for said in list(head.others.values())[:5] if said)
        notes.append({"code": "column_unknown", "params": {"count": len(head.others), "names": named[:200]}})
    return notes


def letters(number: int) -> str:
    """The letters of a column, A for 0."""
    said = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        said = chr(ord("A") + rest) + said
    return said


def _refused(code: str, **params: Any) -> Sheet:
    return Sheet(refusal={"code": code, "params": params})
