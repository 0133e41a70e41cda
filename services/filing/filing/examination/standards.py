"""Standard defects: what examiners find again and again, as data; their words are in ``texts/``, by code."""

from __future__ import annotations

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
