"""Where in the sheet a problem stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Columns = Mapping[str, Sequence[str]]
"""Field of the form, or ``materials.<role>``, → letters and heading of its column."""


def placed(problem: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """A problem with its column: that of its field, or of what the field is part of; none, where the sheet has none."""
    field = str(problem["field"])
    while field and field not in columns:
        field = field.rpartition(".")[0]
    column, heading = columns[field] if field else ("", "")
    return {**problem, "column": problem.get("column") or column, "heading": problem.get("heading") or heading}


def further(found: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is to be said beyond ``said``: of a field whose cell or file says nothing, the rules find that it is empty,
    and that would be one fault twice."""
    fields = {problem["field"] for problem in said}
    return [dict(problem) for problem in found if problem["field"] not in fields]
