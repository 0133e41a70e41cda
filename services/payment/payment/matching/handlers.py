"""Rows of a statement against the orders: what pays by itself, and candidates for what a cashier has to decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from contracts.statements import Candidate
from sqlalchemy.orm import Session

from payment.matching.model import (
    Judgement,
    Owed,
    judge,
    judge_misspelled,
    misspelled,
    numbers_in,
    resolved,
    speaks,
    weight,
    why,
)
from payment.matching.store import orders_by_number, orders_like
from payment.orders.store import Order
from payment.refunds.parts import received
from payment.statements.store import BankRow

SHOWN = 10


def judge_rows(session: Session, rows: Sequence[BankRow]) -> dict[str, Judgement]:
    """What each row pays, by its id. Two questions to the database, however many rows there are."""
    places = {row.row_id: numbers_in(row.note) for row in rows}
    known = _by_number(session, {one for found in places.values() for readings in found for one in readings})
    judged, left = dict[str, Judgement](), dict[str, set[str]]()
    for row in rows:
        numbers, doubtful = resolved(places[row.row_id], known.keys())
        if numbers:
            judged[row.row_id] = judge(row.amount, numbers, doubtful, _concerned(numbers, known))
        else:
            left[row.row_id] = misspelled(row.note)
    near = _by_number(session, {one for found in left.values() for one in found})
    for row in rows:
        if row.row_id in left:
            orders = _concerned(left[row.row_id] & near.keys(), near)
            judged[row.row_id] = judge_misspelled(row.amount, row.payer, orders)
    return judged


def _by_number(session: Session, numbers: Collection[str]) -> dict[str, list[Owed]]:
    found: dict[str, list[Owed]] = {}
    orders = orders_by_number(session, numbers)
    came = received(session, orders)
    for order in (_owed(one, came) for one in orders):
        for number in order.numbers:
            found.setdefault(number, []).append(order)
    return found


def candidates(session: Session, row: BankRow) -> list[Candidate]:
    """Orders that a row may be for, the likeliest first, with what speaks for each."""
    exact = {one for readings in numbers_in(row.note) for one in readings}
    orders = {one.order_id: one for one in orders_by_number(session, exact)}
    near = set[str]() if orders else misspelled(row.note)  # a number that exists is no misspelled one
    evidence = {"number": exact, "near": near - exact}
    orders |= {one.order_id: one for one in orders_by_number(session, near)}
    orders |= {one.order_id: one for one in orders_like(session, row.amount, row.payer, row.note)}
    came = received(session, orders.values())
    found = [
        (order, why(_owed(order, came), order.title, row.amount, row.payer, row.note, evidence))
        for order in orders.values()
    ]
    found.sort(key=lambda one: (-weight(one[1], one[0].state), one[0].order_id))
    likely = [(order, reasons) for order, reasons in found if speaks(reasons, order.state)]
    return [candidate(order, reasons, came.get(order.order_id, 0)) for order, reasons in likely[:SHOWN]]


def candidate(order: Order, reasons: Sequence[str] = (), came: int = 0) -> Candidate:
    """An order as a cashier sees it beside a row."""
    return Candidate(
        order_id=order.order_id,
        application_id=order.items[0].application_id,
        title=order.title,
        serial_number=order.serial_number,
        payer=order.payer,
        amount=order.amount,
        received=came,
        state=order.state,
        pay_by=order.pay_by,
        why=list(reasons),
    )


def _concerned(numbers: Collection[str], by_number: Mapping[str, Sequence[Owed]]) -> list[Owed]:
    return list({order.order_id: order for number in numbers for order in by_number.get(number, ())}.values())


def _owed(order: Order, came: Mapping[str, int]) -> Owed:
    numbers = frozenset({order.serial_number, *(item.serial_number for item in order.items)})
    return Owed(
        order.order_id,
        order.account_id,
        numbers,
        max(0, order.amount - came.get(order.order_id, 0)),
        order.state,
        order.payer,
    )
