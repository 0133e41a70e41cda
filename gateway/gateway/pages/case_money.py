"""What of a case's fee goes back, for the page of the case."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.payment import GET_ORDER, GetOrder, RefundProgress

from gateway.web.calls import call

OVER = frozenset({"withdrawn", "lapsed", "refused", "registered"})
"""While a case is under way its fee stays."""
_PATIENCE = 3.0
"""Seconds; the page does without it."""


def refunds_of(case: ApplicationView) -> Sequence[RefundProgress] | None:
    """Asked for, under way and done; of a batch all of its order's. None where nobody can say it now."""
    if case.state not in OVER or case.order is None or not case.order.amount:
        return ()
    try:
        return call(GET_ORDER, GetOrder(order_id=case.order.order_id), timeout=_PATIENCE).refunds
    except Problem as problem:
        if problem.status not in (403, 404) and problem.status < 500:
            raise
        return None  # also of a case that has become another account's: the order stays with who paid it
