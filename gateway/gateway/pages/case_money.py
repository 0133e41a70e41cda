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


def order_for_page(case: ApplicationView) -> OrderView | None:
    """The order where the page of the case has anything to say of it: asked for once, for all of the page."""
    if case.order is None or not (case.batch_id is not None or _may_come_back(case)):
        return None
    return order_of(case.order)


def refunds_of(case: ApplicationView, order: OrderView | None) -> Sequence[RefundProgress] | None:
    """Asked for, under way and done; of a batch all of its order's. None where nobody can say it now."""
    if not _may_come_back(case):
        return ()
    return order.refunds if order else None


def _may_come_back(case: ApplicationView) -> bool:
    return case.state in OVER and case.order is not None and bool(case.order.amount)
