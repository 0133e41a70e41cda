"""Noting what somebody asked, promising a call, and saying what came of it. Every opening is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from chassis.clock import legal_date
from chassis.cursors import after_day, after_moment, cursor
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.enquiries import (
    CallbackOutcome,
    EnquiryChannel,
    EnquiryPage,
    EnquiryRef,
    EnquiryStep,
    EnquirySubject,
    EnquiryView,
    ListCallbacks,
    ListEnquiries,
    NoteEnquiry,
    SettleCallback,
)
from contracts.paging import QueueTotals

from identity.accounts import store as accounts
from identity.enquiries import model, store
from identity.enquiries.store import Enquiry, EnquiryStepRow
from identity.staff import store as staff


def note_enquiry(request: NoteEnquiry, uow: UnitOfWork) -> EnquiryRef:
    """Problems: ``enquiry_of_nobody`` (an account or a case without its id), ``not_found`` (no such account),
    ``callback_day``, ``callback_number_missing`` (a call to somebody who has no number here)."""
    known = request.subject != "nobody"
    if known != bool(request.subject_id):
        raise Problem("enquiry_of_nobody")
    account = accounts.get(uow.session, request.subject_id) if request.subject == "account" else None
    if request.subject == "account" and (account is None or account.kind == "staff"):
        raise Problem("not_found")
    day = request.call_back_on
    if day is not None:
        model.promised_day("call_back_on", day, uow.today())
        if not request.telephone and (account is None or not account.mobile):
            raise Problem("callback_number_missing", errors=[FieldError("telephone", "callback_number_missing")])
    row = Enquiry(
        enquiry_id=new_id("enq"),
        subject=request.subject,
        subject_id=request.subject_id,
        channel=request.channel,
        caller=request.caller,
        text=request.text,
        telephone=request.telephone,
        by=uow.actor.subject,
        at=uow.legal_now(),
        promised=day is not None,
        call_back_on=day,
        ended_at=None,
    )
    uow.session.add(row)
    uow.audit(
        "enquiry.note", subject=request.subject_id or row.enquiry_id, enquiry=row.enquiry_id, promised=str(day or "")
    )
    return EnquiryRef(enquiry_id=row.enquiry_id)


def settle_callback(request: SettleCallback, uow: UnitOfWork) -> EnquiryView:
    """Problems: ``enquiry_unknown``, ``callback_settled`` (it has ended, or none was promised),
    ``callback_day_missing``, ``callback_day``."""
    row = _found(uow, request.enquiry_id, lock=True)
    if row.call_back_on is None:
        raise Problem("callback_settled")
    again_on = model.next_day(request.outcome, request.again_on, uow.today())
    step = EnquiryStepRow(
        enquiry_id=row.enquiry_id,
        at=uow.legal_now(),
        by=uow.actor.subject,
        outcome=request.outcome,
        text=request.text,
        again_on=again_on,
    )
    row.call_back_on, row.ended_at = again_on, None if again_on else uow.legal_now()
    uow.session.add(step)
    uow.session.flush()
    uow.audit(
        "enquiry.settle", subject=row.subject_id or row.enquiry_id, enquiry=row.enquiry_id, outcome=request.outcome
    )
    return _shown(uow, [row])[0]


def open_enquiry(request: EnquiryRef, uow: UnitOfWork) -> EnquiryView:
    """Problem ``enquiry_unknown``."""
    row = _found(uow, request.enquiry_id)
    uow.audit("enquiry.open", subject=row.subject_id or row.enquiry_id, enquiry=row.enquiry_id)
    return _shown(uow, [row])[0]


def list_enquiries(request: ListEnquiries, uow: UnitOfWork) -> EnquiryPage:
    """What was noted of an account or a case. Problem ``request_invalid`` for a cursor that is none."""
    before = after_moment(request.cursor)
    rows = store.about(uow.session, request.subject, request.subject_id, before, request.limit + 1)
    return _page(uow, rows, request.limit, lambda row: cursor(row.at, row.enquiry_id))


def list_callbacks(request: ListCallbacks, uow: UnitOfWork) -> EnquiryPage:
    """Promised calls. Problem ``request_invalid`` for a cursor that is none."""
    most = request.limit + 1
    if request.scope == "done":
        ended = store.ended_calls(uow.session, after_moment(request.cursor), most)
        return _page(uow, ended, request.limit, lambda row: cursor(row.ended_at or row.at, row.enquiry_id))
    until = uow.today() if request.scope == "due" else None
    calls = store.open_calls(uow.session, until, after_day(request.cursor), most)
    return _page(uow, calls, request.limit, lambda row: cursor(row.call_back_on or uow.today(), row.enquiry_id))


def total_callbacks(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Open calls: how many, and how late."""
    today = uow.today()
    count, late, due_on, since = store.total(uow.session, today)
    return QueueTotals(on=today, count=count, late=late, due_on=due_on, since=since and legal_date(since))


def _found(uow: UnitOfWork, enquiry_id: str, *, lock: bool = False) -> Enquiry:
    row = store.find(uow.session, enquiry_id, lock=lock)
    if row is None:
        raise Problem("enquiry_unknown")
    return row


def _page(uow: UnitOfWork, rows: Sequence[Enquiry], limit: int, place: Callable[[Enquiry], str]) -> EnquiryPage:
    shown = rows[:limit]
    return EnquiryPage(items=_shown(uow, shown), next_cursor=place(shown[-1]) if len(rows) > limit else None)


def _shown(uow: UnitOfWork, rows: Sequence[Enquiry]) -> list[EnquiryView]:
    steps = store.steps(uow.session, [row.enquiry_id for row in rows])
    names = staff.names(uow.session, {row.by for row in rows} | {step.by for each in steps.values() for step in each})
    today = uow.today()
    return [
        EnquiryView(
            enquiry_id=row.enquiry_id,
            subject=cast("EnquirySubject", row.subject),
            subject_id=row.subject_id,
            channel=cast("EnquiryChannel", row.channel),
            caller=row.caller,
            text=row.text,
            telephone=row.telephone,
            by_name=names.get(row.by, ""),
            at=row.at,
            call_back_on=row.call_back_on,
            late=row.call_back_on is not None and row.call_back_on < today,
            promised=row.promised,
            steps=[_step(step, names) for step in steps[row.enquiry_id]],
        )
        for row in rows
    ]


def _step(row: EnquiryStepRow, names: dict[str, str]) -> EnquiryStep:
    return EnquiryStep(
        at=row.at,
        by_name=names.get(row.by, ""),
        outcome=cast("CallbackOutcome", row.outcome),
        text=row.text,
        again_on=row.again_on,
    )
