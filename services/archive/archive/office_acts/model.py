"""On what grounds the office may act, who is heard first, and what a correction states. Pure rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from chassis.errors import FieldError, Problem
from contracts.office_acts import Corrected, OfficeActKind, OfficeGround

from archive.register.model import Author, Particulars

OF_ANY: tuple[OfficeGround, ...] = ("judgment", "penalty")
"""Of works and of software (办法 art. 23)."""
OF_WORKS: tuple[OfficeGround, ...] = ("unregistrable", "untrue", "duplicate")
"""试行办法 art. 6."""


MOST_OBJECTIONS = 5
"""Objections of an account that wait at the same time."""


def grounds_of(kind: str) -> list[OfficeGround]:
    """On what something can be proposed of a kind; an error of the office is no ground to revoke."""
    return [*OF_ANY, *(OF_WORKS if kind == "work" else ()), "clerical_error"]


def act_on(ground: OfficeGround) -> OfficeActKind:
    """What a ground leads to."""
    return "corrected" if ground == "clerical_error" else "revoked"


@dataclass(frozen=True)
class Hearing:
    """For how many days the holder may be heard, from a legal day on."""

    ground: str
    valid_from: date
    days: int


@cache
def hearings() -> tuple[Hearing, ...]:
    """All that ever held (``hearing.toml``), the newest first."""
    text = resources.files("archive.office_acts").joinpath("hearing.toml").read_text(encoding="utf-8")
    found = (Hearing(**block) for block in tomllib.loads(text)["hearing"])
    return tuple(sorted(found, key=lambda one: one.valid_from, reverse=True))


def hear_until(ground: OfficeGround, on: date) -> date | None:
    """The last day on which the holder may be heard; None where nobody is. ``LookupError`` before the first rule."""
    found = next((one for one in hearings() if one.ground == ground and one.valid_from <= on), None)
    if found is None:
        raise LookupError(f"no period to be heard on {ground} was in force on {on}")
    return on + timedelta(days=found.days) if found.days else None


def states_of(now: Particulars, corrected: Corrected, on: date) -> dict[str, Any]:
    """What a correction states anew, by the register's names: only what differs.

    Problem ``correction_changes_nothing``; ``request_invalid`` (``errors``) for names that are more or fewer than are
    registered, an empty title or name, and dates that cannot be.
    """
    given = corrected.model_dump(exclude_none=True)
    _check(now, corrected, on)
    if corrected.authors is not None:
        pairs = zip(now.authors, corrected.authors, strict=True)
        given["authors"] = [_renamed(author, name).model_dump(mode="json") for author, name in pairs]
    if corrected.owners is not None:
        rows = zip(now.owners, corrected.owners, strict=True)
        given["owners"] = [owner.model_copy(update={"name": name}).model_dump(mode="json") for owner, name in rows]
    stated = Particulars.model_validate(now.model_dump(mode="json") | given).model_dump(mode="json")
    known = now.model_dump(mode="json")
    states = {name: stated[name] for name in given if stated[name] != known[name]}
    if not states:
        raise Problem("correction_changes_nothing")
    return states


def before_of(now: Particulars, states: Mapping[str, Any]) -> dict[str, Any]:
    """What stood where something is stated anew."""
    known = now.model_dump(mode="json")
    return {name: known[name] for name in states}


def printed_name(author: Author) -> str:
    """The name of an author that their certificate shows."""
    return author.pseudonym if author.signed_as == "pseudonym" and author.pseudonym else author.name


def _renamed(author: Author, name: str) -> Author:
    pseudonymous = author.signed_as == "pseudonym" and author.pseudonym
    return author.model_copy(update={"pseudonym" if pseudonymous else "name": name})


def _check(now: Particulars, corrected: Corrected, on: date) -> None:
    errors: list[FieldError] = []
    if corrected.title == "":
        errors.append(FieldError("title", "required"))
    for field, registered in (("authors", now.authors), ("owners", now.owners)):
        names: list[str] | None = getattr(corrected, field)
        if names is not None and (len(names) != len(registered) or not all(names)):
            errors.append(FieldError(field, "change_adds_or_removes"))
    completed = corrected.completion_date or now.completion_date
    published = corrected.publication_date or now.publication_date
    for field in ("completion_date", "publication_date"):
        day: date | None = getattr(corrected, field)
        if day is not None and day > on:
            errors.append(FieldError(field, "date_in_future", {"today": on.isoformat()}))
    if completed and published and published < completed:
        params = {"completion_date": completed.isoformat()}
        errors.append(FieldError("publication_date", "publication_before_completion", params))
    if errors:
        raise Problem("request_invalid", errors=errors)
