"""A new draft from a case that came to nothing: what was written and handed in need not be entered again."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationView, BeginAgain
from contracts.objects import ObjectRef, UploadReceipt

from filing.applicants.store import find_applicant
from filing.cases.access import own_case
from filing.cases.store import Case
from filing.drafts.handlers import begun_with, note_about, open_draft, type_in_force, whole_form
from filing.drafts.store import begun_from, lock_drafts
from filing.extracts.handlers import extract_for
from filing.extracts.store import draft_about
from filing.materials.handlers import add_material
from filing.materials.store import materials_of
from filing.types import TYPES
from filing.views.application import view_application

ENDED = ("refused", "withdrawn", "lapsed")


def begin_again(request: BeginAgain, uow: UnitOfWork) -> ApplicationView:
    """The draft that goes on where an ended case stopped, by today's policy and the identity as verified today. Two
    clicks at once come one after the other; the second finds the draft of the first, as long as nobody changed it.

    Errors: ``application_unknown``, ``application_not_ended``, ``kind_not_open``, ``form_invalid``; of a type about a
    registration those of :func:`filing.extracts.handlers.extract_for`.
    """
    ended = own_case(uow, request.application_id)
    if ended.state not in ENDED:
        raise Problem("application_not_ended", state=ended.state)
    filing_type, policy = type_in_force(ended.type, uow)
    lock_drafts(uow.session, ended.account_id)
    if (there := begun_from(uow.session, ended.account_id, ended.id)) is not None:
        return view_application(uow, there, request.language)
    extract = extract_for(uow, filing_type, request.extract)
    if extract is not None:
        there = draft_about(uow.session, ended.account_id, filing_type.name, extract.number)
        if there is not None:  # of a registration there is one draft
            return view_application(uow, there, request.language)
    reading = filing_type.start(begun_with(ended.form, extract), find_applicant(uow.session, ended.account_id))
    case = open_draft(uow, ended.account_id, filing_type, policy, whole_form(reading))
    case.begun_from = ended.id
    if extract is not None:
        note_about(uow, case, extract)
    _carry_files(uow, ended, case)
    return view_application(uow, case, request.language)


def _carry_files(uow: UnitOfWork, ended: Case, case: Case) -> None:
    """The files that counted last, by reference and in their order, each checked again as a file of the new draft. What
    only answered an opinion of the examiner stays with the case that it answered."""
    roles = TYPES[case.type].fields.roles()
    counted = [row for row in materials_of(uow.session, ended.id) if row.superseded_by is None and row.role in roles]
    for position, row in enumerate(counted, start=1):
        receipt = UploadReceipt(
            upload_id=row.id,
            account=case.account_id,
            object=ObjectRef(sha256=row.sha256, size=row.size),
            file_name=row.file_name,
            expires=uow.now(),
        )
        added = add_material(uow, case, row.role, receipt, position)
        added.made_of = row.made_of
        uow.audit("material.attach", subject=case.id, material=added.id, role=added.role, sha256=added.sha256)
