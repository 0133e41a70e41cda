"""What payment says of the fee of a case or a batch, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.clock import legal_date
from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.payment import GET_ORDER, GetOrder, OrderView, PaymentView
from contracts.refund_progress import RefundProgress

from gateway.web.calls import call

OVER = frozenset({"withdrawn", "lapsed", "refused", "registered"})
"""While a case is under way its fee stays."""
_PATIENCE = 3.0
"""Seconds; the page does without it."""


@dataclass(frozen=True)
class Kept:
    """A fee, in fen, that stays although its case has come to nothing, since it was accepted on that day."""

    amount: int
    accepted_on: date | None


@dataclass(frozen=True)
class Refunds:
    """``own``: each with the part of it that is for this case; ``others``: of the order of its batch, for other works,
    or of money that had paid none."""

    own: Sequence[RefundProgress] = ()
    others: Sequence[RefundProgress] = ()


def kept(case: ApplicationView) -> Kept | None:
    """What of a case would not go back if it ended now, or did not when it ended: an accepted case keeps its fee
    (办法 art. 32). None where nothing was paid, or it was never accepted."""
    order = case.order
    if order is None or not order.amount or order.state != "paid" or not case.acceptance_number:
        return None
    accepted = max((action.at for action in case.actions if action.action == "accept"), default=None)
    return Kept(order.amount, legal_date(accepted) if accepted else None)


def order_by_id(order_id: str, share_of: str | None = None) -> OrderView | None:
    """As payment has it, with what of each refund is for ``share_of``. None where nobody can say it now, also of a case
    that has become another account's: the order stays with who paid it."""
    try:
        return call(GET_ORDER, GetOrder(order_id=order_id, share_of=share_of), timeout=_PATIENCE)
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


def order_for_page(case: ApplicationView) -> OrderView | None:
    """The order where the page of the case has anything to say of it: asked for once, for all of the page."""
    if case.order is None or not (case.batch_id is not None or _may_come_back(case)):
        return None
    return order_by_id(case.order.order_id, case.application_id if case.batch_id else None)


def refunds_of(case: ApplicationView, order: OrderView | None) -> Refunds | None:
    """Asked for, under way and done. None where nobody can say it now."""
    if not _may_come_back(case):
        return Refunds()
    if order is None:
        return None
    if order.batch_id is None:
        return Refunds(order.refunds)
    own = [refund.model_copy(update={"amount": refund.share}) for refund in order.refunds if refund.share]
    return Refunds(own, [refund for refund in order.refunds if refund.share != refund.amount])


def _may_come_back(case: ApplicationView) -> bool:
    return case.state in OVER and case.order is not None and bool(case.order.amount)
