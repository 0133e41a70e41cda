"""Orders of an account, a page at a time, with what was paid and returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from payment.orders.store import Order
from payment.providers.store import Payment
from payment.refunds.store import Refund


@dataclass(frozen=True)
class OfOrders:
    """By order."""

    payments: dict[str, list[Payment]]
    refunds: dict[str, list[Refund]]


def orders_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[Order]:
    """Each with its lines."""
    query = select(Order).where(Order.account_id == account_id, Order.order_id > after)
    return session.scalars(query.order_by(Order.order_id).limit(limit).options(selectinload(Order.items))).all()


def parts_of(session: Session, ids: Sequence[str]) -> OfOrders:
    """In the order in which they came."""
    payments: dict[str, list[Payment]] = {}
    for payment in session.scalars(select(Payment).where(Payment.order_id.in_(ids)).order_by(Payment.started_at)):
        payments.setdefault(payment.order_id, []).append(payment)
    refunds: dict[str, list[Refund]] = {}
    for refund in session.scalars(select(Refund).where(Refund.order_id.in_(ids)).order_by(Refund.opened_at)):
        refunds.setdefault(refund.order_id or "", []).append(refund)
    return OfOrders(payments, refunds)
