"""The rules of the software form (domain: software, application), each naming field and code of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import SoftwareForm
from contracts.text import name_key, solid_length

from filing.forms import checks
from filing.forms.checks import problem, warning
from filing.forms.delivery import delivery_problems
from filing.forms.model import Situation
from filing.types.software_registration import names

_VERSION = re.compile(r"[Vv]?(\d{1,4})(?:\.\d{1,5}){1,3}")
_REGISTRATION = re.compile(r"\d{4}SR\d{6,7}")
"""软件登记号; six digits before 2021."""
ENVIRONMENT = (
    "development_hardware",
    "running_hardware",
    "development_system",
    "development_tools",
    "running_platform",
    "supporting_software",
)


def check(form: SoftwareForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, and what is asked about, in the order of the form."""
    return [
        *_name(form, situation),
        *_version(form),
        *_origin(form, situation),
        *_development(form, situation),
        *checks.publication_problems(form, situation),
        *_ai_assistance(form, situation),
        *_owners(form, situation),
        *_acquisition(form),
        *_rights(form),
        *_deposit(form),
        *_environment(form),
        *_languages(form),
        *_described(form, situation),
        *delivery_problems(form.collection, form.delivery),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _advised(form: SoftwareForm, field: str, code: str, situation: Situation) -> Iterator[FieldProblem]:
    """What the office would rather have shorter."""
    limit = situation.policy.limits.get(field)
    text = getattr(form, field)
    if limit is not None and limit.most is not None and len(text) > limit.most:
        yield warning(field, code, most=limit.most, counted=len(text))


def _name(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    name, short = form.full_name, form.short_name
    if not name:
        yield problem("full_name", "required")
    else:
        if names.is_generic(name) and not form.full_name_confirmed:
            yield problem("full_name", "software_name_generic", name=name)
        elif ending := names.risky_ending(name):
            yield warning("full_name", "software_name_risky", ending=ending)
        elif not names.is_well_ended(name):
            yield warning("full_name", "software_name_ending")
        if form.version and names.ends_in_version(name, form.version):
            yield warning("full_name", "software_name_ends_in_version", name=name, version=form.version)
        elif names.names_a_version(name):
            yield warning("full_name", "software_name_with_version")
        yield from _advised(form, "full_name", "software_name_long", situation)
    if short and name_key(short) == name_key(name):
        yield problem("short_name", "short_name_same")
    yield from _advised(form, "short_name", "short_name_long", situation)


def _version(form: SoftwareForm) -> Iterator[FieldProblem]:
    if not form.version:
        yield problem("version", "required")
    elif not (found := _VERSION.fullmatch(form.version)):
        yield problem("version", "version_format")
    elif int(found[1]) > 1 and form.origin == "original":
        yield warning("version", "version_of_original", version=form.version)


def _origin(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.classification is None:
        yield problem("classification", "required")
    if form.origin is None:
        yield problem("origin", "required")
    if form.origin == "modified":
        yield from _counted(form, "modification_note", situation)
        if form.modified_owner is None:
            yield problem("modified_owner", "required")
        yield from _registration_number(form, "modified_registration_number")
        return
    for field in ("modification_note", "modified_registration_number", "modified_owner"):
        if getattr(form, field):
            yield problem(field, "not_applicable")


def _counted(form: SoftwareForm, field: str, situation: Situation) -> Iterator[FieldProblem]:
    """A text of a length that policy sets, counted without blanks and line ends."""
    counted, limit = solid_length(getattr(form, field)), situation.policy.limits.get(field)
    if not counted:
        yield problem(field, "required")
    elif limit is not None and limit.least is not None and counted < limit.least:
        yield problem(field, "text_too_short", least=limit.least, counted=counted)
    elif limit is not None and limit.most is not None and counted > limit.most:
        yield problem(field, "text_too_long", most=limit.most, counted=counted)


def _registration_number(form: SoftwareForm, field: str) -> Iterator[FieldProblem]:
    number = getattr(form, field)
    if number and not _REGISTRATION.fullmatch(number):
        yield problem(field, "registration_number_format")


def _development(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    if form.development_mode is None:
        yield problem("development_mode", "required")
    if form.work_for_hire and form.acquisition not in (None, "original"):
        yield problem("work_for_hire", "not_applicable")
    if form.completion_date is None:
        yield problem("completion_date", "required")
    yield from checks.plausible("completion_date", form.completion_date, situation)


def _ai_assistance(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    said = form.ai_assistance
    if "ai_assistance" not in situation.policy.asks:
        if said.ai_used or said.parts or said.ai_tools or said.remarks:
            yield problem("ai_assistance", "not_applicable")
    elif said.ai_used is None:
        yield problem("ai_assistance.ai_used", "required")
    elif said.ai_used == "yes":
        if not said.parts:
            yield problem("ai_assistance.parts", "required")
        if not said.ai_tools:
            yield problem("ai_assistance.ai_tools", "required")
    else:
        for part in ("parts", "ai_tools", "remarks"):
            if getattr(said, part):
                yield problem(f"ai_assistance.{part}", "not_applicable")


def _owners(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    """Who owned it at first follows from who developed it (条例 art. 9 to 13); who acquired it may be anybody."""
    yield from checks.owner_problems(form.owners, situation)
    yield from checks.applicant_owns(form.owners, form.filing_mode, situation)
    if not form.owners or situation.applicant is None or form.acquisition not in (None, "original"):
        return
    if form.development_mode == "own" and len(form.owners) > 1:
        yield problem("owners", "own_development_one_owner")
    if form.development_mode == "joint" and len(form.owners) < 2:
        yield problem("owners", "joint_development_two_owners")
    if form.work_for_hire and not any(owner.kind == "organisation" for owner in form.owners):
        yield problem("owners", "organisation_must_own")


def _acquisition(form: SoftwareForm) -> Iterator[FieldProblem]:
    """What was acquired from somebody else names the earlier registration, if there is one."""
    if form.acquisition is None:
        yield problem("acquisition", "required")
    if form.acquisition in (None, "original") or form.never_registered:
        for field in ("earlier_registration_number", "earlier_certificate_number"):
            if getattr(form, field):
                yield problem(field, "not_applicable")
        if form.acquisition in (None, "original") and form.never_registered:
            yield problem("never_registered", "not_applicable")
        return
    if not form.earlier_registration_number:
        yield problem("earlier_registration_number", "required")
    yield from _registration_number(form, "earlier_registration_number")


_NOT_TRANSFERABLE = {
    "assignment": ("publication", "attribution"),
    "succession": ("attribution",),
    "inheritance": ("attribution",),
}
"""Personal rights stay with who had them: by assignment those of 著作权法 art. 10, while an heir or successor has all
but the right of attribution (条例 art. 15)."""


def _rights(form: SoftwareForm) -> Iterator[FieldProblem]:
    if form.rights_scope == "all":
        if form.rights:
            yield problem("rights", "not_applicable")
        return
    if not form.rights:
        yield problem("rights", "required")
    for index, right in enumerate(form.rights):
        if right in form.rights[:index]:
            yield problem(f"rights.{index}", "duplicate", name=right)
        if right in _NOT_TRANSFERABLE.get(form.acquisition or "original", ()):
            yield problem(f"rights.{index}", "right_not_transferable", right=right)


def _deposit(form: SoftwareForm) -> Iterator[FieldProblem]:
    """办法 art. 10 and 12."""
    if form.deposit_kind == "exceptional" and form.exceptional_kind is None:
        yield problem("exceptional_kind", "required")
    if form.deposit_kind == "general" and form.exceptional_kind is not None:
        yield problem("exceptional_kind", "not_applicable")
    if form.document_kinds == "several" and form.document_count is None:
        yield problem("document_count", "required")
    if form.document_kinds == "one" and form.document_count is not None:
        yield problem("document_count", "not_applicable")


def _environment(form: SoftwareForm) -> Iterator[FieldProblem]:
    for field in ENVIRONMENT:
        if not getattr(form, field):
            yield problem(field, "required")


def _languages(form: SoftwareForm) -> Iterator[FieldProblem]:
    if not form.languages:
        yield problem("languages", "required")
    seen: set[str] = set()
    for index, language in enumerate(form.languages):
        if not language:
            yield problem(f"languages.{index}", "required")
        elif language.casefold() in seen:
            yield problem(f"languages.{index}", "duplicate", name=language)
        seen.add(language.casefold())
    if form.source_lines is None:
        yield problem("source_lines", "required")


def _described(form: SoftwareForm, situation: Situation) -> Iterator[FieldProblem]:
    for field in ("purpose", "industry"):
        if not getattr(form, field):
            yield problem(field, "required")
    yield from _counted(form, "functions", situation)
    for index, tag in enumerate(form.characteristics):
        if tag in form.characteristics[:index]:
            yield problem(f"characteristics.{index}", "duplicate", name=tag)
    if not form.characteristics and not form.characteristics_note:
        yield problem("characteristics", "required")
