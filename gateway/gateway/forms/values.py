"""A form's values as a page's entries: by path, texts as they stand in their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.forms import FormField

YES = "yes"
OTHER = "other"
"""What own entries beside the choices are called: ``<path>.other``, one a line."""


def flat(fields: Iterable[FormField], form: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names that the page's fields have. What was never entered is what stands there at the start."""
    values: dict[str, Any] = {}
    for field in fields:
        _enter(field, field.name, form.get(field.name), values)
    return values


def _enter(field: FormField, path: str, value: Any, values: dict[str, Any]) -> None:
    if field.widget == "group":
        for inner in field.fields:
            _enter(inner, f"{path}.{inner.name}", value.get(inner.name) if isinstance(value, Mapping) else None, values)
    elif field.widget == "rows":
        for index, row in enumerate(rows_of(value)):
            for inner in field.fields:
                _enter(inner, f"{path}.{index}.{inner.name}", row.get(inner.name), values)
    elif field.widget == "lines":
        values[path] = "\n".join(map(str, list_of(value)))
    elif field.widget == "checks":
        known = {choice.value for choice in field.choices}
        values[path] = [entry for entry in list_of(value) if entry in known]
        values[f"{path}.{OTHER}"] = "\n".join(str(entry) for entry in list_of(value) if entry not in known)
    elif field.widget == "flag":
        values[path] = YES if value in (True, YES) or (value is None and field.start == YES) else ""
    else:
        values[path] = written(field, field.start if value is None else value)


def written(field: FormField, value: Any) -> Any:
    """A text as a page writes it: what stands there at the start in the language of the page, all else as it is."""
    return field.start_word if field.start_word and value == field.start else value


def meant(field: FormField, text: str) -> str:
    """A text that was entered as the form keeps it: see :func:`written`."""
    return field.start if field.start_word and text.casefold() == field.start_word.casefold() else text


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a list; what is none counts as empty, so that a page shows whatever a draft holds."""
    return [row if isinstance(row, Mapping) else {} for row in value] if isinstance(value, list) else []


def list_of(value: Any) -> list[Any]:
    """The value if it is a list, none of anything else: forms that were saved come as they were sent."""
    return value if isinstance(value, list) else []


def blank(field: FormField) -> Any:
    """What a field says that nothing was entered into."""
    match field.widget:
        case "integer" | "date" | "group":
            return None
        case "select" | "radio":
            return field.start or None
        case "checks" | "lines" | "rows":
            return []
        case "flag":
            return False
        case _:
            return ""


def new_row(field: FormField) -> dict[str, Any]:
    """An empty row of a list: its texts, as they stand there at the start."""
    texts = ("text", "area", "tel", "email", "masked")
    return {inner.name: inner.start for inner in field.fields if inner.widget in texts and not inner.shown_when}


def untouched(field: FormField, value: Any) -> bool:
    """Whether nothing was entered: empty, or what stands there at the start."""
    if field.widget == "group":
        given = value if isinstance(value, Mapping) else {}
        return all(untouched(inner, given.get(inner.name)) for inner in field.fields)
    if field.widget == "rows":
        return not rows_of(value)
    return value is None or value is False or value in ("", []) or str(value) == field.start
