"""The fee of a granted request: its order, its payment, which starts the promise; and days that pass."""

from __future__ import annotations

from datetime import timedelta

from chassis.clock import legal_date
from chassis.uow import UnitOfWork
from contracts.expedite import ExpediteState
from contracts.payment import OrderCancelled, OrderCreated, OrderPaid

from filing.cases.store import lock_case, lock_free
from filing.expedite import model
from filing.expedite.following import advance
from filing.expedite.store import open_expedite, overdue_cases
from filing.queue.recording import record

_BATCH = 20
_PAYMENT_GRACE = timedelta(days=3)
"""As for the fee of registration: money that was paid on the last day may be reported later."""


def note_order(data: OrderCreated, uow: UnitOfWork) -> None:
    """Keeps what is to be paid, for display."""
    case = lock_case(uow.session, data.application_id)
    row = open_expedite(uow.session, case.id)
    if row is not None and row.state == "granted" and row.order_id is None:
        row.order_id, row.amount = data.order_id, data.amount


def start(data: OrderPaid, uow: UnitOfWork) -> None:
    """The fee has come: the promised day is set and the case moves in the queue, once, whatever comes twice.

    A request that has ended meanwhile stays as it is: payment hears of that end and gives the money back.
    """
    case = lock_case(uow.session, data.application_id)
    row = open_expedite(uow.session, case.id)
    if row is None or row.state != "granted" or row.order_id not in (None, data.order_id):
        return
    today = uow.today()
    row.order_id, row.amount = data.order_id, data.amount
    row.started_on = min(legal_date(data.paid_at), today)
    row.due_on = model.promised(row.started_on, today, row.working_days)
    if case.state == "awaiting_correction" or case.paper_awaited:
        model.pause(row, today)
    advance(uow, case, row, "pay")
    case.expedite_due_on = row.due_on
    record(uow, case, "moved", reason=row.id)


def note_cancelled(data: OrderCancelled, uow: UnitOfWork) -> None:
    """Payment could not charge it (its fee has no amount): it lapses, and the applicant is told. An order that was
    cancelled because the request had ended says nothing new."""
    case = lock_case(uow.session, data.application_id)
    row = open_expedite(uow.session, case.id)
    if row is not None and row.state == "granted" and data.reason == "not_offered":
        advance(uow, case, row, "lapse", note=data.reason)


def lapse_unpaid_expedites(uow: UnitOfWork) -> int:
    """Sweeper: granted requests that were not paid in time; payment cancels their order."""
    return _let_pass("granted", "lapse", uow)


def miss_expedites(uow: UnitOfWork) -> int:
    """Sweeper: promises whose day has passed are missed, once; payment makes the fee returnable."""
    return _let_pass("active", "miss", uow)


def _let_pass(state: ExpediteState, step: model.Step, uow: UnitOfWork) -> int:
    """Cases that another replica holds are left to it; what was found is looked at again under the lock."""
    day = uow.today() - (_PAYMENT_GRACE if state == "granted" else timedelta())
    ids = overdue_cases(uow.session, state, day, _BATCH)
    done = 0
    for case in lock_free(uow.session, ids) if ids else ():
        row = open_expedite(uow.session, case.id)
        if row is None or row.state != state or row.paused_on is not None:
            continue
        due = row.pay_by if state == "granted" else row.due_on
        if due is not None and due < day:
            advance(uow, case, row, step)
            done += 1
    return done
