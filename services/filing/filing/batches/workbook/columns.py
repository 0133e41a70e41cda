"""The columns of the spreadsheet, made from a form's description: one for each thing that is typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.forms import FormDescription, FormField

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


@dataclass(frozen=True)
class Column:
    """``path``: as problems name the field (``authors.0.name``), ``materials.<role>`` or ``key``; ``star``: the same
    with ``*`` for numbers. ``field`` is none for the key and for files."""

    path: str
    heading: str
    hint: str
    field: FormField | None = None
    required: bool = False

    @property
    def star(self) -> str:
        """The path with ``*`` for the numbers of entries."""
        return ".".join("*" if part.isdecimal() else part for part in self.path.split("."))


def described(filing_type: FilingType[Any], policy: FormPolicy, language: Language) -> FormDescription:
    """What the form asks for, in one language."""
    needs = filing_type.materials(filing_type.form(), policy)
    return describe(filing_type.fields, filing_type.kind, needs, policy, language, policy.valid_from or date.min)


def columns_of(description: FormDescription, entries: int = ENTRIES) -> list[Column]:
    """In the order of the template: key, files, then the fields in the order of the form."""
    language = description.language
    heading, hint = _KEY_WORDS[language]
    columns = [Column(KEY, heading, hint)]
    for need in description.materials:
        said = f"{need.hint} {_FILES[language]}".strip()
        columns.append(Column(f"materials.{need.role}", need.title, said, required=need.needed))
    for step in description.steps:
        if step.kind == "fields":
            columns += _columns(step.fields, "", "", entries)
    return columns


def _columns(fields: Sequence[FormField], path: str, heading: str, entries: int) -> Iterator[Column]:
    for field in fields:
        if field.hidden:
            continue
        here, said = f"{path}{field.name}", f"{heading}{field.label}"
        if field.widget == "group":
            yield from _columns(field.fields, f"{here}.", f"{said}·", entries)
        elif field.widget == "rows" and field.row is not None:
            own = 1 if field.fixed else 0  # the first entry is the applicant's, who is known
            for number in range(own, entries):
                title = field.row.title.replace("{n}", str(number + 1))
                yield from _columns(field.fields, f"{here}.{number}.", f"{title}·", entries)
        else:
            yield Column(here, said, field.hint, field, required=not field.optional and field.shown_when is None)
