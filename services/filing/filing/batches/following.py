"""What others say of a batch: its order, the payment, its adviser; and accepting its works."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, place
from contracts.batches import AdviserAssigned, BatchOrderCancelled, BatchOrderCreated, BatchOrderPaid

from filing.acceptance.handlers import Charge, owe, settle
from filing.batches.counting import counts_of
from filing.batches.lifecycle import advance, put, put_away, tell
from filing.batches.model import step_after_filing
from filing.batches.store import BatchRow, lock_batch, lock_held, set_amounts, works_in, works_without_order
from filing.cases.store import lock_cases

CHUNK = 16
"""Cases in one transaction."""


def note_order(data: BatchOrderCreated, uow: UnitOfWork) -> None:
    """The one order of a batch: its works wait for the payment, each with its own share and the legal period."""
    batch = lock_batch(uow.session, data.batch_id)
    if batch.order_id is None:
        _keep_order(uow, batch, data)
        batch.order_state = "pending"
        go_on(uow, batch)


def note_paid(data: BatchOrderPaid, uow: UnitOfWork) -> None:
    """The payment came: its works are accepted, those that have ended are noted as paid late."""
    batch = lock_batch(uow.session, data.batch_id)
    if batch.paid:
        return
    if batch.order_id is None:
        _keep_order(uow, batch, data)
    batch.order_state, batch.paid_at, batch.payment_id = "paid", data.paid_at, data.payment_id
    batch.paid_for = {work.application_id: work.amount for work in data.works}
    go_on(uow, batch)


def note_cancelled(data: BatchOrderCancelled, uow: UnitOfWork) -> None:
    """Nothing is to be paid any more, since none of its works is left."""
    batch = lock_batch(uow.session, data.batch_id)
    if not batch.paid:
        batch.order_id, batch.order_state = data.order_id, "cancelled"
        put_away(uow, batch)


def keep_adviser(data: AdviserAssigned, uow: UnitOfWork) -> None:
    """Who of customer service looks after a batch."""
    batch = lock_batch(uow.session, data.batch_id)
    batch.adviser_id = data.adviser_id
    batch.adviser = {"account_id": data.adviser_id, "name": data.name, "phone": data.phone, "mail": data.mail}


def _keep_order(uow: UnitOfWork, batch: BatchRow, data: BatchOrderCreated | BatchOrderPaid) -> None:
    batch.order_id, batch.order_amount = data.order_id, data.amount
    batch.ordered_at, batch.pay_by = data.created_at, data.pay_by
    set_amounts(uow.session, batch.id, {work.application_id: work.amount for work in data.works})


def go_on(uow: UnitOfWork, batch: BatchRow) -> None:
    """A locked batch that rests is given to a worker, if what is known of its order asks for it."""
    step = step_after_filing(batch) if not batch.step else ""
    if step:
        enqueue(uow, batch, step)


def enqueue(uow: UnitOfWork, batch: BatchRow, step: str) -> None:
    """A worker does ``step`` next. Problem ``work_too_many``."""
    place(uow, batch, Sender(Rank.OFFICE, batch.account_id))
    batch.step, batch.progress = step, 0.0
    if step == "accept":
        advance(batch, "accepting")


def note_some(runtime: Runtime, held: BatchRow) -> bool:
    """Starts the payment period of the next works."""
    with runtime.unit_of_work() as uow:
        batch = lock_held(uow.session, held)
        works = works_without_order(uow.session, batch.id, CHUNK)
        if not works or batch.order_id is None or batch.ordered_at is None or batch.pay_by is None:
            return False
        cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
        for work in works:
            charge = Charge(batch.order_id, work.amount or 0)
            owe(cases[work.case_id or ""], charge, legal_date(batch.ordered_at), batch.pay_by, uow)
    return True


def finish_noting(uow: UnitOfWork, batch: BatchRow) -> None:
    """Every work knows its order."""
    batch.order_noted = True


def accept_some(runtime: Runtime, held: BatchRow) -> bool:
    """Accepts the next works that are paid for."""
    with runtime.unit_of_work() as uow:
        batch = lock_held(uow.session, held)
        works = works_in(uow.session, batch.id, "filed", limit=CHUNK)
        if not works:
            return False
        cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
        paid_for = batch.paid_for or {}
        if batch.order_id is None or batch.paid_at is None:
            raise LookupError(f"batch {batch.id} is to be accepted and was not paid")
        for work in works:
            case = cases[work.case_id or ""]
            if case.id in paid_for:
                charge = Charge(batch.order_id, paid_for[case.id])
                settle(case, charge, legal_date(batch.paid_at), batch.payment_id or "", uow, notice_later=True)
            put(work, "accepted" if case.acceptance_number else "left", work.problems)
        counts = counts_of(uow.session, [batch.id])[batch.id]
        batch.progress = 1 - counts.get("filed", 0) / max(batch.works, 1)
    return True


def finish_accepting(uow: UnitOfWork, batch: BatchRow) -> None:
    """All that was paid for is accepted."""
    batch.accepted_at, batch.notices_due = uow.legal_now(), True
    advance(batch, "accepted")
    tell(uow, batch)
