"""Lines become rows of a page: a row holds what fits, a longer line goes on in the next one and is counted so."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

TAB = 4


def width_of(character: str) -> int:
    """Columns of a character: two for Chinese, none for combining marks."""
    if character < "\u0300":
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(line: str, columns: int) -> list[str]:
    """The rows of one line, tabs expanded. An empty line is one empty row."""
    text = _shown(line)
    if text.isascii():
        return [text[start : start + columns] for start in range(0, len(text), columns)] or [""]
    rows: list[str] = []
    row: list[str] = []
    used = 0
    for character in text:
        width = width_of(character)
        if used + width > columns:
            rows.append("".join(row))
            row, used = [], 0
        row.append(character)
        used += width
    rows.append("".join(row))
    return rows


def wrap_all(lines: Iterable[str], columns: int) -> list[str]:
    """Rows on paper: a line that is wider than ``columns`` goes on in the next."""
    return [row for line in lines for row in wrap(line, columns)]


def pages_of(rows: Sequence[str], rows_per_page: int) -> list[list[str]]:
    """Pages of so many rows; the last may be shorter."""
    return [list(rows[start : start + rows_per_page]) for start in range(0, len(rows), rows_per_page)]


def _shown(line: str) -> str:
    """Tabs as spaces to the next stop, control characters as what they are called."""
    if "\t" in line:
        line = line.expandtabs(TAB)
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else " " if c.isspace() else f"\\x{ord(c):02x}" for c in line)
