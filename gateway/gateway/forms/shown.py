"""A form's fields as a page shows them: what ``templates/components/form_fields.html`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from contracts.forms import FormField

from gateway.forms.answers import Answer


@dataclass(frozen=True)
class Condition:
    """A field that is asked only while another one has one of ``values``; ``sentence`` says so without script."""

    field: str
    values: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    hint: str
    open: bool
    group: str = ""
    when: Condition | None = None
    closed_because: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a list. ``own``: the applicant's, whose verified fields stand fixed."""

    path: str
    title: str
    own: bool
    removable: bool
    verified: tuple[ShownField, ...]
    runs: tuple[tuple[ShownField, ...], ...]


@dataclass(frozen=True)
class ShownField:
    """One field. ``carried``: its value goes along unseen; ``words``: its value where it stands fixed; ``said``: what
    the office filled in; ``beside``: what holds now, where this is to take its place."""

    field: FormField
    path: str
    when: Condition | None = None
    carried: bool = False
    words: str = ""
    options: tuple[Option, ...] = ()
    runs: tuple[tuple[ShownField, ...], ...] = ()
    rows: tuple[Row, ...] = ()
    needed: bool = True
    said: tuple[Answer, ...] = ()
    beside: str = ""

    @property
    def in_line(self) -> bool:
        """A group whose entries stand in one line."""
        return len(self.runs) == 1 and len(self.runs[0]) > 1

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(option.value, option.label) for option in self.options]

    @property
    def headed(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The options under the heads that they stand under together; none unless some have one."""
        if not any(option.group for option in self.options):
            return []
        heads = groupby(self.options, key=lambda option: option.group)
        return [(head, [(option.value, option.label) for option in options]) for head, options in heads]

    @property
    def explained(self) -> list[tuple[str, str, str]]:
        return [(option.value, option.label, option.hint) for option in self.options]

    @property
    def conditions(self) -> dict[str, Condition]:
        """Of the options that are offered only sometimes."""
        return {option.value: option.when for option in self.options if option.when is not None}

    @property
    def closed(self) -> dict[str, str]:
        """Values that are told and cannot be chosen, with why; nothing for what is not open yet."""
        return {option.value: option.closed_because for option in self.options if not option.open}


@dataclass(frozen=True)
class FieldsShown:
    """The fields of a page. ``given``: values of fields that are not on it and on which some of it depends."""

    runs: tuple[tuple[ShownField, ...], ...]
    given: tuple[tuple[str, str], ...]

    def anchors(self) -> set[str]:
        """Paths of everything that can be jumped to."""
        return {path for run in self.runs for shown in run for path in _anchors(shown)}


def _anchors(shown: ShownField) -> Iterator[str]:
    yield shown.path
    for run in shown.runs:
        for inner in run:
            yield from _anchors(inner)
    for row in shown.rows:
        yield row.path
        yield from (inner.path for inner in row.verified)
        for run in row.runs:
            for inner in run:
                yield from _anchors(inner)
