"""The answer sheet: a form in words, for checking one's answers, for staff, and for what a correction changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.filing import FieldProblem
from contracts.forms import FormField

from gateway.forms.described import Described, value_at
from gateway.forms.values import list_of
from gateway.forms.words import changed_word, choice_word, in_one_line, label, row_word, value_word


@dataclass(frozen=True)
class Answer:
    """One line. ``words``: one entry per row of a list; ``long``: paragraphs; ``findings``: what was found there."""

    path: str
    label: str
    words: tuple[str, ...]
    long: bool = False
    findings: tuple[FieldProblem, ...] = field(default=())


def sheet(
    described: Described,
    fields: Iterable[FormField],
    form: Mapping[str, Any],
    *,
    empty: bool = True,
    public: bool = False,
    findings: Iterable[FieldProblem] = (),
) -> list[Answer]:
    """Every field that this form is asked, in its order; a group of paragraphs with a line for each.

    ``empty``: also what was not answered. ``public``: without personal data.
    """
    found = list(findings)
    lines = [line for entry in fields for line in _answers(described, entry, entry.name, form, public)]
    return [
        Answer(
            line.path, line.label, line.words, line.long, tuple(told for told in found if _at(told.field, line.path))
        )
        for line in lines
        if line.words or (empty and not _may_stay_empty(described, line.path))
    ]


def _may_stay_empty(described: Described, path: str) -> bool:
    entry = described.field(path)
    return entry is None or entry.optional or entry.widget == "flag"


def _answers(
    described: Described, entry: FormField, path: str, form: Mapping[str, Any], public: bool
) -> Iterator[Answer]:
    if entry.hidden or not described.asked(path, lambda asked: value_at(form, asked)):
        return
    value = value_at(form, path)
    if entry.widget == "group" and not in_one_line(entry):
        for inner in entry.fields:
            yield from _answers(described, inner, f"{path}.{inner.name}", form, public)
        return
    if entry.widget == "rows" and not (public and entry.personal):
        rows = [row for row in list_of(value) if isinstance(row, Mapping)]
        words = tuple(filter(None, (row_word(entry, row, public=public) for row in rows)))
    else:
        before = value_at(form, entry.beside) if entry.beside else None
        word = changed_word(entry, value, before, public=public) if value not in (None, "") else ""
        words = (word,) if word else ()
    yield Answer(path, entry.label, words, entry.widget in ("area", "lines"))


def _at(problem_field: str, path: str) -> bool:
    return problem_field == path or problem_field.startswith(f"{path}.")


@dataclass(frozen=True)
class Change:
    """What a correction changed in one field, in words."""

    label: str
    before: str
    after: str


def changes(described: Described, changed: Iterable[Mapping[str, Any]]) -> list[Change]:
    """``[{field, before, after}]`` of a correction's answer in words."""
    return [
        Change(
            label(described, str(change.get("field", ""))) or str(change.get("field", "")),
            _worded(described, str(change.get("field", "")), change.get("before")),
            _worded(described, str(change.get("field", "")), change.get("after")),
        )
        for change in changed
    ]


def _worded(described: Described, path: str, value: Any) -> str:
    """A value at a path in words; that of a list's entry by the list's choices."""
    entry = described.field(path)
    if entry is None:
        return "" if value is None else str(value)
    if entry.widget in ("checks", "lines") and not isinstance(value, list):
        return choice_word(entry, value) if value else ""
    if entry.widget == "rows" and isinstance(value, Mapping):
        return row_word(entry, value)
    return value_word(entry, value)
