"""The rules of the works form (domain: works, fields and ownership), each naming field and code of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import WorkForm

from filing.forms import checks
from filing.forms.checks import problem, warning
from filing.forms.delivery import delivery_problems
from filing.forms.model import Situation
from filing.types.work_registration.ownership import ownership_problems
from filing.types.work_registration.titles import is_generic

_DERIVED = ("adaptation", "translation", "compilation", "annotation", "arrangement")
_PERSONAL_RIGHTS = ("publication", "attribution", "revision", "integrity")
_MAP_NUMBER = re.compile(r"[\u4e00-\u9fff]?G?S[\u4e00-\u9fff]?[（(〔\[]\d{4}[）)〕\]]\d{1,5}号")
"""``GS（2019）1822号``, ``GS京（2023）0001号``, ``京S（2021）023号``."""
_RIGHTS_OF_SOME_CATEGORIES = ("rental", "exhibition")


def check(form: WorkForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *_title(form),
        *_category(form, situation),
        *_creation(form, situation),
        *checks.publication_problems(form, situation),
        *_composition(form),
        *_authors(form),
        *checks.owner_problems(form.owners, situation),
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
    if form.sample_form is not None and form.sample_form not in policy.samples:
        yield problem("sample_form", "sample_form_not_for_category", category=form.category)
    asked = {
        "word_count": (policy.word_count, form.word_count is not None),
        "lyrics": (policy.lyrics, form.lyrics is not None),
        "duration": (policy.duration, form.duration is not None and form.duration.total > 0),
    }
    for field, (applies, given) in asked.items():
        if applies and not given:
            yield problem(field, "required")
        if given and not applies:
            yield problem(field, "not_applicable", category=form.category)
    if form.episodes is not None and not policy.duration:
        yield problem("episodes", "not_applicable", category=form.category)
    yield from _map(form, needed=policy.map_number)


def _map(form: WorkForm, *, needed: bool) -> Iterator[FieldProblem]:
    """A map that the public has seen has a number of approval (地图管理条例 art. 15, 24); a sketch may have none."""
    if form.map_number and not needed:
        yield problem("map_number", "not_applicable", category=form.category or "")
    elif form.map_number and not _MAP_NUMBER.fullmatch(form.map_number):
        yield warning("map_number", "map_number_unusual", number=form.map_number)
    elif needed and not form.map_number and form.publication == "published":
        yield warning("map_number", "map_number_missing")


def _creation(form: WorkForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.creation_nature is None:
        yield problem("creation_nature", "required")
    elif form.creation_nature in _DERIVED and not form.source_licence:
        yield problem("source_licence", "required")
    if form.completion_date is None:
        yield problem("completion_date", "required")
    yield from checks.plausible("completion_date", form.completion_date, situation)
    if not form.completion_place.country:
        yield problem("completion_place.country", "required")
    if not form.completion_place.city:
        yield problem("completion_place.city", "required")


def _composition(form: WorkForm) -> Iterator[FieldProblem]:
    if form.composition == "single":
        if form.parts:
            yield problem("parts", "not_applicable")
        return
    if len(form.parts) < 2:
        yield problem("parts", "series_needs_two_parts")
    yield from checks.name_problems(form.parts, "parts.{}")


def _authors(form: WorkForm) -> Iterator[FieldProblem]:
    if not form.authors:
        yield problem("authors", "required")
    yield from checks.name_problems([author.name for author in form.authors], "authors.{}.name")
    for index, author in enumerate(form.authors):
        if author.signed_as == "pseudonym" and not author.pseudonym:
            yield problem(f"authors.{index}.pseudonym", "required")


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
    yield from delivery_problems(form.collection, form.delivery)
    yield from checks.filing_problems(form.filing_mode, form.contact, situation)
