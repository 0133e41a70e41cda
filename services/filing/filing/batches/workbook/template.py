"""Writing the spreadsheet: empty to be filled in, or as it came back with a comment at each cell that is wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from filing.batches.workbook.asking import example_of, note_of
from filing.batches.workbook.columns import ENTRIES, KEY, Column, columns_of, described, needed_if_of
from filing.batches.workbook.reading import MARK
from filing.batches.workbook.values import YES_WORDS
from filing.forms.policy import FormPolicy
from filing.forms.words import Language
from filing.types.filing_type import FilingType

FIRST_ROW = 4
"""Rows above the works: the hidden one, headings, notes."""
VALIDATED = 2_000
_WORKS = {"zh": "作品", "en": "Works"}
_CODES = {"zh": "选项", "en": "Choices"}
_HELP = {"zh": "说明", "en": "How to"}
_NOTES = {"zh": "填写说明", "en": "Notes"}
_EXAMPLE = {"zh": "示例（不登记）", "en": "Example (not filed)"}
_HOW = {
    "zh": (
        "每行一件作品。标题带 *、底色发红的列每行必填；其他列只在说明里写的情况下填，否则留空。",
        "“行号”自己编，例如 W001。更正时系统按行号对应，不要改动。",
        "材料放进一个 ZIP 压缩包：在材料列写文件名；或者建一个与行号同名的文件夹，里面的文件作为样本。",
        "日期写成 2026-03-01 或 2026年3月1日。几个值之间用分号或换行。",
        "有下拉选项的列请从选项里选，全部选项在“选项”表里。",
        "本单位自动列为“著作权人 1”，表格里没有这一列；有共有人的，从“著作权人 2”填起，没有的都留空。",
        "“示例”开头的行不会登记，可以删去。列可以换位置，可以删去不用的列，也可以照样增加“作者4”等列。",
        "上传后逐行逐列检查，提交前不会登记任何作品。",
    ),
    "en": (
        "One row a work. Columns with a star * (in red) are required in every row; of the others the notes say when, "
        "and otherwise they stay empty.",
        "“Row” is a number of your own, such as W001. Corrections go by it: keep it.",
        "Put the files into one ZIP: name them in the columns of materials, or have a folder called like the row, "
        "whose files are the sample.",
        "Dates as 2026-03-01. Several values: semicolons or line breaks between.",
        "Where a column has a list, choose from it; all choices stand in the sheet “Choices”.",
        "Your organisation is “Owner 1” by itself and has no column; others begin with “Owner 2”, left empty if none.",
        "Rows that begin with “Example” are not filed. Columns may be moved or left out, "
        "and more such as “Author 4” added.",
        "Every row and column is checked after the upload; nothing is filed before you submit.",
    ),
}
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_HEADING, _REQUIRED, _WRONG, _NOTE = ("D9E2F0", "F6D9D5", "F8C9C4", "F4F1EA")


@dataclass(frozen=True)
class FilledRow:
    """A row as it came in: values by path and of columns that are none of the form's, with what is said of each."""

    values: Mapping[str, Any]
    others: Mapping[str, Any] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)


def template(filing_type: FilingType[Any], policy: FormPolicy, language: Language) -> bytes:
    """The empty spreadsheet (.xlsx): drop-downs, notes, an example row, a sheet of choices, a sheet of help."""
    columns = _asked(filing_type, policy, language, ENTRIES)
    return _write(filing_type.name, columns, [], [], language)


def filled(
    filing_type: FilingType[Any],
    policy: FormPolicy,
    language: Language,
    paths: Sequence[str],
    others: Sequence[str],
    rows: Sequence[FilledRow],
) -> bytes:
    """The spreadsheet with rows as they came in, to be mended and sent again. ``paths``: fields that had a column, of
    which some may be entries that the template has none for; ``others``: headings of further columns."""
    entries = max([int(part) + 1 for path in paths for part in path.split(".") if part.isdecimal()] or [0])
    columns = _asked(filing_type, policy, language, max(ENTRIES, entries))
    return _write(filing_type.name, columns, others, rows, language)


def _asked(filing_type: FilingType[Any], policy: FormPolicy, language: Language, entries: int) -> list[Column]:
    return columns_of(described(filing_type, policy, language), entries, needed_if_of(filing_type, policy))


def _write(
    type_: str, columns: Sequence[Column], others: Sequence[str], rows: Sequence[FilledRow], language: Language
) -> bytes:
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]  # a new workbook has a sheet
    sheet.title = _WORKS[language]
    codes = book.create_sheet(_CODES[language])
    _head(sheet, type_, columns, others, language)
    _lists(sheet, codes, columns, language)
    if rows:
        for number, row in enumerate(rows, start=FIRST_ROW):
            _row(sheet, number, columns, others, row)
    else:
        _example(sheet, columns, language)
    _help(book.create_sheet(_HELP[language]), language)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(sheet: Worksheet, type_: str, columns: Sequence[Column], others: Sequence[str], language: Language) -> None:

    by_path = {column.path: column for column in columns}
    for number, column in enumerate(columns, start=1):
        _text(sheet.cell(1, number), f"{MARK}{type_}" if column.path == KEY else column.path)
        heading: Any = sheet.cell(2, number)
        _text(heading, column.heading + ("*" if column.required else ""))
        heading.font = Font(bold=True)
        heading.fill = PatternFill("solid", fgColor=_REQUIRED if column.required else _HEADING)
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        note: Any = sheet.cell(3, number)
        _text(note, _NOTES[language] if column.path == KEY else note_of(column, by_path, language))
        note.font, note.fill = Font(size=9, italic=True), PatternFill("solid", fgColor=_NOTE)
        note.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = 14 if column.path == KEY else 24
    for number, other in enumerate(others, start=len(columns) + 1):
        _text(sheet.cell(2, number), other)
    sheet.row_dimensions[1].hidden = True
    sheet.row_dimensions[3].height = 72
    sheet.freeze_panes = f"B{FIRST_ROW}"


def _lists(sheet: Worksheet, codes: Worksheet, columns: Sequence[Column], language: Language) -> None:
    """Drop-downs, over a column of the sheet of choices each; those of several values are only listed there."""
    written: dict[str, str] = {}
    for number, column in enumerate(columns, start=1):
        if column.field is None:
            continue
        labels = [choice.label for choice in column.field.choices]
        if column.field.widget == "flag":
            labels = list(YES_WORDS[language])
        if not labels:
            continue
        if column.star not in written:
            at = len(written) + 1
            _text(codes.cell(1, at), column.heading)
            codes.cell(1, at).font = Font(bold=True)
            codes.column_dimensions[get_column_letter(at)].width = 28
            for line, label in enumerate(labels, start=2):
                _text(codes.cell(line, at), label)
            letter = get_column_letter(at)
            written[column.star] = f"'{codes.title}'!${letter}$2:${letter}${len(labels) + 1}"
        if column.field.widget in ("select", "radio", "flag"):
            rule = DataValidation("list", formula1=written[column.star], allow_blank=True, showErrorMessage=False)
            letter = get_column_letter(number)
            rule.add(f"{letter}{FIRST_ROW}:{letter}{VALIDATED}")
            sheet.add_data_validation(rule)


def _example(sheet: Worksheet, columns: Sequence[Column], language: Language) -> None:
    told = example_of(columns, language)
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(FIRST_ROW, number)
        _text(cell, _EXAMPLE[language] if column.path == KEY else told.get(column.path, ""))
        cell.font = Font(italic=True, color="808080")


def _row(sheet: Worksheet, number: int, columns: Sequence[Column], others: Sequence[str], row: FilledRow) -> None:
    for at, column in enumerate(columns, start=1):
        cell = sheet.cell(number, at)
        _value(cell, row.values.get(column.path))
        _comment(cell, row.comments.get(column.path))
    for at, heading in enumerate(others, start=len(columns) + 1):
        _value(sheet.cell(number, at), row.others.get(heading))


def _comment(cell: Any, words: str | None) -> None:
    if words:
        cell.comment = Comment(words, "registry", width=320, height=160)
        cell.fill = PatternFill("solid", fgColor=_WRONG)


def _value(cell: Any, value: Any) -> None:
    """As it came in: a day is a day; every text stays one, whatever it begins with."""
    if isinstance(value, dict) and "T" in value["date"]:
        cell.value, cell.number_format = datetime.fromisoformat(value["date"]), "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, dict):
        cell.value, cell.number_format = date.fromisoformat(value["date"]), "yyyy-mm-dd"
    elif isinstance(value, bool | int | float):
        cell.value = value
    elif value is not None:
        _text(cell, value)


def _text(cell: Any, text: str) -> None:
    cell.value = _storable(text)
    cell.data_type = "s"


def _storable(text: str) -> str:
    """As it is read again: without the few characters that XML cannot carry, and what only looks like one in the way
    that spreadsheets write them (``_x0041_``) marked as the text that it is (ECMA-376, 22.9.2.19)."""
    return _LIKE_ESCAPED.sub("_x005F_", _UNKEPT.sub("", text))


def _help(sheet: Worksheet, language: Language) -> None:
    sheet.column_dimensions["A"].width = 100
    for number, words in enumerate(_HOW[language], start=1):
        _text(sheet.cell(number, 1), words)
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True)
