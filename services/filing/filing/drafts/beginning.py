"""Beginning a draft by choosing what to register: who chooses twice has one."""

from __future__ import annotations

from typing import Any

from chassis.access import acting_for
from chassis.uow import UnitOfWork
from contracts.filing import BeginApplication, BegunApplication
from contracts.identity import IdentityVerified
from contracts.identity.events import IdentityReopened

from filing.applicants.handlers import keep_verified_identity
from filing.applicants.store import drop_applicant, find_applicant
from filing.closed.store import is_closed, lock_identity
from filing.drafts.handlers import begun_with, note_about, open_draft, type_in_force, whole_form
from filing.drafts.store import drafts_alike, lock_drafts, lock_drafts_of, with_files
from filing.extracts.handlers import extract_for
from filing.extracts.model import Extract
from filing.extracts.store import draft_about
from filing.types import TYPES
from filing.types.filing_type import FilingType
from filing.views.application import summary

MOST_OFFERED = 5


def begin_application(request: BeginApplication, uow: UnitOfWork) -> BegunApplication:
    """The draft to go on with for a choice. Two clicks at once come one after the other, and the second finds the
    draft of the first.

    Errors: ``kind_not_open``, ``form_invalid``; of a type about a registration those of
    :func:`filing.extracts.handlers.extract_for`.
    """
    filing_type, policy = type_in_force(request.type, uow)
    account = acting_for(uow.actor, "file")
    lock_drafts(uow.session, account)
    if (extract := extract_for(uow, filing_type, request.extract)) is not None:
        return _about(request, account, filing_type, extract, uow)
    applicant = find_applicant(uow.session, account)
    form = whole_form(filing_type.start(request.form, applicant))
    # As it was before the identity was verified, too: it was begun while that was waited for.
    empty = [form, whole_form(filing_type.start(request.form, None))]
    alike = drafts_alike(uow.session, account, filing_type.name, _choice(filing_type, form))
    filled = with_files(uow.session, [case.id for case in alike])
    untouched = [case for case in alike if case.form in empty and case.id not in filled]
    if untouched:
        case = untouched[0]
        case.form, case.title = form, filing_type.title(filing_type.form.model_validate(form))
        return BegunApplication(application_id=case.id)
    if alike and not request.anew:
        return BegunApplication(begun=[summary(case) for case in alike[:MOST_OFFERED]])
    return BegunApplication(application_id=open_draft(uow, account, filing_type, policy, form).id)


def _about(
    request: BeginApplication, account: str, filing_type: FilingType[Any], extract: Extract, uow: UnitOfWork
) -> BegunApplication:
    """The draft about a registration, or a new one: there is never a reason for two."""
    if (there := draft_about(uow.session, account, filing_type.name, extract.number)) is not None:
        return BegunApplication(application_id=there.id)
    _, policy = type_in_force(filing_type.name, uow)
    applicant = find_applicant(uow.session, account)
    form = whole_form(filing_type.start(begun_with(request.form, extract), applicant))
    case = open_draft(uow, account, filing_type, policy, form)
    note_about(uow, case, extract)
    return BegunApplication(application_id=case.id)


def note_verified(data: IdentityVerified, uow: UnitOfWork) -> None:
    """Keeps a verified identity; in drafts that were begun while it was waited for, its holder now stands as owner.

    Their versions stay: nobody's open page is out of date by that, as saving it does the same. An identity that comes
    after its account was closed is not kept.
    """
    lock_identity(uow.session, data.account_id)
    if is_closed(uow.session, data.account_id):
        return
    keep_verified_identity(data, uow)
    applicant = find_applicant(uow.session, data.account_id)
    if applicant is None:
        return
    for case in lock_drafts_of(uow.session, data.account_id):
        reading = TYPES[case.type].start(case.form, applicant)
        if reading.form is not None and reading.dump() != case.form:
            case.form = reading.dump()
            uow.audit("application.name_owner", subject=case.id)


def note_reopened(data: IdentityReopened, uow: UnitOfWork) -> None:
    """An approval was wrong: nothing is filed until there is another. What was filed goes on; drafts stay as they are,
    and are compared with who is verified before they are filed."""
    lock_identity(uow.session, data.account_id)
    drop_applicant(uow.session, data.account_id, data.verification_id)


def _choice(filing_type: FilingType[Any], form: dict[str, Any]) -> dict[str, Any]:
    """What a draft of the type begins with, as this form says it."""
    name = filing_type.fields.begins_with
    return {name: form.get(name)} if name else {}
