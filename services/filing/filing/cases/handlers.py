"""Drafts, and reading cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.filing import (
    ApplicationRef,
    ApplicationView,
    CreateApplication,
    SaveApplication,
)

from filing.applicants.store import find_applicant
from filing.cases.access import own_case, readable_case
from filing.cases.lifecycle import record
from filing.cases.store import Case
from filing.cases.views import view_application
from filing.forms import model as forms
from filing.forms.handlers import as_errors, open_policy
from filing.materials.handlers import recheck_samples

SAVES_ARE_ONE = timedelta(minutes=15)
"""Saves of a draft that follow each other within this time are one sitting, and one line of the audit."""


def create_application(request: CreateApplication, uow: UnitOfWork) -> ApplicationView:
    """Opens a draft. It may be incomplete in everything; only the shape of what is given is checked.

    Errors: ``kind_not_open``, ``form_invalid``.
    """
    policy = open_policy(request.kind, uow)
    account = uow.actor.account_id
    form = _require(forms.begin(request.form, find_applicant(uow.session, account)))
    now = uow.legal_now()
    case = Case(
        id=new_id("app"),
        account_id=account,
        kind=request.kind,
        form_code=policy.code,
        state="draft",
        version=1,
        form=form,
        title=form["title"],
        paper_required=policy.paper_required,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(case)
    uow.session.flush()
    record(uow, case, "create", "draft")
    return view_application(uow, case)


def save_application(request: SaveApplication, uow: UnitOfWork) -> ApplicationView:
    """Saves a step of the wizard into the draft.

    What the draft says already is saved already, whatever version was read before: so a save can be repeated. Errors:
    ``application_unknown``, ``application_frozen``, ``version_conflict``, ``form_invalid`` (shape only).
    """
    case = own_case(uow, request.application_id)
    if case.state != "draft":
        raise Problem("application_frozen", state=case.state)
    applicant = find_applicant(uow.session, case.account_id)
    form = _require(forms.read(forms.merge(case.form, request.form), applicant))
    if form != case.form:
        if case.version != request.version:
            raise Problem("version_conflict", version=case.version)
        now = uow.legal_now()
        if case.version == 1 or now - case.updated_at > SAVES_ARE_ONE:
            uow.audit("application.save", subject=case.id, version=case.version + 1)
        case.form, case.title = form, form["title"]
        case.version += 1
        case.updated_at = now
        uow.session.flush()
        recheck_samples(uow, case)
    return view_application(uow, case)


def get_application(request: ApplicationRef, uow: UnitOfWork) -> ApplicationView:
    """Errors: ``application_unknown``, ``forbidden``."""
    return view_application(uow, readable_case(uow, request.application_id), request.language)


def _require(reading: forms.Reading) -> dict[str, Any]:
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    return reading.dump()
