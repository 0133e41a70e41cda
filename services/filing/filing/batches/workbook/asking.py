"""What the template says of its columns: when each has to be filled in, and a row that shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.forms import Choice, FormField

from filing.batches.workbook.columns import KEY, Column, When
from filing.batches.workbook.values import YES_WORDS
from filing.forms.words import Language

_ALWAYS = {"zh": "* 必填", "en": "* required"}
_MUST = {"zh": "{conditions}的必填。", "en": "Required if {conditions}."}
_MAY = {"zh": "只在{conditions}时填写。", "en": "Only if {conditions}."}
_SAYS = {"zh": "“{heading}”是{values}", "en": "“{heading}” is {values}"}
_FILLED = {"zh": "有“{entry}”", "en": "“{entry}” is filled in"}
_VALUE = {"zh": "“{value}”", "en": "“{value}”"}
_AND = {"zh": "，并且", "en": " and "}
_OR = {"zh": "或者", "en": " or "}
_FILL_IN = {"zh": "（填写）", "en": "(fill in)"}


def note_of(column: Column, by_path: Mapping[str, Column], language: Language) -> str:
    """Below the heading: when the column has to be filled in, and what the form says of the field."""
    asked = _ALWAYS[language] if column.required else ""
    known = (conditions for conditions in column.when if all(one.entry or one.path in by_path for one in conditions))
    said = [_AND[language].join(_condition(one, by_path, language) for one in conditions) for conditions in known]
    if said:
        asked = (_MUST if column.must else _MAY)[language].format(conditions=_OR[language].join(said))
    return "\n".join(part for part in (asked, column.hint) if part)


def _condition(when: When, by_path: Mapping[str, Column], language: Language) -> str:
    if when.entry:
        return _FILLED[language].format(entry=when.entry)
    decides = by_path[when.path]
    words = [_VALUE[language].format(value=_word(decides.field, value, language)) for value in when.values]
    return _SAYS[language].format(heading=decides.heading, values=_OR[language].join(words))


def _word(field: FormField | None, value: str, language: Language) -> str:
    if field is None or field.widget == "flag":
        return YES_WORDS[language][value != "yes"]
    return next((choice.label for choice in field.choices if choice.value == value), value)


def example_of(columns: Sequence[Column], language: Language) -> dict[str, str]:
    """What stands in the example by path: a work with one author and one owner, whose certificate is downloaded, and
    nothing in columns that such a work has no need of."""
    chosen: dict[str, str] = {}
    example: dict[str, str] = {}
    for column in columns:
        if column.field is not None and _applies(column, chosen):
            choice = _chosen(column.field)
            if choice is not None:
                chosen[column.path], example[column.path] = choice.value, choice.label
            else:
                example[column.path] = _typed(column.field, language)
    files = [column for column in columns if column.field is None and column.path != KEY and _applies(column, chosen)]
    for number, column in enumerate(files, start=1):
        example[column.path] = "W001.pdf" if number == 1 else f"W001-{number}.pdf"
    return example


def _applies(column: Column, chosen: Mapping[str, str]) -> bool:
    asked = any(all(chosen.get(one.path) in one.values for one in conditions) for conditions in column.when)
    return column.required or (column.must and asked)


def _chosen(field: FormField) -> Choice | None:
    """The one that the form begins with; else what only organisations may choose, who alone file batches."""
    fits = [one for one in field.choices if one.open and "organisation" in (one.filers or ["organisation"])]
    begins = [one for one in fits if one.value == field.start]
    theirs = [one for one in fits if one.filers == ["organisation"]]
    return next(iter(begins or theirs or fits), None)


def _typed(field: FormField, language: Language) -> str:
    if field.widget == "date":
        return "2026-03-01"
    if field.widget == "integer":
        return str(max(field.least or 1, 1000))
    return field.start_word or field.start or _FILL_IN[language]
