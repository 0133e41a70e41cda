"""What fields and their values are called: for problems away from their field, answer sheets and notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.filing import ApplicationView
from contracts.forms import FormField
from flask_babel import gettext as _

from gateway.forms.described import MATERIALS, Described
from gateway.forms.values import list_of, rows_of, written
from gateway.web.languages import legal_date

LEFT_OUT = "＊＊＊"
"""Stands for what says who somebody is, where the reader must not see it."""


def label(described: Described, path: str) -> str:
    """What a problem's place is called: a field by its label, within a list by its row too, a file by its role.

    Nothing for a place that no form has.
    """
    top, _sep, rest = path.partition(".")
    if top == MATERIALS:
        return role_words(described).get(rest) or str(_("材料"))
    if top == "answers":
        return str(_("答复意见"))
    words: list[str] = []
    around: FormField | None = None
    parts = path.split(".")
    for length, part in enumerate(parts, 1):
        field = described.field(".".join(parts[:length]))
        if field is None:
            break
        if part.isdigit():
            words[-1:] = [field.row.title.format(n=int(part) + 1)] if field.row else words[-1:]
        elif around is not None and around.widget == "group" and not in_one_line(around):
            words[-1:] = [field.label]
        else:
            words.append(field.label)
        around = field
    return " · ".join(words)


def role_words(described: Described) -> dict[str, str]:
    """What each role of a case's files is called."""
    named = {need.role: need.title for need in described.description.materials}
    return {"identity_proof": _("身份证明"), "correction": _("补正材料")} | named


def target_label(described: Described, case: ApplicationView, target: str) -> str:
    """What a defect points to: a field, or a file by its name."""
    named = {material.material_id: material.file_name for material in case.materials}
    return named.get(target) or label(described, target) or target


def choice_word(field: FormField, value: Any) -> str:
    """What a code is called; one that is no longer offered, or an own entry, as it is."""
    return next((choice.label for choice in field.choices if choice.value == value), str(value))


def enumerated(words: list[str]) -> str:
    """``甲、乙`` or ``A, B``."""
    return str(_("、")).join(words)


def value_word(field: FormField, value: Any, *, public: bool = False) -> str:
    """A field's value in words, lists and groups with a line each; nothing for what was not entered.

    ``public``: personal data is left out.
    """
    if value in (None, "", [], {}) or field.hidden:
        return ""
    if public and field.personal:
        return LEFT_OUT
    match field.widget:
        case "group":
            return _group(field, value, public)
        case "rows":
            return "\n".join(row_word(field, row, public=public) for row in rows_of(value))
        case "checks":
            return enumerated([choice_word(field, entry) for entry in list_of(value)])
        case "lines":
            return "\n".join(str(entry) for entry in list_of(value))
        case "flag":
            return _("是") if value is True else ""
        case "select" | "radio":
            return choice_word(field, value)
        case "date":
            return _day(value)
        case _:
            return f"{written(field, value)} {field.unit}".strip()


def changed_word(field: FormField, value: Any, before: Any, *, public: bool = False) -> str:
    """A field's value in words; of one that stands beside what holds now, ``甲 → 乙``, or that where it stays."""
    word = value_word(field, value, public=public)
    if not field.beside or (public and field.personal):
        return word
    was = value_word(field, before)
    return str(_("%(before)s → %(after)s", before=was or _("（无）"), after=word)) if word else was


def _beside(field: FormField, row: Mapping[str, Any]) -> Any:
    """What holds now, of a field of the same row."""
    return row.get(field.beside.removeprefix(".")) if field.beside.startswith(".") else None


def row_word(field: FormField, row: Mapping[str, Any], *, public: bool = False) -> str:
    """One row on a line: ``甲 · 个人 · 中国 湖北 宜昌``; days say what they are of, the applicant's own that it is."""
    words = [_in_row(inner, row, public) for inner in field.fields]
    own = next((inner.label for inner in field.fields if inner.name == field.fixed and row.get(inner.name)), "")
    return " · ".join(word for word in (*words, own) if word)


def _in_row(field: FormField, row: Mapping[str, Any], public: bool) -> str:
    word = changed_word(field, row.get(field.name), _beside(field, row), public=public)
    word = word or field.none
    return f"{field.label} {word}" if word and field.widget == "date" else word


def _group(field: FormField, value: Any, public: bool) -> str:
    given = value if isinstance(value, Mapping) else {}
    words = {inner.label: value_word(inner, given.get(inner.name), public=public) for inner in field.fields}
    said = {name: word for name, word in words.items() if word}
    if in_one_line(field):
        return " ".join(said.values())
    return "\n".join(_("%(name)s：%(value)s", name=name, value=word) for name, word in said.items())


def in_one_line(field: FormField) -> bool:
    """A group of a few short entries that are read together, as a place is."""
    return field.widget == "group" and all(inner.width == "s" for inner in field.fields)


def _day(value: Any) -> str:
    if isinstance(value, date):
        return legal_date(value)
    try:
        return legal_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)
