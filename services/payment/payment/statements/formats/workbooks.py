"""Statements that banks give as a spreadsheet (.xlsx, .xls): the tables of ``banks.toml`` in cells instead of text."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from chassis.confinement.model import Refused
from chassis.workbooks.run import cells_of

from payment.statements.formats.tables import read_table
from payment.statements.model import MOST_ROWS, File, NoStatement

_MOST = {"rows": MOST_ROWS + 200, "columns": 100, "text": 2000}
_REFUSALS = {"workbook_too_large": "statement_too_long", "workbook_encrypted": "statement_not_readable"}


def read(data: bytes) -> File:
    """The first sheet that is a statement of some bank's. Raises :class:`NoStatement`."""
    try:
        found = cells_of(BytesIO(data), _MOST)
    except Refused as refusal:
        raise NoStatement(_REFUSALS.get(refusal.code, "statement_unknown_format")) from None
    for sheet in found["sheets"]:
        lines = [[_text(cell) for cell in row] for row in sheet["rows"]]
        table = read_table(lines, ".") if sheet["visible"] else None
        if table is None:
            continue
        name, parts = table
        if not any(part.rows for part in parts):
            raise NoStatement("statement_empty")
        for part in parts:
            part.rows = [replace(row, line=row.line + sheet["first"] - 1) for row in part.rows]
        return File(name, "", parts)
    raise NoStatement("statement_unknown_format")


def _text(cell: Any) -> str:
    """As the bank's text files have it: days with blanks before the time, amounts with a point."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return str(cell.get("date", cell.get("number", ""))).replace("T", " ")
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
