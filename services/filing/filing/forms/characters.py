"""Characters that no register can hold, in whichever text of whichever form."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.text import strange


def character_problems(value: object, field: str = "") -> Iterator[FieldProblem]:
    """Of every text in a form, however deep: all that somebody types is printed somewhere."""
    if isinstance(value, str):
        if strange(value):
            yield FieldProblem(field=field, code="title_characters" if field == "title" else "name_characters")
    elif isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from character_problems(item, f"{field}.{name}" if field else str(name))
