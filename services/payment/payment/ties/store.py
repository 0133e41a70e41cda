"""What of an account's money is under way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from payment.orders.store import Order
from payment.refunds.store import Refund


def unpaid(session: Session, account_id: str) -> Sequence[str]:
    """Serial numbers of orders that can be paid."""
    query = select(Order.serial_number).where(Order.account_id == account_id, Order.state == "pending")
    return session.scalars(query.order_by(Order.order_id)).all()


def returning(session: Session, account_id: str) -> Sequence[str]:
    """Of orders whose money is on its way back to its payer, whole or in part."""
    refunded = select(Refund.order_id).where(Refund.closed_at.is_(None), Refund.order_id == Order.order_id)
    query = select(Order.serial_number).where(
        Order.account_id == account_id, or_(Order.state == "returning", refunded.exists())
    )
    return session.scalars(query.order_by(Order.order_id)).all()
