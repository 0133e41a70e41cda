"""All rules at once: the form, the files and their checks (F-03 to F-06)."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import FieldProblem

from filing.applicants.store import find_applicant
from filing.cases.store import Case
from filing.forms.applicant import Applicant
from filing.forms.pinned import situation_of
from filing.materials.store import materials_of
from filing.reports.report import examine
from filing.signatures.handlers import Content
from filing.types import TYPES


def require_verified(uow: UnitOfWork, account_id: str) -> Applicant:
    """Problem ``not_verified``: nothing is filed before the real-name verification (I-05)."""
    applicant = find_applicant(uow.session, account_id)
    if applicant is None:
        raise Problem("not_verified")
    return applicant


def require_complete(uow: UnitOfWork, case: Case) -> Content:
    """What is to be signed and filed, or every problem in one answer.

    Errors: ``not_verified``; ``form_invalid`` if anything is wrong with the form, else ``application_incomplete`` if
    only files are missing, unchecked or faulty. Both list all problems.
    """
    applicant = require_verified(uow, case.account_id)
    materials = list(materials_of(uow.session, case.id))
    found = examine(TYPES[case.type], case.form, situation_of(case, applicant, uow.today()), materials)
    raise_all(found.of_form, found.of_files)
    if found.form is None:
        raise LookupError(f"the form of case {case.id} cannot be read, and nothing is wrong with it")
    return Content(found.form, case.form, applicant, materials, TYPES[case.type].fields)


def raise_all(of_form: Sequence[FieldProblem], of_files: Sequence[FieldProblem]) -> None:
    """Problem ``form_invalid`` if the form has errors, else ``application_incomplete`` if files have; all at once."""
    errors = as_errors([*of_form, *of_files])
    if as_errors(of_form):
        raise Problem("form_invalid", errors=errors)
    if errors:
        raise Problem("application_incomplete", errors=errors)


def as_errors(problems: Sequence[FieldProblem]) -> list[FieldError]:
    """Those that keep a case from being filed; hints and warnings do not."""
    return [FieldError(item.field, item.code, item.params) for item in problems if item.severity == "error"]
