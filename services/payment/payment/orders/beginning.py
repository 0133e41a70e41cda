"""How every order begins, and how one ends that was not paid: stored, booked, audited, and told to others."""

from __future__ import annotations

from chassis.uow import UnitOfWork

from contracts import payment as contract
from payment.ledger.handlers import book
from payment.ledger.model import order_cancelled, order_opened
from payment.orders import batches
from payment.orders.model import OLD_CASES, Action
from payment.orders.store import Order, change_state
from payment.orders.views import order_lines
from payment.payers.store import tax_id_of
from payment.providers.store import let_go_of_payments
from payment.refunds.handlers import release_parts


def begin(order: Order, uow: UnitOfWork) -> None:
    """An order is owed from now on. Of an old case's nobody is told who keeps new cases."""
    order.payer_tax_id = tax_id_of(uow.session, order.account_id, order.payer)
    uow.session.add(order)
    uow.session.flush()
    application_id = order.items[0].application_id
    uow.audit("order.open", subject=order.order_id, application=application_id, amount=order.amount)
    if order.batch_id is not None:
        batches.say_created(order, uow)
    elif order.purpose != OLD_CASES:
        told = contract.OrderCreated(
            order_id=order.order_id,
            application_id=application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            title=order.title,
            amount=order.amount,
            lines=order_lines(order),
            created_at=order.created_at,
            pay_by=order.pay_by,
            purpose=order.purpose,
            corrects=order.corrects or "",
        )
        uow.emit(contract.ORDER_CREATED, told)
    if order.amount:
        book(order_opened(order.order_id, order.amount), uow)


def cancel(
    order: Order, application_id: str, reason: str, uow: UnitOfWork, action: Action = "cancel", note: str = ""
) -> None:
    """A locked, pending order is owed no more, since ``application_id`` ended, or by another ``action``."""
    change_state(order, action, uow, note=note or reason)
    order.cancelled_at, order.cancel_reason = uow.legal_now(), reason
    let_go_of_payments(uow.session, order.order_id, uow.now())
    book(order_cancelled(order.order_id, order.amount), uow)
    release_parts(order, uow)
    uow.audit("order.cancel", subject=order.order_id, reason=reason)
    if order.batch_id is not None:
        batches.say_cancelled(order, reason, uow)
    elif order.purpose != OLD_CASES:
        told = contract.OrderCancelled(
            order_id=order.order_id,
            application_id=application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            reason=reason,
            cancelled_at=order.cancelled_at,
            purpose=order.purpose,
            title=order.title,
            corrects=order.corrects or "",
            amount=order.amount if order.corrects else None,
        )
        uow.emit(contract.ORDER_CANCELLED, told)
