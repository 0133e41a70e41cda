"""The rules of a change or supplement (domain: other forms): what may be stated anew, and what that takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from contracts.filing import FieldProblem
from contracts.forms import ChangeForm
from contracts.text import name_key, same_name

from filing.forms import checks
from filing.forms.checks import problem, warning
from filing.forms.model import Situation
from filing.types.changing.registered import AboutRegistration

NAMES = frozenset({"authors", "owners"})
"""Items that are names of people, for which a reason and a proof are asked."""


class Renamed(Protocol):
    """A row of the form: a registered name, and the one to take its place."""

    @property
    def was(self) -> str: ...
    @property
    def name(self) -> str: ...


def registration(form: AboutRegistration) -> Iterator[FieldProblem]:
    """It is about a registration that holds."""
    if not form.on_register.registration_number:
        yield problem("on_register.registration_number", "required")
    elif form.on_register.status != "valid":
        yield problem("on_register", "registration_not_valid", status=form.on_register.status)


def items(form: ChangeForm[Any], situation: Situation) -> Iterator[FieldProblem]:
    """Something is to be changed, and nothing that may not be."""
    if not form.change_items:
        yield problem("change_items", "change_nothing")
    for item in dict.fromkeys(form.change_items):
        if item == "rights":
            yield problem("change_items", "change_is_transfer")
        elif item not in situation.policy.changes:
            yield problem("change_items", "change_not_allowed", item=item)
    if not form.change_reason:
        yield problem("change_reason", "required")


def text(form: ChangeForm[Any], field: str, value: str, registered: str) -> Iterator[FieldProblem]:
    """A title, a short name, a version: given if it is to be changed, and another than what is registered."""
    if field not in form.change_items:
        if value:
            yield problem(field, "not_applicable")
    elif not value:
        yield problem(field, "required")
    elif value == registered:
        yield problem(field, "change_same")


def names(form: ChangeForm[Any], field: str, rows: Sequence[Renamed], count: int) -> Iterator[FieldProblem]:
    """As many as are registered: to add or take away one is to transfer the right. At least one gets another name."""
    if field not in form.change_items:
        if any(row.name for row in rows):
            yield problem(field, "not_applicable")
        return
    if len(rows) != count:
        yield problem(field, "change_adds_or_removes")
        return
    if not changed(rows):
        yield problem(field, "change_nothing")
    for index, row in enumerate(rows):
        if row.name and row.name == row.was:
            yield problem(f"{field}.{index}.name", "change_same")
        others = {name_key(other.name or other.was) for other in rows if other is not row}
        if row.name and name_key(row.name) in others:
            yield problem(f"{field}.{index}.name", "duplicate", name=row.name[:100])


def changed(rows: Sequence[Renamed]) -> bool:
    """Whether a row states another name."""
    return any(row.name and row.name != row.was for row in rows)


def owners(form: ChangeForm[Any], situation: Situation) -> Iterator[FieldProblem]:
    """The owners' names; of the only owner it is asked about when it is not the name that was verified."""
    yield from names(form, "owners", form.owners, len(form.on_register.owners))
    applicant, rows = situation.applicant, form.owners
    only = rows[0].name if "owners" in form.change_items and len(rows) == 1 else ""
    if only and applicant is not None and not same_name(only, applicant.name):
        yield warning("owners.0.name", "change_not_verified_name", name=applicant.name)


def name_reason(form: ChangeForm[Any]) -> Iterator[FieldProblem]:
    """Why a name is another: not because somebody else owns it now, which is an assignment."""
    asked = not NAMES.isdisjoint(form.change_items)
    if not asked:
        if form.name_reason is not None:
            yield problem("name_reason", "not_applicable")
    elif form.name_reason is None:
        yield problem("name_reason", "required")
    elif form.name_reason == "transferred":
        yield problem("name_reason", "change_is_transfer")


def publication(form: ChangeForm[Any], situation: Situation) -> Iterator[FieldProblem]:
    """A first publication may be added to what was registered as unpublished; a date that is registered stays."""
    day, place, known = form.publication_date, form.publication_place, form.on_register
    if "publication" not in form.change_items:
        if day is not None or place is not None:
            yield problem("publication_date", "not_applicable")
        return
    if known.publication_date is not None:
        yield problem("publication_date", "published_already", day=known.publication_date.isoformat())
        return
    if day is None:
        yield problem("publication_date", "required")
    elif implausible := list(checks.plausible("publication_date", day, situation)):
        yield from implausible
    elif known.completion_date is not None and day < known.completion_date:
        completed = known.completion_date.isoformat()
        yield problem("publication_date", "publication_before_completion", completion_date=completed)
    if place is None or not (place.country and place.city):
        yield problem("publication_place.city", "required")
