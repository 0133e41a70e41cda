"""Keeping what a page has typed, finding it again, and dropping it."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.filing import (
    DropUnsaved,
    KeepUnsaved,
    KeptUnsaved,
    Unsaved,
    UnsavedList,
    UnsavedMark,
    UnsavedOf,
)
from contracts.filing.unsaved import ALL_TURNS, CORRECTION

from filing.applicants.store import find_applicant
from filing.cases.access import own_case, readable_case
from filing.cases.store import Case
from filing.forms.model import merge
from filing.types import TYPES
from filing.unsaved.model import LIFE, MOST, keeps_in
from filing.unsaved.store import UnsavedRow, count_unsaved, find_unsaved, forget_old, settle, unsaved_of

AT_ONCE = 200


def keep_unsaved(request: KeepUnsaved, uow: UnitOfWork) -> KeptUnsaved:
    """Keeps a page's entries until they are saved, dropped or old; the draft itself stays as it is.

    Each page has its own, so that none overwrites another's; what comes late or twice changes nothing. Those of an
    answer to a correction are kept while it is awaited, and gone once it is sent. Errors: ``application_unknown``,
    ``application_discarded``, ``application_frozen``, ``unsaved_too_many``.
    """
    case = own_case(uow, request.application_id)
    if case.state != keeps_in(request.step):
        raise Problem("application_frozen", state=case.state)
    own = UnsavedMark(page=request.page, turn=request.turn)
    if request.step != CORRECTION and _is_saved(uow, case, request):
        settle(uow.session, case.id, request.step, [own, *request.seen])
        return KeptUnsaved()
    row = find_unsaved(uow.session, case.id, request.step, request.page)
    if row is not None and row.turn >= request.turn:
        return KeptUnsaved(kept_at=row.kept_at)
    settle(uow.session, case.id, request.step, request.seen)
    if row is None:
        if count_unsaved(uow.session, case.id) >= MOST:
            raise Problem("unsaved_too_many")
        row = UnsavedRow(case_id=case.id, step=request.step, page=request.page)
        uow.session.add(row)
    row.turn, row.version, row.read, row.form = request.turn, request.version, request.read, request.form
    row.kept_at = uow.now()
    return KeptUnsaved(kept_at=row.kept_at)


def list_unsaved(request: UnsavedOf, uow: UnitOfWork) -> UnsavedList:
    """What was kept of a step, for whoever may read the draft or answer the correction; nothing else of what was filed.
    Errors: ``application_unknown``, ``application_discarded``."""
    case = readable_case(uow, request.application_id)
    if case.state != keeps_in(request.step):
        return UnsavedList(items=[])
    return UnsavedList(
        items=[
            Unsaved(
                page=row.page,
                turn=row.turn,
                version=row.version,
                read=row.read,
                form=row.form,
                kept_at=row.kept_at,
            )
            for row in unsaved_of(uow.session, case.id, request.step)
            if row.kept_at > uow.now() - LIFE
        ]
    )


def drop_unsaved(request: DropUnsaved, uow: UnitOfWork) -> Empty:
    """Forgets what a page kept; one that is gone already is gone. Errors: ``application_unknown``,
    ``application_discarded``."""
    case = own_case(uow, request.application_id)
    settle(uow.session, case.id, request.step, [UnsavedMark(page=request.page, turn=ALL_TURNS)])
    return Empty()


def forget_unsaved(uow: UnitOfWork) -> int:
    """Sweeper: what nobody came back for, and what is left of drafts that were filed."""
    return forget_old(uow.session, uow.now() - LIFE, AT_ONCE)


def _is_saved(uow: UnitOfWork, case: Case, request: KeepUnsaved) -> bool:
    """Whether saving these entries would change nothing: of a page that was saved while they were on their way."""
    filing_type = TYPES[case.type]
    merged = merge(case.form, request.form, filing_type.fields.given)
    reading = filing_type.start(merged, find_applicant(uow.session, case.account_id))
    return reading.form is not None and reading.dump() == case.form
