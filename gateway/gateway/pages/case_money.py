"""What payment says of a case's fee, for the page of the case."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.filing.cases import OrderSummary
from contracts.payment import GET_ORDER, GetOrder, OrderView, RefundProgress

from gateway.web.calls import call

OVER = frozenset({"withdrawn", "lapsed", "refused", "registered"})
"""While a case is under way its fee stays."""
_PATIENCE = 3.0
"""Seconds; the page does without it."""


def order_of(own: OrderSummary) -> OrderView | None:
    """As payment has it. None where nobody can say it now, also of a case that has become another account's: the order
    stays with who paid it."""
    try:
        return call(GET_ORDER, GetOrder(order_id=own.order_id), timeout=_PATIENCE)
    except Problem as problem:
        if problem.status not in (403, 404) and problem.status < 500:
            raise
        return None


def refunds_of(case: ApplicationView) -> Sequence[RefundProgress] | None:
    """Asked for, under way and done; of a batch all of its order's. None where nobody can say it now."""
    if case.state not in OVER or case.order is None or not case.order.amount:
        return ()
    order = order_of(case.order)
    return order.refunds if order else None
