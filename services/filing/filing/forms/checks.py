"""Checks that the forms of several filing types share: names, dates, publication, owners, contact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

from contracts.filing import FieldProblem
from contracts.forms import Contact, Owner, Place
from contracts.text import name_key

from filing.forms.model import Situation

_TELEPHONE = re.compile(r"(\+86)?1[3-9]\d{9}|0\d{9,16}|[48]00\d{7}|\+\d{6,19}")
"""As :class:`contracts.text.Mobile` leaves it: a mobile; area code, number and extension; 400 or 800; or abroad."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_POSTCODE = re.compile(r"[0-9A-Za-z -]{3,12}")
CONTACT_FORMATS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "mobile": (_TELEPHONE, "telephone_format"),
    "email": (_EMAIL, "email_format"),
    "postcode": (_POSTCODE, "postcode_format"),
}
"""What each part of a contact looks like, and the problem of one that does not."""


class Published(Protocol):
    """A form that says when its subject was completed and first published."""

    @property
    def completion_date(self) -> date | None: ...
    @property
    def publication(self) -> str | None: ...
    @property
    def publication_date(self) -> date | None: ...
    @property
    def publication_place(self) -> Place | None: ...


def problem(field: str, code: str, **params: str | int) -> FieldProblem:
    """An error of the form at ``field`` (a path, ``owners.0.name``); ``params`` fill the sentence of its code."""
    return FieldProblem(field=field, code=code, params=params)


def warning(field: str, code: str, **params: str | int) -> FieldProblem:
    """Something that is asked about and may stay as it is."""
    return FieldProblem(field=field, code=code, severity="warning", params=params)


def plausible(field: str, day: date | None, situation: Situation) -> Iterator[FieldProblem]:
    """Not in the future, and no year that was mistyped (0202, 1066): nothing so old is still protected."""
    if day is not None and day > situation.today:
        yield problem(field, "date_in_future", today=situation.today.isoformat())
    elif day is not None and day < situation.policy.earliest_date:
        yield problem(field, "date_too_early", earliest=situation.policy.earliest_date.isoformat())


def publication_problems(form: Published, situation: Situation) -> Iterator[FieldProblem]:
    """Published or not; if so when, not before its completion, and where."""
    if form.publication is None:
        yield problem("publication", "required")
    elif form.publication == "unpublished":
        if form.publication_date is not None:
            yield problem("publication_date", "not_applicable")
    else:
        if form.publication_date is None:
            yield problem("publication_date", "required")
        elif implausible := list(plausible("publication_date", form.publication_date, situation)):
            yield from implausible
        elif form.completion_date is not None and form.publication_date < form.completion_date:
            yield problem(
                "publication_date", "publication_before_completion", completion_date=form.completion_date.isoformat()
            )
        place = form.publication_place
        if place is None or not (place.country and place.city):
            yield problem("publication_place.city", "required")


def name_problems(names: Sequence[str], field: str) -> Iterator[FieldProblem]:
    """Each name there, once. ``field`` is a pattern: ``owners.{}.name``."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if not name:
            yield problem(field.format(index), "required")
        elif name_key(name) in seen:
            yield problem(field.format(index), "duplicate", name=name[:100])
        seen.add(name_key(name))


def owner_problems(owners: Sequence[Owner], situation: Situation) -> Iterator[FieldProblem]:
    """Somebody owns it, each once, and says by which document; the applicant's own entry comes with the verification,
    so that a list without any is nobody's fault before."""
    if not owners and situation.applicant is not None:
        yield problem("owners", "required")
    yield from name_problems([owner.name for owner in owners], "owners.{}.name")
    for index, owner in enumerate(owners):
        if not owner.id_type and not owner.applicant:
            yield problem(f"owners.{index}.id_type", "required")
        if not owner.masked_id_number and not owner.applicant:
            yield problem(f"owners.{index}.masked_id_number", "required")


def applicant_owns(owners: Sequence[Owner], filing_mode: str, situation: Situation) -> Iterator[FieldProblem]:
    """Who files without an agent is one of the owners."""
    own_filing = situation.applicant is not None and filing_mode == "applicant"
    if own_filing and owners and sum(owner.applicant for owner in owners) != 1:
        yield problem("owners", "applicant_not_owner")


def filing_problems(
    filing_mode: Literal["applicant", "agent"], contact: Contact, situation: Situation
) -> Iterator[FieldProblem]:
    """Who files, and how to reach them."""
    if filing_mode not in situation.policy.filing_modes:
        yield problem("filing_mode", "filing_mode_not_open")
    for name, (pattern, code) in CONTACT_FORMATS.items():
        value = getattr(contact, name)
        if value and not pattern.fullmatch(value):
            yield problem(f"contact.{name}", code)
