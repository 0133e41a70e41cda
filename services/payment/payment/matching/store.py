"""Orders by what a bank's note may say of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, aliased, selectinload

from payment.matching.model import payer_parts
from payment.orders.store import Order, OrderItem

MOST_CANDIDATES = 50


def orders_by_number(session: Session, numbers: Collection[str]) -> Sequence[Order]:
    """Orders with an application of one of these serial numbers, in any state."""
    if not numbers:
        return []
    item = aliased(OrderItem)
    charged = select(item.order_id).where(item.serial_number.in_(numbers))
    query = select(Order).where(Order.order_id.in_(charged)).options(selectinload(Order.items))
    return session.scalars(query.execution_options(populate_existing=True)).all()


def orders_like(session: Session, amount: int, payer: str, note: str) -> Sequence[Order]:
    """Orders that still owe something, of this payer, with their title in the note, or of this amount; in that order,
    since an amount is many people's."""
    bare = func.btrim(Order.title, "《》〈〉 ")
    of_payer = Order.payer.in_({payer, payer_parts(payer)[0]}) if payer else literal(False)
    named = (func.length(bare) > 1) & (func.strpos(note, bare) > 0)
    same = Order.amount == amount
    query = select(Order).where(Order.state == "pending", of_payer | named | same).options(selectinload(Order.items))
    query = query.order_by(of_payer.desc(), named.desc(), same.desc(), Order.created_at.desc(), Order.order_id)
    return session.scalars(query.limit(MOST_CANDIDATES)).all()
