"""Part payments: transfers of less than their order owes. Each is held for its payer until the rest comes, and then
they pay the order together. While it is to be paid they are not on their way back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from payment.orders.store import Order
from payment.refunds.model import Reason
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived

PART: Reason = "part_payment"
FOR_THE_REST = (
    (Refund.state == "held")
    & (Refund.because == PART)
    & Refund.order_id.in_(select(Order.order_id).where(Order.state == "pending"))
)
"""A part of what is owed, which waits for its payer to send the rest, and for no cashier."""


def parts_of(session: Session, order_id: str) -> Sequence[Refund]:
    """What waits for the rest of an order, as it came. The caller has locked the order."""
    query = select(Refund).where(Refund.order_id == order_id, Refund.because == PART, Refund.state == "held")
    query = query.order_by(Refund.opened_at, Refund.refund_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def received(session: Session, orders: Collection[Order]) -> dict[str, int]:
    """Fen that have come in part, of each order that is to be paid; of most orders nothing has, and nobody is asked."""
    concerned = [order.order_id for order in orders if order.has_refunds and order.state == "pending"]
    if not concerned:
        return {}
    query = select(Refund.order_id, func.sum(Refund.amount)).group_by(Refund.order_id)
    query = query.where(Refund.order_id.in_(concerned), Refund.because == PART, Refund.state == "held")
    return {order_id or "": int(fen) for order_id, fen in session.execute(query)}


def waits_for_rest(refund: Refund, order: Order) -> bool:
    """Whether a refund of an order is such a part."""
    return refund.because == PART and refund.state == "held" and order.state == "pending"


def waits_for_somebody(session: Session) -> tuple[int, int, datetime | None]:
    """How many refunds wait for a cashier (approved ones of the bank for a payment file), how many of them came back,
    and since when the oldest waits."""
    by_bank = select(MoneyReceived.money_id).where(MoneyReceived.method == "bank")
    decided = Refund.state.in_(("held", "asked", "requested", "failed", "attested"))
    waits = or_(decided, (Refund.state == "approved") & Refund.money_id.in_(by_bank))
    query = select(func.count(), func.count().filter(Refund.state == "failed"), func.min(Refund.opened_at)).where(
        waits, Refund.closed_at.is_(None), ~FOR_THE_REST
    )
    count, failed, since = session.execute(query).one()
    return int(count), int(failed), since
