"""The confined entry: opens a workbook and gives its cells as JSON."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from chassis.confinement.model import Job, JsonValue, Refused

MOST_SHEETS = 20
UNPACKED = 512 << 20
_ROW = re.compile(rb"<row\b[^>]*>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')


def read(job: Job) -> JsonValue:
    """``args``: rows, columns, text (the most of each). Returns what :func:`cells_of` does."""
    return cells_of(job.source, job.args)


def cells_of(stream: BinaryIO, most: Mapping[str, int]) -> dict[str, Any]:
    """For who is confined itself: {sheets: [{name, visible, first, left, rows, merged, hidden, cut}], macros}.

    ``first`` is the number of the first row; a cell is null, text, a number, a truth, ``{date: ISO}``, ``{number:
    digits}`` for one beyond the fifteen digits that spreadsheets keep. Refuses with ``workbook_unsupported``,
    ``workbook_damaged``, ``workbook_encrypted``, ``workbook_too_large``.
    """
    zipped = _is_zip(stream)
    macros = _look_inside(stream) if zipped else False
    stream.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(stream)
        sheets = [
            _sheet(workbook.get_sheet_by_name(about.name), about.visible == SheetVisibleEnum.Visible, most)
            for about in workbook.sheets_metadata[:MOST_SHEETS]
            if about.typ == SheetTypeEnum.WorkSheet
        ]
    except PasswordError as error:
        raise Refused("workbook_encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refused("workbook_encrypted" if _is_sealed(stream) else "workbook_damaged") from error
    if zipped:
        for sheet, hidden in zip(sheets, _hidden_rows(stream), strict=False):
            sheet["hidden"] = hidden
    return {"sheets": sheets, "macros": macros}


def _is_zip(stream: BinaryIO) -> bool:
    stream.seek(0)
    head = stream.read(8)
    if head[:2] == b"PK":
        return True
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return False
    raise Refused("workbook_unsupported")


def _is_sealed(stream: BinaryIO) -> bool:
    """An encrypted .xlsx is an old container with a stream of that name (UTF-16)."""
    stream.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in stream.read(1 << 20)


def _look_inside(stream: BinaryIO) -> bool:
    """Whether there are macros, which nobody runs here; what unpacks to more than is read is refused before."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("workbook_damaged") from error
    if sum(entry.file_size for entry in entries) > UNPACKED:
        raise Refused("workbook_too_large")
    return any(entry.filename.casefold().endswith("vbaproject.bin") for entry in entries)


def _hidden_rows(stream: BinaryIO) -> Iterator[list[int]]:
    """Of each sheet of an .xlsx, in the order of its files: rows that their author does not see."""
    stream.seek(0)
    with zipfile.ZipFile(stream) as packed:
        names = [name for name in packed.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
            rows = _ROW.findall(packed.read(name))
            numbers = (_NUMBER.search(row) for row in rows if _HIDDEN.search(row))
            yield [int(number.group(1)) for number in islice(numbers, 10_000) if number]


def _sheet(sheet: CalamineSheet, visible: bool, most: Mapping[str, int]) -> dict[str, Any]:
    above, left = sheet.start or (0, 0)
    lines = islice(sheet.iter_rows(), above, None)  # the rows above the first cell come too, those columns do not
    rows = [[_cell(value, most["text"]) for value in row[: most["columns"]]] for row in islice(lines, most["rows"])]
    cut = any(value != "" for row in lines for value in row)
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return {
        "name": sheet.name,
        "visible": visible,
        "first": above + 1,
        "left": left,
        "rows": rows,
        "merged": len(sheet.merged_cell_ranges or ()),
        "hidden": [],
        "cut": cut,
    }


def _cell(value: Any, most: int) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return {"date": (value.date() if value.time() == time() else value).isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)[:most]


def _number(value: float) -> Any:
    """Whole numbers as such. Spreadsheets keep fifteen digits: of a longer one the last are made up."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e300:
        value = int(value)
    if isinstance(value, int) and abs(value) >= 10**15:
        return {"number": str(value)}
    return value
