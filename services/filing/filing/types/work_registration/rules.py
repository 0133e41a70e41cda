"""The rules of the works form (domain: works, fields and ownership), each naming field and code of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from contracts.filing import FieldProblem
from contracts.forms import WorkForm
from contracts.text import name_key

from filing.forms.model import Situation
from filing.types.work_registration.ownership import ownership_problems
from filing.types.work_registration.titles import is_generic

_MOBILE = re.compile(r"(\+86)?1[3-9]\d{9}|\+\d{6,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_POSTCODE = re.compile(r"[0-9A-Za-z -]{3,12}")
_DERIVED = ("adaptation", "translation", "compilation", "annotation", "arrangement")
_PERSONAL_RIGHTS = ("publication", "attribution", "revision", "integrity")
_RIGHTS_OF_SOME_CATEGORIES = ("rental", "exhibition")


def problem(field: str, code: str, **params: str | int) -> FieldProblem:
    return FieldProblem(field=field, code=code, params=params)


def check(form: WorkForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *_title(form),
        *_category(form, situation),
        *_creation(form, situation),
        *_publication(form, situation),
        *_composition(form),
        *_authors(form),
        *_owners(form),
        *ownership_problems(form, situation.applicant.kind if situation.applicant else None, situation.policy),
        *_rights(form, situation),
        *_description(form),
        *_filing(form, situation),
    ]


def _title(form: WorkForm) -> Iterator[FieldProblem]:
    if not form.title:
        yield problem("title", "required")
    elif is_generic(form.title) and not form.title_confirmed:
        yield problem("title", "title_generic", title=form.title)


def _category(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.category is None:
        yield problem("category", "required")
        return
    policy = situation.policy.categories.get(form.category)
    if policy is None or not policy.open:
        yield problem("category", "category_not_open", category=form.category)
        return
    if policy.note and not form.category_note:
        yield problem("category_note", "required")
    if policy.word_count and form.word_count is None:
        yield problem("word_count", "required")
    if not policy.word_count and form.word_count is not None:
        yield problem("word_count", "not_applicable", category=form.category)


def _creation(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.creation_nature is None:
        yield problem("creation_nature", "required")
    elif form.creation_nature in _DERIVED and not form.source_licence:
        yield problem("source_licence", "required")
    if form.completion_date is None:
        yield problem("completion_date", "required")
    yield from _plausible("completion_date", form.completion_date, situation)
    if not form.completion_place.country:
        yield problem("completion_place.country", "required")
    if not form.completion_place.city:
        yield problem("completion_place.city", "required")


def _plausible(field: str, day: date | None, situation: Situation) -> Iterator[FieldProblem]:
    """Not in the future, and no year that was mistyped (0202, 1066): nothing so old is still protected."""
    if day is not None and day > situation.today:
        yield problem(field, "date_in_future", today=situation.today.isoformat())
    elif day is not None and day < situation.policy.earliest_date:
        yield problem(field, "date_too_early", earliest=situation.policy.earliest_date.isoformat())


def _publication(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.publication is None:
        yield problem("publication", "required")
    elif form.publication == "unpublished":
        if form.publication_date is not None:
            yield problem("publication_date", "not_applicable")
    else:
        if form.publication_date is None:
            yield problem("publication_date", "required")
        elif implausible := list(_plausible("publication_date", form.publication_date, situation)):
            yield from implausible
        elif form.completion_date is not None and form.publication_date < form.completion_date:
            yield problem(
                "publication_date", "publication_before_completion", completion_date=form.completion_date.isoformat()
            )
        place = form.publication_place
        if place is None or not (place.country and place.city):
            yield problem("publication_place.city", "required")


def _composition(form: WorkForm) -> Iterator[FieldProblem]:
    if form.composition == "single":
        if form.parts:
            yield problem("parts", "not_applicable")
        return
    if len(form.parts) < 2:
        yield problem("parts", "series_needs_two_parts")
    yield from _names(form.parts, "parts.{}")


def _names(names: list[str], field: str) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if not name:
            yield problem(field.format(index), "required")
        elif name_key(name) in seen:
            yield problem(field.format(index), "duplicate", name=name[:100])
        seen.add(name_key(name))


def _authors(form: WorkForm) -> Iterator[FieldProblem]:
    if not form.authors:
        yield problem("authors", "required")
    yield from _names([author.name for author in form.authors], "authors.{}.name")
    for index, author in enumerate(form.authors):
        if author.signed_as == "pseudonym" and not author.pseudonym:
            yield problem(f"authors.{index}.pseudonym", "required")


def _owners(form: WorkForm) -> Iterator[FieldProblem]:
    if not form.owners:
        yield problem("owners", "required")
    yield from _names([owner.name for owner in form.owners], "owners.{}.name")
    for index, owner in enumerate(form.owners):
        if not owner.id_type and not owner.applicant:
            yield problem(f"owners.{index}.id_type", "required")
        if not owner.masked_id_number and not owner.applicant:
            yield problem(f"owners.{index}.masked_id_number", "required")


def _rights(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.rights_scope == "all":
        if form.rights:
            yield problem("rights", "not_applicable")
        return
    if not form.rights:
        yield problem("rights", "required")
    category = situation.policy.categories.get(form.category or "")
    own_rights = category.rights if category else []
    for index, right in enumerate(form.rights):
        if right in form.rights[:index]:
            yield problem(f"rights.{index}", "duplicate", name=right)
        if right in _PERSONAL_RIGHTS and form.acquisition not in (None, "original"):
            yield problem(f"rights.{index}", "right_not_transferable", right=right)
        if category and right in _RIGHTS_OF_SOME_CATEGORIES and right not in own_rights:
            yield problem(f"rights.{index}", "right_not_applicable", right=right, category=form.category or "")


def _description(form: WorkForm) -> Iterator[FieldProblem]:
    for part in ("purpose", "process", "originality"):
        if not getattr(form.description, part):
            yield problem(f"description.{part}", "required")


def _filing(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.filing_mode not in situation.policy.filing_modes:
        yield problem("filing_mode", "filing_mode_not_open")
    contact = form.contact
    checks = (("mobile", _MOBILE), ("email", _EMAIL), ("postcode", _POSTCODE))
    for name, pattern in checks:
        value = getattr(contact, name)
        if value and not pattern.fullmatch(value):
            yield problem(f"contact.{name}", "format_invalid")
    if form.collection == "ems":
        for name in ("name", "mobile", "address", "postcode"):
            if not getattr(contact, name):
                yield problem(f"contact.{name}", "required")
