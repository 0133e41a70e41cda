"""Tracking numbers in a spreadsheet (.xlsx, .xls, .ods): a stranger's file, opened in confinement, given as text."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Sequence

from chassis.confinement import ConfinedPool, ConfinementError, ConfinementLost
from chassis.errors import Problem
from chassis.workbooks import CONFINED_MODULE, Cell, Sheet, read_workbook
from chassis.workbooks.reading import Number
from contracts.mailing import MOST_ROWS

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How their files begin: packed ones, and those of before 2007."""
_ABOVE = 100
"""Lines above the numbers that count in the numbers of rows; beyond them rows are counted from the first one."""
_COLUMNS = 2
_LONGEST = 200
_pool = ConfinedPool([CONFINED_MODULE], workers=1)  # its processes start with the first spreadsheet
atexit.register(_pool.close)


def text_of_workbook(content: bytes) -> str:
    """The first two columns of the first sheet that has any, separated by tabs, each row on the line of its number.
    Formulas by what they came to when the file was saved. Problems ``tracking_file_unreadable``,
    ``service_unavailable`` when no process could read it."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            found = read_workbook(file.name, _pool, rows=MOST_ROWS + _ABOVE, columns=_COLUMNS, text=_LONGEST)
        except (ConfinementError, ConfinementLost) as error:
            raise Problem("service_unavailable") from error
    sheet = next((one for one in found.sheets if one.visible and one.rows), None)
    if sheet is None or sheet.cut:
        raise Problem("tracking_file_unreadable")
    return "\n" * _above(sheet) + "\n".join("\t".join(_words(row)) for row in sheet.rows)


def _above(sheet: Sheet) -> int:
    return sheet.first - 1 if sheet.first <= _ABOVE else 0


def _words(row: Sequence[Cell]) -> list[str]:
    """One line, whatever a cell has in it."""
    return [" ".join(_said(cell).replace('"', "").split()) for cell in row]


def _said(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.digits if isinstance(cell, Number) else str(cell)
