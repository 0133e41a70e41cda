"""Giving large batches an adviser, and telling people of each step of a batch once for all of its works (F-15)."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.batches import (
    ADVISER_ASSIGNED,
    ADVISER_FROM,
    AdviserAssigned,
    BatchAdvanced,
    BatchOrderCreated,
    BatchOrderPaid,
)

from identity.accounts import store as accounts
from identity.advisers import store
from identity.advisers.store import BatchAdviser
from identity.messages.notices import Params, notify

AT_ONCE = 50
TOLD = {"checked": "batch_checked", "refused": "batch_refused", "accepted": "batch_accepted"}
"""States that people are told of. That a batch is filed is told with its order."""


def follow_batch(data: BatchAdvanced, uow: UnitOfWork) -> None:
    """Tells the organisation, and gives a batch of many works to customer service as soon as it can be read."""
    template = TOLD.get(data.state)
    if template == "batch_checked" and data.failed:
        template = "batch_checked_failed"
    if template:
        params: Params = {"name": data.name, "works": data.works, "failed": data.failed}
        _tell(uow, data.account_id, data.batch_id, template, params)
    if data.state == "checked" and data.works >= ADVISER_FROM and store.find(uow.session, data.batch_id) is None:
        row = BatchAdviser(
            batch_id=data.batch_id,
            account_id=data.account_id,
            name=data.name,
            works=data.works,
            asked_at=uow.now(),
        )
        uow.session.add(row)
        uow.session.flush()
        _assign(row, uow)


def tell_order(data: BatchOrderCreated, uow: UnitOfWork) -> None:
    """What is to be paid for all works, and by when; of what is free, that there is nothing to pay."""
    params: Params = {"name": data.name, "works": len(data.works), "amount": data.amount, "pay_by": data.pay_by}
    template = "batch_order_created" if data.amount else "batch_order_free"
    _tell(uow, data.account_id, data.batch_id, template, params)


def tell_paid(data: BatchOrderPaid, uow: UnitOfWork) -> None:
    """The payment has come; of what is free none does."""
    if not data.amount:
        return
    params: Params = {"name": data.name, "works": len(data.works), "amount": data.amount, "at": data.paid_at}
    _tell(uow, data.account_id, data.batch_id, "batch_order_paid", params)


def assign_waiting(uow: UnitOfWork) -> int:
    """Sweeper: batches that came when customer service had nobody."""
    rows = store.waiting(uow.session, AT_ONCE)
    return sum(_assign(row, uow) for row in rows)


def _assign(row: BatchAdviser, uow: UnitOfWork) -> bool:
    store.one_at_a_time(uow.session)
    adviser_id = store.least_busy(uow.session)
    adviser = accounts.get(uow.session, adviser_id) if adviser_id else None
    if adviser is None:
        return False
    row.adviser_id, row.assigned_at = adviser.account_id, uow.now()
    uow.session.flush()
    mail = (adviser.email or "") if adviser.email_confirmed_at else ""  # a private mobile is nobody's business
    told = AdviserAssigned(batch_id=row.batch_id, adviser_id=adviser.account_id, name=adviser.name, mail=mail)
    uow.emit(ADVISER_ASSIGNED, told)
    uow.audit("batch.adviser", subject=row.batch_id, adviser=adviser.account_id)
    _tell(uow, row.account_id, row.batch_id, "batch_adviser", {"name": row.name, "adviser": adviser.name})
    _tell(uow, adviser.account_id, row.batch_id, "batch_given", {"name": row.name, "works": row.works})
    return True


def _tell(uow: UnitOfWork, account_id: str, batch_id: str, template: str, params: Params) -> None:
    account = accounts.get(uow.session, account_id)
    if account is not None:
        event_id = uow.event.id if uow.event else batch_id
        notify(uow, account, template, f"{event_id}:{template}", params, application_id=batch_id)
