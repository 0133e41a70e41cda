"""Files for spreadsheets: UTF-8 with its mark, amounts in yuan, and no cell that a program would take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from chassis.spreadsheets import harmless
from flask import Response


class Amount(str):
    """A number that may begin with a minus: it is ours, and stays a number in the spreadsheet."""

    __slots__ = ()


def amount(fen: int | None) -> Amount:
    """``-30000`` → ``-300.00``; nothing for no amount."""
    if fen is None:
        return Amount("")
    return Amount(f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}")


def csv_file(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download of ``name``.csv that is kept nowhere."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    lines = csv.writer(out, lineterminator="\r\n")
    for row in (heading, *rows):
        lines.writerow([cell if isinstance(cell, Amount) else harmless(cell) for cell in row])
    answer = Response(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
