"""One implementation of the form rules for the page, the API and the batch file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.filing import FieldProblem
from contracts.forms import Author, Kind, WorkForm
from contracts.text import same_name

from filing.forms.applicant import Applicant
from filing.forms.ownership import needs_proof
from filing.forms.reading import read_work_form
from filing.forms.rules import work_form_problems
from filing.types.filing_type import Situation

FEE_FIELDS = ("category", "word_count", "composition", "parts")
"""Fields that the tariff depends on: after payment they change only where the examiner marked them."""

UNRULED: tuple[Kind, ...] = ("software",)
"""Kinds that policy may name but whose form has no rules yet: they cannot be opened."""


@dataclass(frozen=True)
class Reading:
    """A form that was read: complete and normalised when ``form`` is there, else its problems say why not."""

    form: WorkForm | None
    problems: list[FieldProblem]

    def dump(self) -> dict[str, Any]:
        """As stored and shown: every field, JSON types."""
        return self.form.model_dump(mode="json") if self.form else {}


def merge(stored: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """A draft with some top-level fields replaced."""
    return {**stored, **changed}


def read(data: Mapping[str, Any], applicant: Applicant | None) -> Reading:
    """Checks the shape, brings texts into form, and fills the applicant's own entry from the verified identity."""
    form, problems = read_work_form(data)
    if form is None:
        return Reading(None, problems)
    if applicant is not None:
        form = _with_applicant(form, applicant)
    return Reading(form, problems)


def begin(data: Mapping[str, Any], applicant: Applicant | None) -> Reading:
    """As :func:`read` for a new draft: the verified applicant stands there as owner, a person also as author."""
    prefilled = dict(data)
    if applicant is not None and not prefilled.get("owners"):
        prefilled["owners"] = [applicant.as_owner().model_dump(mode="json")]
        if applicant.kind != "organisation" and not prefilled.get("authors"):
            prefilled["authors"] = [Author(name=applicant.name).model_dump(mode="json")]
    return read(prefilled, applicant)


def check(form: WorkForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps the form from being filed."""
    return work_form_problems(form, situation)


def proof_needed(form: WorkForm) -> bool:
    """Whether a proof of ownership has to be attached."""
    return needs_proof(form)


def fee_basis(form: WorkForm, code: str, applicant_kind: str) -> dict[str, str | int | bool]:
    """What the tariff needs to know about a works form."""
    return {
        "kind": "work",
        "form_code": code,
        "category": form.category or "",
        "word_count": form.word_count or 0,
        "applicant_kind": applicant_kind,
        "parts": max(1, len(form.parts)),
        "expedite": False,
    }


def _with_applicant(form: WorkForm, applicant: Applicant) -> WorkForm:
    """Nobody types the applicant's identity: the entry marked as theirs, or bearing their name, is replaced."""
    marked = [index for index, owner in enumerate(form.owners) if owner.applicant]
    named = [index for index, owner in enumerate(form.owners) if same_name(owner.name, applicant.name)]
    mine = next(iter(marked or named), None)
    owners = [
        applicant.as_owner(owner) if index == mine else owner.model_copy(update={"applicant": False})
        for index, owner in enumerate(form.owners)
    ]
    return form.model_copy(update={"owners": owners})
