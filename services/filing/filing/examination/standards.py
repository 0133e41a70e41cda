"""Standard defects: what examiners find again and again, as data; their words are in ``texts/``, by code."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from chassis.catalogues import Language, Texts, beside
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Model
from contracts.examination import ListStandardDefects, RefusalBasis, StandardDefect, StandardDefects
from contracts.forms import FilingType

TEXTS = Texts(beside(__package__))
"""By code: *defect*, and its legal *basis* where it has one."""

BLANK = "{…}"
"""In a standard text: what the examiner fills in."""


class Standard(Model):
    """One entry of the library. Either ``field`` or ``role`` says where it is marked; neither means the whole form."""

    code: str
    types: list[FilingType]
    ground: Literal["statutory", "practice"]
    leads_to: Literal["correction", "refusal"]
    field: str = ""
    role: str = ""


class _Library(Model):
    defect: list[Standard]


@cache
def library() -> list[Standard]:
    """The shipped entries, in the order in which they are shown."""
    text = resources.files(__package__).joinpath("standard_defects.toml").read_text(encoding="utf-8")
    return _Library.model_validate(tomllib.loads(text)).defect


def list_standard_defects(request: ListStandardDefects, uow: UnitOfWork) -> StandardDefects:
    """Those of a filing type, in one language."""
    return StandardDefects(
        items=[
            StandardDefect(
                code=entry.code,
                ground=entry.ground,
                leads_to=entry.leads_to,
                field=entry.field,
                role=entry.role,
                message=TEXTS.pattern("defect", entry.code, request.language),
                basis=_basis(entry.code, request.language),
            )
            for entry in library()
            if request.type in entry.types
        ],
        bases=[
            RefusalBasis(code=code, words=words) for code, words in bases_of(request.type, request.language).items()
        ],
    )


def bases_of(filing_type: FilingType, language: Language) -> dict[str, str]:
    """What a refusal may rest on, by code: each rule once that a standard reason for one names."""
    found: dict[str, str] = {}
    for entry in library():
        words = _basis(entry.code, language)
        if filing_type in entry.types and entry.leads_to == "refusal" and words and words not in found.values():
            found[entry.code] = words
    return found


def basis_of(filing_type: FilingType, code: str) -> str:
    """The rule on a notice, which is Chinese; empty where the reason itself says what it rests on. Problem
    ``request_invalid``."""
    if not code:
        return ""
    known = bases_of(filing_type, "zh")
    if code not in known:
        raise Problem("request_invalid", errors=[FieldError("basis", "not_in_list")])
    return known[code]


def _basis(code: str, language: Language) -> str:
    """Practice has none."""
    return TEXTS.pattern("basis", code, language) if TEXTS.knows("basis", code) else ""


@cache
def _known(kind: Literal["defect", "basis"]) -> dict[str, re.Pattern[str]]:
    """By code: the standard text in any language, with whatever was filled in."""
    languages: tuple[Language, ...] = ("zh", "en")
    found = {}
    for code in TEXTS.codes(kind):
        texts = (re.escape(TEXTS.pattern(kind, code, language)) for language in languages)
        found[code] = re.compile("|".join(text.replace(re.escape(BLANK), "(.+)") for text in texts), re.DOTALL)
    return found


def in_words_of(written: str, language: Language, kind: Literal["defect", "basis"] = "defect") -> str:
    """Standard texts as they are said in a language, with what was filled in; what an examiner wrote stays as written.
    Several reasons are a line each."""
    if (whole := _standard(written, language, kind)) is not None:
        return whole
    lines = ((line, _standard(line, language, kind)) for line in written.split("\n"))
    return "\n".join(line if said is None else said for line, said in lines)


def _standard(written: str, language: Language, kind: Literal["defect", "basis"]) -> str | None:
    for code, pattern in _known(kind).items():
        if (match := pattern.fullmatch(written)) is not None:
            text = TEXTS.pattern(kind, code, language)
            for filled in filter(None, match.groups()):
                text = text.replace(BLANK, filled, 1)
            return text
    return None
