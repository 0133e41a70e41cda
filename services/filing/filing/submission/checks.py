"""All rules at once: the form, the files and their checks (F-03 to F-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.filing import FieldProblem
from contracts.forms import WorkForm

from filing.applicants.store import find_applicant
from filing.cases.store import Case
from filing.documents.issue import policy_of
from filing.forms import model as forms
from filing.forms.applicant import Applicant
from filing.forms.handlers import as_errors
from filing.materials import model as materials_model
from filing.materials.store import MaterialRow, materials_of
from filing.types.filing_type import Situation


@dataclass(frozen=True)
class Filing:
    """A case that may be filed as it stands."""

    form: WorkForm
    applicant: Applicant
    materials: list[MaterialRow]


def require_verified(uow: UnitOfWork, account_id: str) -> Applicant:
    """Problem ``not_verified``: nothing is filed before the real-name verification (I-05)."""
    applicant = find_applicant(uow.session, account_id)
    if applicant is None:
        raise Problem("not_verified")
    return applicant


def require_complete(uow: UnitOfWork, case: Case) -> Filing:
    """The filing, or every problem in one answer.

    Errors: ``not_verified``; ``form_invalid`` if anything is wrong with the form, else ``application_incomplete`` if
    only files are missing, unchecked or faulty. Both list all problems.
    """
    applicant = require_verified(uow, case.account_id)
    reading = forms.read(case.form, applicant)
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    form_problems = forms.check(reading.form, Situation(policy_of(case, uow), uow.today(), applicant))
    materials = list(materials_of(uow.session, case.id))
    file_problems = file_problems_of(reading.form, materials)
    raise_all(form_problems, file_problems)
    return Filing(reading.form, applicant, materials)


def file_problems_of(form: WorkForm, materials: list[MaterialRow]) -> list[FieldProblem]:
    """What is wrong with the files of a case; superseded ones no longer count."""
    problems = list(materials_model.missing(form, materials))
    for material in materials:
        if material.superseded_by is None:
            found = materials_model.check_problem(material, material.precheck)
            problems += [found] if found else []
    return problems


def raise_all(form_problems: list[FieldProblem], file_problems: list[FieldProblem]) -> None:
    errors = as_errors([*form_problems, *file_problems])
    if as_errors(form_problems):
        raise Problem("form_invalid", errors=errors)
    if errors:
        raise Problem("application_incomplete", errors=errors)


def require_form(case: Case, form: WorkForm, applicant: Applicant, uow: UnitOfWork, day: date) -> list[FieldProblem]:
    """Form problems of a changed form, judged as of the day of filing."""
    return forms.check(form, Situation(policy_of(case, uow), day, applicant))
