"""The printed application form (登记申请表): every field that applies, in words, in the order of the form's steps.

Made from a form's description and its values alone: what is added to a type's ``fields.toml`` is printed too. The
Chinese description is the one to print: the form is a legal document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.forms import FormDescription, FormField, ShownWhen

COLUMNS = 4
"""A list whose entries have more fields than these is printed with a table for each entry."""
_LONG = 120
"""Characters from which a text is printed under its label over the whole width, and may go over pages."""


def sections(description: FormDescription, form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the template prints, a section for each step that says anything: ``{title, parts}``.

    A part is ``{rows: [[label, value]]}``, ``{label, text}`` for long texts, ``{label, head, entries}`` for lists, or
    ``{label, parts}`` for one entry of a list with many fields; values are texts or lists of texts.
    """
    printed = ({"title": step.title, "parts": _parts(step.fields, form, form)} for step in description.steps)
    return [section for section in printed if section["parts"]]


def applies(condition: ShownWhen | None, form: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a field is asked as the form stands; ``row`` is the entry that a path with a leading dot is about."""
    if condition is None:
        return True
    value: Any = row if condition.field.startswith(".") else form
    for name in condition.field.lstrip(".").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return any(_as_choice(one) in condition.values for one in (value if isinstance(value, list) else [value]))


def _as_choice(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _parts(fields: Sequence[FormField], values: Mapping[str, Any], form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Short values one after the other in one table, until something long stands between them."""
    parts: list[dict[str, Any]] = []
    for part in _walk(fields, values, form):
        if "rows" in part and parts and "rows" in parts[-1]:
            parts[-1]["rows"] += part["rows"]
        else:
            parts.append(part)
    return parts


def _walk(fields: Sequence[FormField], values: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for field in _asked(fields, values, form):
        value = values.get(field.name)
        if field.given and field.optional and not value:  # what the office has nothing of
            continue
        if field.widget == "rows":
            yield from _list(field, value or [], form)
        elif field.widget == "group" and any(nested.widget in ("area", "rows") for nested in field.fields):
            yield from _walk(field.fields, value or {}, form)
        elif field.widget == "group":
            yield {"rows": [[field.label, _lines(field, value or {}, form)]]}
        else:
            words = _with_before(field, in_words(field, value), form, values)
            if isinstance(words, str) and (len(words) > _LONG or "\n" in words):
                yield {"label": field.label, "text": words}
            else:
                yield {"rows": [[field.label, words]]}


def _asked(fields: Sequence[FormField], values: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[FormField]:
    """Fields that apply and stay. What is asked only on a doubt is printed where it was affirmed."""
    for field in fields:
        doubted = not field.asked_when or values.get(field.name)
        if not field.hidden and not field.transient and doubted and applies(field.shown_when, form, values):
            yield field


def _lines(group: FormField, values: Mapping[str, Any], form: Mapping[str, Any]) -> list[str]:
    """A group of short fields: what was entered, a line each, with its label."""
    filled = ((field.label, in_words(field, values.get(field.name))) for field in _asked(group.fields, values, form))
    return [f"{label}：{_joined(words)}" for label, words in filled if words]


def _list(field: FormField, entries: Sequence[Any], form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shown = [nested for nested in field.fields if not nested.hidden]
    if len(shown) <= COLUMNS and not any(nested.widget in ("group", "rows", "area") for nested in shown):
        yield {
            "label": field.label,
            "head": [nested.label for nested in shown],
            "entries": [[_cell(nested, entry, form) for nested in shown] for entry in entries],
        }
        return
    title = field.row.title if field.row else field.label + " {n}"
    for number, entry in enumerate(entries, start=1):
        yield {"label": title.replace("{n}", str(number)), "parts": _parts(field.fields, entry, form)}


def _cell(field: FormField, entry: Mapping[str, Any], form: Mapping[str, Any]) -> str | list[str]:
    if not applies(field.shown_when, form, entry):
        return ""
    return _with_before(field, in_words(field, entry.get(field.name)), form, entry)


def _with_before(
    field: FormField, words: str | list[str], form: Mapping[str, Any], values: Mapping[str, Any]
) -> str | list[str]:
    """``前 → 后`` where a value is to take the place of one that holds now; that alone where it stays."""
    if not field.beside:
        return words
    found: Any = values if field.beside.startswith(".") else form
    for name in field.beside.lstrip(".").split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    before = _joined(in_words(field, found))
    return f"{before or '（无）'} → {_joined(words)}" if words else before


def _joined(words: str | list[str]) -> str:
    return words if isinstance(words, str) else "、".join(words)


def in_words(field: FormField, value: Any) -> str | list[str]:
    """A value as people read it: choices by their labels, days as legal dates, numbers with their unit; "" if empty.

    What is no choice of today, or is of another type than the field says, is printed as it is: nothing that was filed
    may be missing from the paper.
    """
    if value is None or value == "" or value == []:
        return field.none
    labels = {choice.value: choice.label for choice in field.choices}
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.widget == "checks" and isinstance(value, list):
        return "、".join(labels.get(str(one), str(one)) for one in value)
    if isinstance(value, list):
        return [str(one) for one in value]
    if field.widget == "date":
        return _legal_date(str(value))
    if isinstance(value, int):
        return f"{value} {field.unit}".strip()
    return labels.get(str(value), str(value))


def _legal_date(value: str) -> str:
    year, _, rest = value.partition("-")
    month, _, day = rest.partition("-")
    if not (year.isdecimal() and month.isdecimal() and day.isdecimal()):
        return value
    return f"{year}年{int(month)}月{int(day)}日"
