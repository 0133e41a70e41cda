"""What belongs to one order, for its file: at most so many of each kind, the oldest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from chassis.db import run
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from payment.orders.store import Order, OrderAction, OrderItem
from payment.providers.store import Payment
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from payment.statements.store import BankRow

_ENTRIES = """
    SELECT e.entry_id, e.kind, e.reference, e.day, e.booked_at, p.line, p.account, p.amount, a.title_zh, a.title_en
    FROM (SELECT e.* FROM ledger_entries e
        WHERE e.entry_id IN (SELECT entry_id FROM ledger_postings WHERE order_id = %(order_id)s)
        ORDER BY e.booked_at, e.entry_id LIMIT %(limit)s) e
    JOIN ledger_postings p USING (entry_id) JOIN ledger_accounts a ON a.code = p.account
    WHERE p.order_id = %(order_id)s ORDER BY e.booked_at, e.entry_id, p.line"""

_MONEY = """
    SELECT m.money_id, m.method, m.transaction_id, m.payment_id, m.amount, m.source,
        coalesce(m.provider_paid_at, m.received_at) AS came_at, coalesce((SELECT sum(a.amount) FROM money_allocations a
            WHERE a.money_id = m.money_id AND a.order_id = %(order_id)s), 0)::bigint AS settles
    FROM money_received m WHERE m.money_id IN (
        SELECT money_id FROM money_allocations WHERE order_id = %(order_id)s
        UNION SELECT r.money_id FROM refunds r WHERE r.order_id = %(order_id)s
        UNION SELECT r.money_id FROM money_received r JOIN payments p USING (payment_id)
        WHERE p.order_id = %(order_id)s)
    ORDER BY m.received_at, m.money_id LIMIT %(limit)s"""


def find_order(session: Session, order_id: str) -> Order | None:
    """The order without its items, of which there may be many."""
    return session.get(Order, order_id)


def items_of(session: Session, order_id: str, after: int, limit: int) -> tuple[Sequence[OrderItem], int]:
    """The items behind a line, and how many there are altogether."""
    query = select(OrderItem).where(OrderItem.order_id == order_id)
    count = session.scalar(select(func.count()).where(OrderItem.order_id == order_id))
    page = session.scalars(query.where(OrderItem.line > after).order_by(OrderItem.line).limit(limit)).all()
    return page, int(count or 0)


def payments_of(session: Session, order_id: str, limit: int) -> Sequence[Payment]:
    """Attempts to pay it."""
    query = select(Payment).where(Payment.order_id == order_id).order_by(Payment.started_at, Payment.payment_id)
    return session.scalars(query.limit(limit)).all()


def money_of(session: Session, order_id: str, limit: int) -> list[Any]:
    """All that came for it: what pays it, what paid it once, what is held of it."""
    return run(session, _MONEY, {"order_id": order_id, "limit": limit})


def rows_by_id(session: Session, row_ids: Collection[str]) -> Sequence[BankRow]:
    """Rows of statements, by their day."""
    query = select(BankRow).where(BankRow.row_id.in_(row_ids))
    return session.scalars(query.order_by(BankRow.booked_on, BankRow.row_id)).all()


def refunds_of(session: Session, order_id: str, limit: int) -> Sequence[Refund]:
    """What goes back of it."""
    query = select(Refund).where(Refund.order_id == order_id).order_by(Refund.opened_at, Refund.refund_id)
    return session.scalars(query.limit(limit)).all()


def entries_of(session: Session, order_id: str, limit: int) -> dict[str, list[Any]]:
    """Postings about it, by the entry that they are of."""
    found: dict[str, list[Any]] = {}
    for row in run(session, _ENTRIES, {"order_id": order_id, "limit": limit}):
        found.setdefault(row.entry_id, []).append(row)
    return found


def actions_of(session: Session, order_id: str, limit: int) -> Sequence[OrderAction]:
    """What happened to it."""
    query = select(OrderAction).where(OrderAction.order_id == order_id)
    return session.scalars(query.order_by(OrderAction.at, OrderAction.action_id).limit(limit)).all()


def last_of_write_off(order_id: InstrumentedAttribute[str] | str) -> Select[OrderAction]:
    """The last word on writing an order off, for one or beside a row of orders."""
    words = OrderAction.action.in_(("ask_write_off", "decline_write_off", "write_off"))
    query = select(OrderAction).where(OrderAction.order_id == order_id, words)
    return query.order_by(OrderAction.at.desc(), OrderAction.action_id.desc()).limit(1)


def write_off_asked(session: Session, order_id: str) -> OrderAction | None:
    """The wish to write an order off that nobody has decided on yet."""
    last = session.scalars(last_of_write_off(order_id)).one_or_none()
    return last if last is not None and last.action == "ask_write_off" else None


def transactions_of(session: Session, payment_ids: Collection[str]) -> dict[str, list[str]]:
    """The provider's numbers of what came of each of some payments."""
    query = select(MoneyReceived.payment_id, MoneyReceived.transaction_id).where(
        MoneyReceived.payment_id.in_(payment_ids)
    )
    found: dict[str, list[str]] = {}
    for payment_id, number in session.execute(query.order_by(MoneyReceived.received_at, MoneyReceived.money_id)):
        found.setdefault(payment_id or "", []).append(number)
    return found
