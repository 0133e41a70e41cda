"""What payment says of the fee of a case or a batch, for its page."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.payment import GET_ORDER, GetOrder, OrderView, PaymentView, RefundProgress

from gateway.web.calls import call

OVER = frozenset({"withdrawn", "lapsed", "refused", "registered"})
"""While a case is under way its fee stays."""
_PATIENCE = 3.0
"""Seconds; the page does without it."""


def order_by_id(order_id: str) -> OrderView | None:
    """As payment has it. None where nobody can say it now, also of a case that has become another account's: the order
    stays with who paid it."""
    try:
        return call(GET_ORDER, GetOrder(order_id=order_id), timeout=_PATIENCE)
    except Problem as problem:
        if problem.status not in (403, 404) and problem.status < 500:
            raise
        return None


def slip_of(order: OrderView | None) -> PaymentView | None:
    """The remittance that was begun for an order that is to be paid: nobody can know here whether it was sent."""
    if order is None or order.state != "pending":
        return None
    begun = [one for one in order.payments if one.method == "bank" and one.state == "started"]
    return begun[-1] if begun else None


def refunds_of(case: ApplicationView) -> Sequence[RefundProgress] | None:
    """Asked for, under way and done; of a batch all of its order's. None where nobody can say it now."""
    if case.state not in OVER or case.order is None or not case.order.amount:
        return ()
    order = order_by_id(case.order.order_id)
    return order.refunds if order else None
