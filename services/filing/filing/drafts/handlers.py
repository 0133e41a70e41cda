"""Opening and saving drafts; checking a form without one, and describing what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chassis.access import acting_for
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationView, CheckForm, CreateApplication, DescribeForm, FormReport, SaveApplication
from contracts.forms import FilingType as FilingTypeName
from contracts.forms import FormDescription

from chassis import clock
from filing.applicants.store import find_applicant
from filing.cases.access import own_case
from filing.cases.lifecycle import record
from filing.cases.store import Case
from filing.extracts.handlers import attach, extract_for
from filing.extracts.model import ON_REGISTER, Extract
from filing.forms.describing import describe
from filing.forms.model import Situation, merge
from filing.forms.pinned import policy_of
from filing.forms.policy import FormPolicy, policies
from filing.forms.reading import Reading
from filing.materials.handlers import recheck
from filing.materials.model import outdated
from filing.reports.report import report
from filing.submission.checks import as_errors
from filing.types import TYPES
from filing.types.filing_type import FilingType
from filing.unsaved.store import settle
from filing.views.application import view_application
from filing.views.whole import read_whole

SAVES_ARE_ONE = timedelta(minutes=15)
"""Saves of a draft that follow each other within this time are one sitting, and one line of the audit."""


def create_application(request: CreateApplication, uow: UnitOfWork) -> ApplicationView:
    """Opens a draft. It may be incomplete in everything; only the shape of what is given is checked.

    Errors: ``kind_not_open``, ``form_invalid``; of a type about a registration those of
    :func:`filing.extracts.handlers.extract_for`.
    """
    filing_type, policy = type_in_force(request.type, uow)
    account = acting_for(uow.actor, "file")
    extract = extract_for(uow, filing_type, request.extract)
    reading = filing_type.start(begun_with(request.form, extract), find_applicant(uow.session, account))
    case = open_draft(uow, account, filing_type, policy, whole_form(reading))
    if extract is not None:
        note_about(uow, case, extract)
    return view_application(uow, case)


def begun_with(form: Mapping[str, Any], extract: Extract | None) -> dict[str, Any]:
    """What a draft begins with: what was sent, and what the register says."""
    return dict(form) if extract is None else {**form, ON_REGISTER: extract.stated()}


def note_about(uow: UnitOfWork, case: Case, extract: Extract) -> None:
    """A new draft is about a registration."""
    case.about = extract.number
    attach(uow, case, extract)
    uow.session.flush()


def open_draft(
    uow: UnitOfWork,
    account: str,
    filing_type: FilingType[Any],
    policy: FormPolicy,
    form: dict[str, Any],
    batch_id: str | None = None,
) -> Case:
    """A new draft of a form that was read."""
    now = uow.legal_now()
    case = Case(
        id=new_id("app"),
        account_id=account,
        type=filing_type.name,
        form_code=policy.code,
        state="draft",
        version=1,
        form=form,
        title=filing_type.title(filing_type.form.model_validate(form)),
        paper_required=policy.paper_required,
        batch_id=batch_id,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(case)
    uow.session.flush()
    record(uow, case, "create", "draft")
    return case


def save_application(request: SaveApplication, uow: UnitOfWork) -> ApplicationView:
    """Saves a step of the wizard into the draft, and says what is still missing of all of it.

    What the draft says already is saved already, whatever version was read before: so a save can be repeated. Errors:
    ``application_unknown``, ``application_frozen``, ``version_conflict``, ``form_invalid`` (shape only).
    """
    case = own_case(uow, request.application_id)
    if case.state != "draft":
        raise Problem("application_frozen", state=case.state)
    filing_type = TYPES[case.type]
    merged = merge(case.form, request.form, filing_type.fields.given)
    reading = filing_type.start(merged, find_applicant(uow.session, case.account_id))
    form = whole_form(reading)
    if form != case.form:
        if case.version != request.version:
            raise Problem("version_conflict", version=case.version)
        now = uow.legal_now()
        if case.version == 1 or now - case.updated_at > SAVES_ARE_ONE:
            uow.audit("application.save", subject=case.id, version=case.version + 1)
        case.form, case.title = form, filing_type.title(reading.form)
        case.version += 1
        case.updated_at = now
    if request.page is not None:
        settle(uow.session, case.id, request.page.step, request.page.settled)
    whole = read_whole(uow.session, case.id)
    needs = filing_type.materials(reading.form, policy_of(case, clock.today(whole.offset_days)))
    if outdated(needs, whole.materials):
        recheck(uow, case, needs)
        whole = read_whole(uow.session, case.id)
    return view_application(uow, case, request.language, whole)


def check_form(request: CheckForm, uow: UnitOfWork) -> FormReport:
    """Every problem of a form as it stands, warnings last; for a signed-in applicant by their own identity.

    Errors: ``kind_not_open``.
    """
    filing_type, policy = type_in_force(request.type, uow)
    applicant = find_applicant(uow.session, uow.actor.party)
    return report(filing_type, request.form, Situation(policy, uow.today(), applicant), request.language)


def describe_form(request: DescribeForm, uow: UnitOfWork) -> FormDescription:
    """What the form asks for on a day: steps, fields, choices, materials, paper, periods and their legal basis.

    Errors: ``kind_not_open`` for a type that nobody can file, or a day before its first policy.
    """
    day = request.on or uow.today()
    filing_type, policy = _known(request.type), _in_force(request.type, day)
    needs = filing_type.materials(filing_type.form(), policy)
    return describe(filing_type.fields, filing_type.kind, needs, policy, request.language, day)


def _known(name: FilingTypeName) -> FilingType[Any]:
    filing_type = TYPES.get(name)
    if filing_type is None:
        raise Problem("kind_not_open", kind=name)
    return filing_type


def _in_force(name: FilingTypeName, day: date) -> FormPolicy:
    try:
        return policies().on(name, day)
    except LookupError as error:
        raise Problem("kind_not_open", kind=name) from error


def type_in_force(
    name: FilingTypeName, uow: UnitOfWork, *, in_batches: bool = False
) -> tuple[FilingType[Any], FormPolicy]:
    """A type that may be filed now, by the policy in force; ``in_batches``: many in one table, which takes that nothing
    else has to be known of each. Problem ``kind_not_open``."""
    filing_type, policy = _known(name), _in_force(name, uow.today())
    if not policy.open or (in_batches and filing_type.fields.on_registration):
        raise Problem("kind_not_open", kind=name)
    return filing_type, policy


def whole_form(reading: Reading[Any]) -> dict[str, Any]:
    """The form that was read, to be stored. Problem ``form_invalid`` if its shape is wrong."""
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    return reading.dump()
