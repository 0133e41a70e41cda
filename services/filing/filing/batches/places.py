"""Where in the sheet a row and a problem stand. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chassis.errors import Problem

Columns = Mapping[str, Sequence[str]]
"""Field of the form, or ``materials.<role>``, → letters and heading of its column."""
Entries = Mapping[str, Sequence[int]]
"""List of the form → the number that each of its entries has in the sheet: a row may leave some out."""


def lines_of(rows: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    """The line of each row of a sheet, by key, in one numbering for all rows of the batch. ``rows``: their lines in
    this sheet, ``known``: those that the batch has. A sheet with every known row counts by itself; one with some of
    them leaves these where they were, and what is new follows the last."""
    if known.keys() <= rows.keys():
        return dict(rows)
    last = max(known.values())
    new = [key for key in sorted(rows, key=lambda key: rows[key]) if key not in known]
    return {key: known[key] for key in rows if key in known} | {
        key: number for number, key in enumerate(new, start=last + 1)
    }


def placed(problem: Mapping[str, Any], columns: Columns, entries: Entries | None = None) -> dict[str, Any]:
    """A problem with its column: that of its field, or of what the field is part of; of a list or a group the first of
    its columns; none, where the sheet has none."""
    field = _in_sheet(str(problem["field"]), entries or {})
    beneath = [place for path, place in columns.items() if path.startswith(f"{field}.")]
    while field and field not in columns:
        field = field.rpartition(".")[0]
    nothing: Sequence[str] = ("", "")
    column, heading = columns[field] if field else min(beneath, key=_from_the_left, default=nothing)
    return {**problem, "column": problem.get("column") or column, "heading": problem.get("heading") or heading}


def entries_of(
    cells: Sequence[Mapping[str, Any]], unread: Sequence[Mapping[str, Any]], own: Collection[str]
) -> dict[str, list[int]]:
    """The entries that a row has filled in, of which the form makes lists without gaps. ``own``: lists that begin with
    the applicant, who stands in no column; ``unread``: problems of cells that came to nothing."""
    nothing = {problem["field"] for problem in unread}
    found: dict[str, set[int]] = {}
    for cell in cells:
        name, _, rest = str(cell["path"]).partition(".")
        number = rest.partition(".")[0]
        if number.isdecimal() and cell["path"] not in nothing:
            found.setdefault(name, {0} if name in own else set()).add(int(number))
    return {name: sorted(numbers) for name, numbers in found.items()}


def _in_sheet(field: str, entries: Entries) -> str:
    name, _, rest = field.partition(".")
    number, point, inner = rest.partition(".")
    if name not in entries or not number.isdecimal() or int(number) >= len(entries[name]):
        return field
    return f"{name}.{entries[name][int(number)]}{point}{inner}"


def _from_the_left(place: Sequence[str]) -> tuple[int, str]:
    return len(place[0]), place[0]


def further(found: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is to be said beyond ``said``: of a field whose cell or file says nothing, the rules find that it is empty,
    and that would be one fault twice."""
    fields = {problem["field"] for problem in said}
    return [dict(problem) for problem in found if problem["field"] not in fields]


def position(cursor: str | None) -> tuple[int, str] | None:
    """The place in a sheet after which a page begins. Problem ``request_invalid``."""
    if cursor is None:
        return None
    line, _, work_id = cursor.partition(".")
    if not (line.isascii() and line.isdecimal() and len(line) < 10 and work_id):
        raise Problem("request_invalid")
    return int(line), work_id
