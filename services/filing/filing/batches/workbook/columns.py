"""The columns of the spreadsheet, made from a form's description: one for each thing that is typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from contracts.forms import FormDescription, FormField, ShownWhen

from filing.forms.describing import describe
from filing.forms.policy import FormPolicy
from filing.forms.words import Language
from filing.types.filing_type import FilingType

KEY = "key"
"""The column by which a row comes again."""
ENTRIES = 3
"""Entries of a list that the template has columns for; more may be added."""
_KEY_WORDS = {
    "zh": ("行号", "自己编的号，例如 W001；更正时按它对应。"),
    "en": ("Row", "A number of your own, such as W001; corrections go by it."),
}
_FILES = {
    "zh": "压缩包里的文件名或文件夹名，几个之间用分号。不填的，取与行号同名的文件夹作样本。",
    "en": "Names of files or of a folder in the ZIP, with semicolons between. "
    "Left empty, the folder called like the row holds the sample.",
}


_OWN = {
    "zh": "“{own}”就是本单位，自动列入，不用填；这里填其他的。",
    "en": "“{own}” is your organisation and is entered by itself; here stand the others.",
}


@dataclass(frozen=True)
class When:
    """A condition: the column at ``path`` says one of ``values``; without values, the entry at ``path``, which is
    called ``entry``, is filled in."""

    path: str
    values: tuple[str, ...] = ()
    entry: str = ""


@dataclass(frozen=True)
class Column:
    """``path``: as problems name the field (``authors.0.name``), ``materials.<role>`` or ``key``; ``star``: the same
    with ``*`` for numbers. ``field`` is none for the key and for files. ``required``: in every row. ``when``: it is
    asked for where all conditions of one of these hold; there it has to be filled in if it ``must``."""

    path: str
    heading: str
    hint: str
    field: FormField | None = None
    required: bool = False
    when: tuple[tuple[When, ...], ...] = ()
    must: bool = True

    @property
    def star(self) -> str:
        """The path with ``*`` for the numbers of entries."""
        return ".".join("*" if part.isdecimal() else part for part in self.path.split("."))


def described(filing_type: FilingType[Any], policy: FormPolicy, language: Language) -> FormDescription:
    """What the form asks for, in one language."""
    needs = filing_type.materials(filing_type.form(), policy)
    return describe(filing_type.fields, filing_type.kind, needs, policy, language, policy.valid_from or date.min)


def columns_of(
    description: FormDescription,
    entries: int = ENTRIES,
    needed_if: Mapping[str, Sequence[When]] = MappingProxyType({}),
) -> list[Column]:
    """In the order of the template: key, files, then the fields in the order of the form. ``needed_if``: of roles of
    material, each of what they are needed for (:func:`needed_if_of`)."""
    language = description.language
    heading, hint = _KEY_WORDS[language]
    columns = [Column(KEY, heading, hint)]
    for need in description.materials:
        said = f"{need.hint} {_FILES[language]}".strip()
        when = tuple((one,) for one in needed_if.get(need.role, ()))
        columns.append(Column(f"materials.{need.role}", need.title, said, required=need.needed, when=when))
    for step in description.steps:
        if step.kind == "fields":
            columns += _columns(step.fields, _Around("", "", _OWN[language]), entries)
    return columns


def needed_if_of(filing_type: FilingType[Any], policy: FormPolicy) -> dict[str, list[When]]:
    """By role of material: which single answers of the form make it needed, beside those that always are."""
    empty = filing_type.form()
    always = {need.role for need in filing_type.materials(empty, policy) if need.needed}
    found: dict[str, dict[str, list[str]]] = {}
    for step in described(filing_type, policy, "zh").steps:
        for asked in step.fields:
            flag = {"yes": True} if asked.widget == "flag" else {}
            single = asked.choices if asked.widget in ("select", "radio") else []
            for said, value in {**flag, **{choice.value: choice.value for choice in single}}.items():
                form = empty.model_copy(update={asked.name: value})
                needed = {need.role for need in filing_type.materials(form, policy) if need.needed}
                for role in needed - always:
                    found.setdefault(role, {}).setdefault(asked.name, []).append(said)
    return {role: [When(name, tuple(values)) for name, values in asked.items()] for role, asked in found.items()}


@dataclass(frozen=True)
class _Around:
    """What stands around fields: the beginning of their paths and headings; when they are asked for at all."""

    path: str
    heading: str
    own: str
    when: tuple[When, ...] = ()
    optional: bool = False


def _columns(fields: Sequence[FormField], around: _Around, entries: int) -> Iterator[Column]:
    for field in fields:
        if field.hidden:
            continue
        here, said = f"{around.path}{field.name}", f"{around.heading}{field.label}"
        when = _conditions(field, around) or around.when
        optional = field.optional or around.optional
        if field.widget == "group":
            yield from _columns(field.fields, replace(around, path=f"{here}.", heading=f"{said}·", when=when), entries)
        elif field.widget == "rows" and field.row is not None:
            yield from _entries(field, replace(around, path=here, when=when, optional=optional), entries)
        else:
            must = not optional or field.needed_when is not None
            asked_if = (when,) if when else ()
            yield Column(here, said, field.hint, field, required=must and not when, when=asked_if, must=must)


def _entries(field: FormField, around: _Around, entries: int) -> Iterator[Column]:
    """Of a list the first entry has to be there, and no other. The first of some is the applicant's, who is known."""
    assert field.row is not None
    own = 1 if field.fixed else 0
    for number in range(own, entries):
        title = field.row.title.replace("{n}", str(number + 1))
        path = f"{around.path}.{number}"
        if number > 0 or around.optional:
            around = replace(around, when=(When(path, entry=title),))
        inside = replace(around, path=f"{path}.", heading=f"{title}·", optional=False)
        columns = list(_columns(field.fields, inside, entries))
        if own and number == own:
            told = around.own.format(own=field.row.title.replace("{n}", "1"))
            columns[0] = replace(columns[0], hint=f"{columns[0].hint} {told}".strip())
        yield from columns


def _conditions(field: FormField, around: _Around) -> tuple[When, ...]:
    return tuple(_when(one, around) for one in (field.shown_when, field.needed_when) if one is not None)


def _when(condition: ShownWhen, around: _Around) -> When:
    """Within a row a path that begins with a point is one of the same row."""
    path = condition.field
    path = f"{around.path}{path[1:]}" if path.startswith(".") else path
    return When(path, tuple(condition.values))
