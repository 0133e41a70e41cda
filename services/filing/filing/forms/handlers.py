"""Checking a form without filing it, and describing what it asks for."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import CategoryOption, CheckForm, DescribeForm, FieldProblem, FormDescription, FormReport

from filing.applicants.store import find_applicant
from filing.forms import model
from filing.forms.policy import FormPolicy, policies
from filing.forms.printing import unprintable
from filing.types.filing_type import Situation


def open_policy(kind: str, uow: UnitOfWork) -> FormPolicy:
    """The policy in force for a kind that may be filed now. Problem ``kind_not_open``."""
    policy = policies().on("software" if kind == "software" else "work", uow.today())
    if not policy.open or policy.kind in model.UNRULED:
        raise Problem("kind_not_open", kind=kind)
    return policy


def as_errors(problems: list[FieldProblem]) -> list[FieldError]:
    return [FieldError(item.field, item.code, item.params) for item in problems if item.severity == "error"]


def check_form(request: CheckForm, uow: UnitOfWork) -> FormReport:
    """Every problem of a form as it stands, warnings last; for a signed-in applicant by their own identity.

    Errors: ``kind_not_open``.
    """
    policy = open_policy(request.kind, uow)
    applicant = find_applicant(uow.session, uow.actor.subject)
    reading = model.read(request.form, applicant)
    if reading.form is None:
        return FormReport(problems=reading.problems)
    found = model.check(reading.form, Situation(policy, uow.today(), applicant))
    return FormReport(problems=[*found, *unprintable(reading.dump())])


def describe_form(request: DescribeForm, uow: UnitOfWork) -> FormDescription:
    """What the form asks for today: categories, ownership, paper, periods and their legal basis."""
    policy = policies().on(request.kind, uow.today())
    return FormDescription(
        kind=request.kind,
        form_code=policy.code,
        on=uow.today(),
        categories=[
            CategoryOption(
                code=code,
                title=category.in_language(request.language),
                open=policy.open and category.open,
                profile=category.profile,
                word_count=category.word_count,
            )
            for code, category in policy.categories.items()
        ],
        ownership={filer: list(grounds) for filer, grounds in policy.ownership.items()},
        filing_modes=policy.filing_modes,
        paper_required=policy.paper_required,
        office=policies().office.model_dump(),
        acceptance_working_days=policy.acceptance_working_days,
        examination_days=policy.examination_days,
        correction_days=policy.correction_days,
        paper_days=policy.paper_days,
        max_materials=policy.max_materials,
        legal_basis={kind: words.in_language(request.language) for kind, words in policy.legal_basis.items()},
    )
