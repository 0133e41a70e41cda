"""Money of an order whose case ended before it was accepted, or whose promise was not kept."""

from __future__ import annotations

from chassis.telemetry import logger
from chassis.uow import UnitOfWork

from payment.ledger.handlers import book
from payment.ledger.model import refund_moved
from payment.orders.store import Order
from payment.refunds.handlers import hold, move, return_lines
from payment.refunds.model import Reason, spread
from payment.refunds.store import lines_of, open_refunds, returned_money
from payment.settlement.store import money_of

_log = logger("payment.orders")


def give_back(
    order: Order, reason: str, uow: UnitOfWork, application_id: str | None = None, *, because: Reason = "case_ended"
) -> None:
    """The payment was faster here than the end of its case, but not faster than acceptance there: its money is its
    payer's again, once a cashier returns it. Likewise a fee that was not earned.

    ``application_id``: of one case of several that the order is for; ``because``: what the payer is told.

    A cashier's own wish to return the same lines is done with.
    """
    of_case = [item for item in order.items if application_id in (None, item.application_id)]
    for item in of_case:
        item.open = False
    _drop_wishes(order, {item.line for item in of_case}, reason, uow)
    gone = returned_money(uow.session, order.order_id)
    settling = money_of(uow.session, order.order_id)
    if sum(part for _, part in settling) != order.amount - sum(gone.values()):
        raise LookupError(f"order {order.order_id} is not paid by the money that came")
    kept = [(item.line, item.amount - gone.get(item.line, 0)) for item in of_case]
    parts = spread([(line, fen) for line, fen in kept if fen], [part for _, part in settling])
    for (money, _), lines in zip(settling, parts, strict=True):
        if amount := sum(fen for _, fen in lines):
            refund = hold(money, order, amount, because, uow, lines)
            action = refund.refund_id
            book(refund_moved("lines_returned", action, action, "fees", "suspense", amount, order.order_id), uow)
            return_lines(order, refund, uow)
            _log.warning("money_suspended", payment=order.payment_id, problem=reason, received=amount)


def _drop_wishes(order: Order, lines: set[int], reason: str, uow: UnitOfWork) -> None:
    asked = [refund for refund in open_refunds(uow.session, order_id=order.order_id) if refund.state == "asked"]
    named = lines_of(uow.session, [refund.refund_id for refund in asked])
    for refund in asked:
        if lines & {line.line for line in named[refund.refund_id]}:
            move(refund, "decline", uow, note=reason)
