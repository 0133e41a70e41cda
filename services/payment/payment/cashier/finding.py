"""Orders, payments, rows and refunds by whatever is known of them. What hangs together comes together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chassis.db import run
from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from payment.cashier.model import Asked
from payment.orders.store import Order
from payment.providers.store import Payment
from payment.refunds.store import Refund
from payment.settlement.store import MoneyAllocation, MoneyReceived
from payment.statements.store import BankRow

_BY_NUMBER = """
    WITH money AS (
        SELECT money_id, payment_id FROM money_received
        WHERE method IN ('wechat', 'alipay', 'bank') AND transaction_id = ANY(%(numbers)s)
        UNION
        SELECT m.money_id, m.payment_id FROM bank_rows r
        JOIN money_received m ON m.method = 'bank' AND m.transaction_id = r.row_id WHERE r.reference = ANY(%(numbers)s))
    SELECT order_id FROM orders
    WHERE order_id = ANY(%(numbers)s) OR batch_id = ANY(%(numbers)s) OR receipt_id = ANY(%(numbers)s)
    UNION SELECT order_id FROM order_items
    WHERE serial_number = ANY(%(numbers)s) OR application_id = ANY(%(applications)s)
    UNION SELECT order_id FROM slips WHERE document_id = ANY(%(numbers)s)
    UNION SELECT order_id FROM payments WHERE payment_id = ANY(%(numbers)s)
    UNION SELECT p.order_id FROM money JOIN payments p USING (payment_id)
    UNION SELECT a.order_id FROM money JOIN money_allocations a USING (money_id)
    UNION SELECT order_id FROM refunds WHERE order_id IS NOT NULL AND (refund_id = ANY(%(numbers)s)
        OR refund_number = ANY(%(numbers)s) OR provider_number = ANY(%(numbers)s))
    ORDER BY 1 DESC LIMIT %(limit)s"""


def orders_by_number(session: Session, asked: Asked, application_ids: Collection[str], limit: int) -> list[str]:
    """Ids of the orders that a number leads to: their own, a case's, a payment's, a transaction's, a refund's."""
    numbers = list(asked.spellings)
    applications = [*numbers, *application_ids]
    if not applications:
        return []
    rows = run(session, _BY_NUMBER, {"numbers": numbers, "applications": applications, "limit": limit})
    return [row.order_id for row in rows]


def find_orders(session: Session, asked: Asked, order_ids: Collection[str], limit: int) -> Sequence[Order]:
    """Those, then the newest of an amount, or with words in title or payer."""
    led_to = Order.order_id.in_(order_ids)
    fits = or_(led_to, *_amount(asked, Order.amount), *_words(asked, Order.title, Order.payer))
    query = select(Order).where(fits).options(selectinload(Order.items))
    return session.scalars(query.order_by(led_to.desc(), Order.created_at.desc(), Order.order_id).limit(limit)).all()


def find_payments(session: Session, asked: Asked, order_ids: Collection[str], limit: int) -> Sequence[Payment]:
    """Of some orders, or of an amount that was asked or came."""
    fits = or_(Payment.order_id.in_(order_ids), *_amount(asked, Payment.amount, Payment.received_amount))
    query = select(Payment).where(fits).order_by(Payment.started_at.desc(), Payment.payment_id)
    return session.scalars(query.limit(limit)).all()


def find_rows(
    session: Session, asked: Asked, order_ids: Collection[str], numbers: Collection[str], limit: int
) -> Sequence[BankRow]:
    """That paid some orders or name one of some serial numbers, by number, of an amount in or out, or with words in
    note, payer or reference."""
    fits = or_(
        BankRow.row_id.in_(asked.spellings),
        BankRow.reference.in_(asked.spellings),
        BankRow.row_id.in_(_paid_by_bank(order_ids)),
        *(BankRow.note.icontains(number, autoescape=True) for number in numbers),
        *_words(asked, BankRow.note, BankRow.payer, BankRow.reference),
        BankRow.amount.in_((asked.fen, -asked.fen)) if asked.fen else false(),
    )
    query = select(BankRow).where(fits).order_by(BankRow.booked_on.desc(), BankRow.row_id.desc())
    return session.scalars(query.limit(limit)).all()


def _paid_by_bank(order_ids: Collection[str]) -> ColumnElement[str]:
    query = select(MoneyReceived.transaction_id).join(
        MoneyAllocation, MoneyAllocation.money_id == MoneyReceived.money_id
    )
    query = query.where(MoneyReceived.method == "bank", MoneyAllocation.order_id.in_(order_ids))
    return query.scalar_subquery()


def find_refunds(session: Session, asked: Asked, order_ids: Collection[str], limit: int) -> Sequence[Refund]:
    """Of some orders, by number, of money with that number, or of an amount."""
    money = select(MoneyReceived.money_id).where(
        MoneyReceived.method.in_(("wechat", "alipay", "bank")), MoneyReceived.transaction_id.in_(asked.spellings)
    )
    fits = or_(
        Refund.refund_id.in_(asked.spellings),
        Refund.refund_number.in_(asked.spellings),
        Refund.provider_number.in_(asked.spellings),
        Refund.order_id.in_(order_ids),
        Refund.money_id.in_(money),
        *_amount(asked, Refund.amount),
    )
    query = select(Refund).where(fits).order_by(Refund.opened_at.desc(), Refund.refund_id)
    return session.scalars(query.limit(limit)).all()


def _amount(
    asked: Asked, *columns: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> list[ColumnElement[bool]]:
    return [column == asked.fen for column in columns] if asked.fen else []


def _words(asked: Asked, *columns: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    return [column.icontains(asked.words, autoescape=True) for column in columns] if asked.words else []
