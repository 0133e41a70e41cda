"""Money of an order whose case ended before it was accepted."""

from __future__ import annotations

from chassis.telemetry import logger
from chassis.uow import UnitOfWork

from payment.ledger.handlers import book
from payment.ledger.model import order_returned
from payment.orders.store import Order, change_state
from payment.refunds.handlers import hold
from payment.settlement.store import money_of, take_back

_log = logger("payment.orders")


def give_back(order: Order, reason: str, uow: UnitOfWork) -> None:
    """The payment was faster here than the end of its case, but not faster than acceptance there: its money is its
    payer's again, once a cashier returns it."""
    settling = money_of(uow.session, order.order_id)
    if sum(part for _, part in settling) != order.amount:
        raise LookupError(f"order {order.order_id} is not paid by the money that came")
    change_state(order, "return", uow, note=reason)
    book(order_returned(order.order_id, order.amount), uow)
    for money, part in settling:
        take_back(uow.session, money, order.order_id, part)
        hold(money, order, part, "case_ended", uow)
    _log.warning("money_suspended", payment=order.payment_id, problem=reason, received=order.amount)
