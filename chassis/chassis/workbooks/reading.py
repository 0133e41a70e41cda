"""Reads a workbook in a confined process. Whatever is wrong with it is a code, never an exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Limits

CONFINED_MODULE = "chassis.workbooks.run"
"""What a pool has to be able to run for this."""
MIB = 1 << 20
_LIMITS = Limits(memory_bytes=900 * MIB, cpu_seconds=40, wall_seconds=60, reply_bytes=128 * MIB)
_DEATHS = {"timed_out": "workbook_too_large", "out_of_memory": "workbook_too_large", "crashed": "workbook_damaged"}


@dataclass(frozen=True)
class Number:
    """A number of more digits than spreadsheets keep: the last ones are not what was typed."""

    digits: str


Cell = None | str | int | float | bool | date | datetime | Number


@dataclass(frozen=True)
class Sheet:
    """``rows`` begin with row number ``first``, each with column number ``left`` (0 is A). ``hidden``: numbers of rows
    that are not shown; ``merged``: how many ranges of cells are one; ``cut``: there are more rows than were asked for.
    """

    name: str
    visible: bool
    first: int
    left: int
    rows: Sequence[Sequence[Cell]]
    merged: int = 0
    hidden: Sequence[int] = ()
    cut: bool = False


@dataclass(frozen=True)
class Workbook:
    """``refusal``: why it cannot be read; ``macros``: it has some, and nobody ran them."""

    sheets: Sequence[Sheet] = ()
    macros: bool = False
    refusal: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def read_workbook(
    path: Path | str, pool: ConfinedPool, *, rows: int = 100_000, columns: int = 300, text: int = 40_000
) -> Workbook:
    """The values of all sheets; formulas by what they last came to. Texts are cut after ``text`` characters.

    Refusals: ``workbook_unsupported`` (no .xlsx, .xls or .ods, such as a renamed CSV), ``workbook_damaged``,
    ``workbook_encrypted``, ``workbook_too_large``.
    """
    limits = {"rows": rows, "columns": columns, "text": text}
    outcome = pool.run(f"{CONFINED_MODULE}:read", path=path, args=limits, limits=_LIMITS)
    if not outcome.ok:
        code = outcome.detail if outcome.kind == "refused" else _DEATHS[outcome.kind]
        return Workbook(refusal=code, params=outcome.params)
    sheets = [
        Sheet(**{**sheet, "rows": [[_value(cell) for cell in row] for row in sheet["rows"]]})
        for sheet in outcome.value["sheets"]
    ]
    return Workbook(sheets, outcome.value["macros"])


def _value(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]  # JSON
    if "number" in cell:
        return Number(cell["number"])
    text = cell["date"]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
