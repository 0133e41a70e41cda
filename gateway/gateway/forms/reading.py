"""From a page's entries to the top-level fields of a form, by its description.

Nothing is corrected here: texts are as entered, a number that is none stays as it was typed, and filing's rules say
what is wrong. Two things are settled at once, because nobody should have to see them again: what is not asked is left
out, whatever hidden fields say, and numbers of documents are masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.forms import FormField
from contracts.text import compact, day, masked
from werkzeug.datastructures import MultiDict

from gateway.forms.described import Described, value_at
from gateway.forms.values import OTHER, YES, blank, meant, new_row, untouched

Entries = MultiDict[str, str]
GIVEN = "given"
"""``given.<path>``: the value of a field of another page on which one of this page depends."""


def read(
    described: Described, fields: Iterable[FormField], entries: Entries, nothing: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The fields that a page's entries replace. ``nothing``: what a field is in an empty form, where it is known."""
    shown = [field for field in fields if not (field.hidden or field.given)]
    found = {field.name: _value(field, field.name, entries) for field in shown}
    reader = _Reader(described, entries, found)
    empty = {field.name: (nothing or {}).get(field.name, blank(field)) for field in shown}
    return {field.name: reader.asked_of(field, field.name, found[field.name], empty[field.name]) for field in shown}


def change_row(described: Described, changed: dict[str, Any], action: str) -> str:
    """Adds or removes a row for ``add_<path>`` and ``remove_<path>.<n>``; the field to go on at, or nothing.

    Removing counts rows as the page did: ``reading`` has left out none of those before the one that goes.
    """
    verb, _sep, path = action.partition("_")
    if verb == "add":
        field, rows = described.field(path), value_at(changed, path)
        if field is None or field.widget != "rows" or not isinstance(rows, list):
            return ""
        rows.append(new_row(field))
        first = next((inner.name for inner in field.fields if not inner.hidden), "")
        return f"{path}.{len(rows) - 1}.{first}"
    path, _sep, number = path.rpartition(".")
    rows = value_at(changed, path) if path else None
    if verb != "remove" or not isinstance(rows, list) or not number.isdigit() or int(number) >= len(rows):
        return ""
    del rows[int(number)]
    return path


def tidy(fields: Iterable[FormField], changed: dict[str, Any]) -> dict[str, Any]:
    """The same without rows into which nothing was entered."""
    return {**changed, **{field.name: _tidy(field, changed[field.name]) for field in fields if field.name in changed}}


def _tidy(field: FormField, value: Any) -> Any:
    if field.widget == "group" and isinstance(value, Mapping):
        return {
            **value,
            **{inner.name: _tidy(inner, value[inner.name]) for inner in field.fields if inner.name in value},
        }
    if field.widget != "rows" or not isinstance(value, list):
        return value
    kept = [
        {**row, **{inner.name: _tidy(inner, row[inner.name]) for inner in field.fields if inner.name in row}}
        for row in value
    ]
    if field.standing:
        return kept
    return [row for row in kept if not all(untouched(inner, row.get(inner.name)) for inner in field.fields)]


class _Reader:
    """Leaves out of what was entered what is not asked."""

    def __init__(self, described: Described, entries: Entries, found: dict[str, Any]) -> None:
        self._described, self._entries, self._found = described, entries, found

    def asked_of(self, field: FormField, path: str, value: Any, empty: Any) -> Any:
        if not self._described.asked(path, self._lookup):
            return empty
        if field.widget == "group":
            return self._within(field.fields, path, value)
        if field.widget == "rows":
            return [self._within(field.fields, f"{path}.{number}", row) for number, row in enumerate(value)]
        return empty if value is None else value

    def _within(self, fields: list[FormField], path: str, values: dict[str, Any]) -> dict[str, Any]:
        """Fields of a group or row. What has no value is left out: the contract says what that means."""
        absent = object()
        asked = {
            field.name: self.asked_of(field, f"{path}.{field.name}", values.get(field.name), absent) for field in fields
        }
        return {name: value for name, value in asked.items() if value is not absent}

    def _lookup(self, path: str) -> Any:
        if path.split(".")[0] in self._found:
            return value_at(self._found, path)
        given = self._entries.getlist(f"{GIVEN}.{path}")
        return given if len(given) > 1 else next(iter(given), None)


def _value(field: FormField, path: str, entries: Entries) -> Any:
    match field.widget:
        case "group":
            return {inner.name: _value(inner, f"{path}.{inner.name}", entries) for inner in field.fields}
        case "rows":
            return [
                {inner.name: _value(inner, f"{path}.{row}.{inner.name}", entries) for inner in field.fields}
                for row in _rows(path, entries)
            ]
        case "integer":
            return _number(_text(path, entries))
        case "date":
            return day(_text(path, entries)) or None
        case "select" | "radio":
            return _text(path, entries) or field.start or None
        case "checks":
            own = _lines(f"{path}.{OTHER}", entries) if field.other else []
            return [*dict.fromkeys([*filter(None, entries.getlist(path)), *own])]
        case "lines":
            return _lines(path, entries)
        case "flag":
            return entries.get(path) == YES
        case "masked":
            return masked(_text(path, entries))
        case _:
            return meant(field, _text(path, entries))


def _text(path: str, entries: Entries) -> str:
    return entries.get(path, "").strip()


def _lines(path: str, entries: Entries) -> list[str]:
    return [line.strip() for line in _text(path, entries).splitlines() if line.strip()]


def _number(entered: str) -> int | str | None:
    """A whole number; what is not one stays as it was typed, for the rules to refuse."""
    if not entered:
        return None
    digits = compact(entered).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else entered


def _rows(path: str, entries: Entries) -> list[int]:
    """Numbers of the rows that the page had for a list: it names them, and each entry of a row does."""
    prefix = f"{path}."
    named = {key[len(prefix) :].split(".")[0] for key in entries if key.startswith(prefix)} | {*entries.getlist(path)}
    return sorted(int(row) for row in named if row.isascii() and row.isdigit() and len(row) < 6)
