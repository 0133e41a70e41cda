"""Descriptions of forms, kept for a few minutes in each process: what a form asks changes with policy alone."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, cast, get_args

from chassis.errors import Problem
from contracts.filing import DESCRIBE_FORM, ApplicationView, DescribeForm
from contracts.forms import FORMS, REGISTRATIONS, FilingType, FormDescription, Kind

from gateway.forms.described import Described
from gateway.web.calls import call
from gateway.web.languages import language

KEPT = 120.0
"""Seconds."""
MOST = 256
TYPES: tuple[FilingType, ...] = get_args(FilingType)
_kept: dict[tuple[FilingType, str, date | None], tuple[float, Described]] = {}


def describe(filing_type: FilingType, on: date | None = None) -> Described:
    """What the form asks for by the policy of a day (today's without one), in the visitor's language.

    One call when it is not known yet. Raises filing's problems.
    """
    told = language()
    key, now = (filing_type, told, on), time.monotonic()
    kept = _kept.get(key)
    if kept is not None and kept[0] > now:
        return kept[1]
    asked = DescribeForm(type=filing_type, language=told, on=on)
    described = Described(call(DESCRIBE_FORM, asked))
    while len(_kept) >= MOST:
        _kept.pop(next(iter(_kept)), None)
    _kept[key] = (now + KEPT, described)
    return described


def describe_case(case: ApplicationView) -> Described:
    """The form of a case, by the policy that it is judged by."""
    return describe(case.type, case.policy_on)


@cache
def empty_form(filing_type: FilingType) -> dict[str, Any]:
    """What each field is before anything is entered, as the form's contract says; nothing for a form unknown here."""
    model = FORMS.get(filing_type)
    return model().model_dump(mode="json") if model else {}


def type_word(name: FilingType | Kind) -> str:
    """What is filed, by its name in the visitor's language; of a kind, its registration. The word itself where filing
    does not say."""
    filing_type = REGISTRATIONS.get(cast(Kind, name)) or cast(FilingType, name)
    try:
        return describe(filing_type).description.title
    except Problem:
        return filing_type


def told_types() -> dict[FilingType, FormDescription]:
    """All that can be filed, as far as filing tells it: the first that it does not tell is the last that is asked for,
    so that nobody waits as many times as there are types."""
    told: dict[FilingType, FormDescription] = {}
    with suppress(Problem):
        for name in TYPES:
            told[name] = describe(name).description
    return told


def types_of_batches() -> dict[FilingType, str]:
    """What can be filed many at a time, by its names: what is not about something that is registered already."""
    found = (describe(name).description for name in TYPES)
    return {one.type: one.title for one in found if not one.on_registration}


def is_procedure(name: FilingType | Kind) -> bool:
    """Whether it is filed about what is registered already. False where filing does not say."""
    filing_type = REGISTRATIONS.get(cast(Kind, name)) or cast(FilingType, name)
    try:
        return describe(filing_type).description.on_registration
    except Problem:
        return False


def procedures(kind: Kind) -> list[FormDescription]:
    """What can be filed today about a registration of a kind. Nothing where filing does not answer."""
    try:
        found = [describe(name).description for name in TYPES]
    except Problem:
        return []
    return [one for one in found if one.on_registration and one.open and one.kind == kind]


def procedures_of(kind: Kind, names: Collection[str]) -> list[FormDescription]:
    """Of these, what goes by one of these names (:data:`contracts.procedures.PROCEDURES`)."""
    return [one for one in procedures(kind) if procedure_name(one.type) in names]


def procedure_name(filing_type: str) -> str:
    """What is filed, of works and of software alike: ``change``, ``release``."""
    return filing_type.partition("_")[2]
