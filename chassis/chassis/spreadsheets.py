"""Cells of CSV files that people open in a spreadsheet, which takes some texts for formulas and runs them.

A title like ``=HYPERLINK(…)`` came from a stranger. An apostrophe in front makes it a text in every program (OWASP, CSV
injection), and whoever reads the file again takes it away: nothing of the value is lost.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import TextIO

# Full-width signs begin a formula where the language is Chinese or Japanese. Apostrophes in front count with it, so
# that one of the value's own is not taken for ours.
_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def harmless(cell: object) -> str:
    """The text of a cell, with an apostrophe in front where it would be taken for a formula."""
    text = str(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(cell: str) -> str:
    """What :func:`harmless` was given. A cell that it did not change, and one from which the spreadsheet has taken the
    apostrophe, is as it stands."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_row(stream: TextIO, cells: Iterable[object]) -> None:
    """One line of CSV (RFC 4180), for people and their spreadsheets."""
    csv.writer(stream, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
