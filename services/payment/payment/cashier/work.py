"""How much of each kind waits for a cashier, and since when. A question a kind, each answered from an index or from a
table that stays small."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from chassis.clock import legal_date
from chassis.db import run
from contracts.refunds import RefundState
from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from payment.cashier.store import last_of_write_off
from payment.matching.model import numbers_in
from payment.orders.store import Order, OrderAction, OrderItem
from payment.providers.store import Payment
from payment.reconciliation.store import DayCompared, DifferenceFound
from payment.refunds.parts import FOR_THE_REST
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from payment.statements.store import BankRow

MOST_NOTES = 5000
"""Rows that wait for an order they name, as far as notes are read for this; what is left is in the rows that wait."""

_LAST_STATEMENT = """
    SELECT max(coalesce((p ->> 'ends')::date, (s.uploaded_at AT TIME ZONE 'Asia/Shanghai')::date - 1)) AS day
    FROM bank_statements s, jsonb_array_elements(s.parts) p
    WHERE s.state <> 'refused' AND (p ->> 'ours')::boolean"""
_FIRST_REMITTANCE = """
    SELECT (min(started_at) AT TIME ZONE 'Asia/Shanghai')::date AS day FROM payments WHERE method = 'bank'"""


def refunds_waiting(session: Session) -> dict[RefundState, tuple[int, datetime]]:
    """Of each state of an open refund, how many and since when."""
    query = select(Refund.state, func.count(), func.min(Refund.opened_at))
    query = query.where(Refund.closed_at.is_(None), ~FOR_THE_REST)
    return {state: (int(n), since) for state, n, since in session.execute(query.group_by(Refund.state))}


def refunds_to_send(session: Session) -> tuple[int, datetime | None]:
    """Approved refunds of remittances, which wait for the next payment file; providers' are sent by themselves."""
    query = select(func.count(), func.min(Refund.opened_at)).join(MoneyReceived)
    count, since = session.execute(query.where(Refund.state == "approved", MoneyReceived.method == "bank")).one()
    return int(count), since


def differences_waiting(session: Session) -> tuple[int, date | None]:
    """Differences that nobody has explained."""
    query = select(func.count(), func.min(DifferenceFound.day)).where(
        DifferenceFound.explained_by.is_(None), DifferenceFound.cleared_at.is_(None)
    )
    count, since = session.execute(query).one()
    return int(count), since


def bills_missing(session: Session) -> tuple[int, date | None]:
    """Days whose bill could not be had, however often it was asked for."""
    count, since = session.execute(
        select(func.count(), func.min(DayCompared.day)).where(DayCompared.state == "failed")
    ).one()
    return int(count), since


def last_statement(session: Session) -> date | None:
    """The last day that a statement of our account says something of; of one without rows, the day before it came.
    While there is none, the day on which somebody first wanted to pay by remittance."""
    [said] = run(session, _LAST_STATEMENT, {})
    if said.day is None:
        [said] = run(session, _FIRST_REMITTANCE, {})
    day: date | None = said.day
    return day


def _mismatched() -> Select[str]:
    """Payments of which another amount came than was asked, as long as nobody has decided on the money."""
    query = select(Payment.order_id).join(MoneyReceived, MoneyReceived.payment_id == Payment.payment_id)
    query = query.join(Refund, Refund.money_id == MoneyReceived.money_id)
    return query.where(Payment.state == "mismatched", Refund.state == "held")


def mismatched(session: Session) -> tuple[int, datetime | None]:
    """How many such payments, and since when."""
    counted = _mismatched().with_only_columns(func.count(Payment.payment_id.distinct()), func.min(Refund.opened_at))
    count, since = session.execute(counted).one()
    return int(count), since


def _overdue(session: Session, today: date) -> list[ColumnElement[bool]]:
    """Orders past their day and not paid, for which money has come: it is held, or waits in a row that names them."""
    held = select(Refund.order_id).where(Refund.closed_at.is_(None), Refund.order_id.is_not(None))
    named = select(OrderItem.order_id).where(OrderItem.serial_number.in_(_named(session)))
    return [
        Order.state == "pending",
        Order.pay_by < today,
        or_(Order.order_id.in_(held), Order.order_id.in_(named)),
    ]


def _named(session: Session) -> Collection[str]:
    """Serial numbers in the notes of rows whose amount is not what their orders owe."""
    query = select(BankRow.note).where(BankRow.state == "waiting", BankRow.reason.in_(("partial", "over")))
    notes = session.scalars(query.order_by(BankRow.booked_on).limit(MOST_NOTES))
    return {one for note in notes for readings in numbers_in(note) for one in readings}


def overdue(session: Session, today: date) -> tuple[int, date | None]:
    """How many such orders, and the day that is longest past."""
    query = select(func.count(), func.min(Order.pay_by)).where(*_overdue(session, today))
    count, since = session.execute(query).one()
    return int(count), since


_DUE_AGAIN = (Order.state == "pending", Order.corrects.is_not(None))


def due_again(session: Session) -> tuple[int, date | None]:
    """Fees that are asked for again and not paid, and the legal day of the first."""
    count, since = session.execute(select(func.count(), func.min(Order.created_at)).where(*_DUE_AGAIN)).one()
    return int(count), legal_date(since) if since else None


def _to_write_off() -> Select[str]:
    """Fees due again of which the last word on a write-off is that somebody asks for it."""
    last = last_of_write_off(Order.order_id).with_only_columns(OrderAction.action).scalar_subquery()
    return select(Order.order_id).where(*_DUE_AGAIN, last == "ask_write_off")


def write_offs_to_approve(session: Session) -> tuple[int, date | None]:
    """Wishes to write a fee off that wait for a second cashier, and the legal day of the first."""
    asked = select(OrderAction.order_id, func.max(OrderAction.at).label("at")).where(
        OrderAction.action == "ask_write_off", OrderAction.order_id.in_(_to_write_off())
    )
    each = asked.group_by(OrderAction.order_id).subquery()
    count, since = session.execute(select(func.count(), func.min(each.c.at))).one()
    return int(count), legal_date(since) if since else None


def orders_waiting(
    session: Session, queue: str, today: date, after: tuple[date, str] | None, limit: int
) -> list[Order]:
    """The orders of one of them, the longest due first."""
    query = select(Order).options(selectinload(Order.items))
    if queue == "mismatched":
        query = query.where(Order.order_id.in_(_mismatched()))
    elif queue == "write_off":
        query = query.where(Order.order_id.in_(_to_write_off()))
    elif queue == "due_again":
        query = query.where(*_DUE_AGAIN)
    else:
        query = query.where(*_overdue(session, today))
    if after is not None:
        query = query.where(tuple_(Order.pay_by, Order.order_id) > after)
    return list(session.scalars(query.order_by(Order.pay_by, Order.order_id).limit(limit)))
