"""Slips of refunds and receipts of single applications: documents beside an order's own receipt. Append-only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.objects.references import NAMES, holds
from sqlalchemy import Computed, ForeignKey, and_, exists, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.orders.store import Order, OrderItem, lock_order
from payment.refunds.store import SLIP_DUE, Refund, RefundLine, lock_refund


class Slip(Base):
    __tablename__ = "slips"

    document_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    application_id: Mapped[str] = mapped_column(index=True)
    document: Mapped[dict[str, Any]] = mapped_column(info=NAMES)
    sha256: Mapped[str] = mapped_column(
        Computed("document #>> '{object,sha256}'", persisted=True), index=True, info=holds()
    )
    issued_at: Mapped[datetime]


def claim_refund_without_slip(session: Session) -> tuple[Refund | None, Order | None]:
    """The refund that comes next for its slip, locked with its order; none that another replica was faster with.
    Failed ones queue up behind. What takes a receipt back comes after that receipt, and never without one."""
    receipted = exists().where(Order.order_id == Refund.order_id, Order.receipt_id.is_not(None))
    due = select(Refund.refund_id).where(text(SLIP_DUE), or_(Refund.state == "done", receipted))
    refund_id = session.scalar(due.order_by(Refund.slip_attempts, Refund.closed_at).limit(1))
    refund, order = lock_refund(session, refund_id) if refund_id else (None, None)
    return (refund, order) if refund and refund.slip_id is None else (None, None)


def claim_cases_without_slip(session: Session, limit: int) -> tuple[Order | None, list[OrderItem]]:
    """An order, locked, and some of its applications that have no receipt of their own yet. Those of which the fewest
    are left come first: a batch of a thousand works holds up nobody's. None is issued for what was another's money."""
    query = select(Order.order_id).where(Order.slips_due > 0).order_by(Order.slips_due, Order.paid_at).limit(1)
    order_id = session.scalar(query.with_for_update(skip_locked=True))
    order = lock_order(session, order_id) if order_id else None
    if order is None:
        return None, []
    turned = _turned(session, order.order_id) if order.has_refunds else {}
    others = {item.application_id for item in order.items if turned.get(item.line, 0) < item.amount}
    left = [case for case in order.cases if case.slip_id is None and case.application_id in others]
    order.slips_due = len(left)
    return order, left[:limit]


def _turned(session: Session, order_id: str) -> dict[int, int]:
    """Fen of each line of an order that were another's money, and pay that one's."""
    query = select(RefundLine.line, func.sum(RefundLine.amount)).join(Refund, Refund.refund_id == RefundLine.refund_id)
    query = query.where(RefundLine.order_id == order_id, Refund.state == "redirected").group_by(RefundLine.line)
    return {line: int(amount) for line, amount in session.execute(query)}


def refund_slips_of(session: Session, order_id: str) -> Sequence[Slip]:
    """The slips of what has left an order, as they were issued."""
    left = select(Refund.slip_id).where(Refund.order_id == order_id, Refund.slip_id.is_not(None))
    query = select(Slip).where(Slip.document_id.in_(left))
    return session.scalars(query.order_by(Slip.issued_at, Slip.document_id)).all()


def slips_of(session: Session, application_id: str) -> Sequence[Slip]:
    """The slips of an application, as they were issued: its own, and those of refunds that are its among others'."""
    lines = select(Refund.slip_id).join(RefundLine, RefundLine.refund_id == Refund.refund_id)
    lines = lines.join(
        OrderItem, and_(OrderItem.order_id == RefundLine.order_id, OrderItem.line == RefundLine.line)
    ).where(OrderItem.application_id == application_id, Refund.slip_id.is_not(None))
    query = select(Slip).where(or_(Slip.application_id == application_id, Slip.document_id.in_(lines)))
    return session.scalars(query.order_by(Slip.issued_at, Slip.document_id)).all()
