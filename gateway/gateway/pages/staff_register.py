"""What the register says of the registration that a case is about, for who decides on it: who has a pledge on it, what
has become another since the case was filed, and whether it can be recorded at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import FieldError, Problem
from contracts.dealings import Dealing
from contracts.examination import CHECK_REGISTER, CheckRegister
from contracts.extracts import RegisterExtract
from contracts.filing import ApplicationView, FieldProblem, MaterialView
from flask_babel import gettext as _
from pydantic import ValidationError

from gateway.forms.about import Difference, differences, extract_for, filed_with
from gateway.forms.answers import Answer, sheet
from gateway.forms.described import Described
from gateway.forms.words import choice_word, enumerated
from gateway.pages.staff_files import in_words
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.texts import problem_text

CONSENT = "pledgee_consent"
"""The role of the file in which a pledgee agrees."""


@dataclass(frozen=True)
class Pledge:
    """A pledge that lies on a registration: whose, on which rights, in words."""

    number: str
    pledgees: str
    rights: str
    dealing: Dealing


EXAMINED = frozenset({"accepted", "under_examination", "awaiting_correction", "refusal_proposed"})
"""What the register has against a case is asked while something can still be decided about it."""


@dataclass(frozen=True)
class OfRegister:
    """``remarks``: what keeps the case from being recorded, in words; ``closed``: it does, for all that is known.
    ``consents``: the files in which pledgees agree; ``consent_needed``: one is to be there."""

    remarks: tuple[str, ...] = ()
    closed: bool = False
    found: tuple[FieldProblem, ...] = ()
    differences: tuple[Difference, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    consents: tuple[MaterialView, ...] = ()
    consent_needed: bool = False


def of_register(view: ApplicationView, described: Described) -> OfRegister:
    """As the register stands now; where it cannot be asked, as it stood when the case was filed."""
    if not view.about or view.state not in EXAMINED:
        return OfRegister()
    filed = filed_with(described, view)
    remarks: tuple[str, ...] = ()
    found: tuple[FieldProblem, ...] = ()
    closed, now = False, filed
    try:
        extract = extract_for(view)
        if extract is not None:
            now = extract.registered.model_dump(mode="json")
            found = _against(view, extract)
            remarks, closed = tuple(in_words(one) for one in found), bool(found)
    except Problem as problem:
        closed = problem.status < 500
        said = problem_text(problem.code, problem.params, language()).sentence
        remarks = (said if closed else str(_("登记簿现在查不到，准予登记之前会再核对。")),)
    return OfRegister(
        remarks=remarks,
        closed=closed,
        found=found,
        differences=tuple(differences(described, filed, now)),
        pledges=tuple(_pledges(described, now)),
        consents=tuple(item for item in view.materials if item.role == CONSENT and not item.superseded),
        consent_needed=any(need.role == CONSENT and need.needed for need in described.description.materials),
    )


def recordable(register: OfRegister) -> None:
    """Before somebody is asked whether to register. Problem ``register_conflict``."""
    if register.closed:
        errors = [FieldError(one.field, one.code, one.params) for one in register.found]
        raise Problem("register_conflict", errors=errors)


def dealt(view: ApplicationView, described: Described) -> list[Answer]:
    """What is to be recorded about a registration, in words: with whom, of which rights, where, how long."""
    entered = [field for step in described.steps if step.kind == "fields" for field in step.fields if not field.given]
    return sheet(described, entered[:_LAST], view.form, empty=False) if view.about else []


def parties(view: ApplicationView, described: Described) -> str:
    """As whom the applicant deals: the names that the register has."""
    held = filed_with(described, view).get("holders") or []
    return enumerated([str(one.get("name", "")) for one in held])


_LAST = 12
"""So many entries of a form are repeated before it is recorded; the form itself lies on the case's page."""


def _against(view: ApplicationView, extract: RegisterExtract) -> tuple[FieldProblem, ...]:
    asked = CheckRegister(application_id=view.application_id, extract=extract.token)
    return tuple(call(CHECK_REGISTER, asked).problems)


def _pledges(described: Described, register: Mapping[str, Any]) -> list[Pledge]:
    found = []
    for entry in register.get("dealings") or []:
        try:
            dealing = Dealing.model_validate(entry)
        except ValidationError:  # of a form that was filed under other rules
            continue
        if dealing.act == "pledged" and dealing.released_on is None:
            names = enumerated([one.name for one in dealing.grantees])
            found.append(Pledge(dealing.number, names, _rights(described, dealing, register), dealing))
    return found


def _rights(described: Described, dealing: Dealing, register: Mapping[str, Any]) -> str:
    if set(dealing.rights) >= set(register.get("rights") or dealing.rights):
        return str(_("登记的全部财产权"))
    field = described.field("rights")
    return enumerated([choice_word(field, one) if field else one for one in dealing.rights])
