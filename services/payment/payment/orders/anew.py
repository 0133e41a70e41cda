"""A fee that is due again: what was booked for it was another's money and has gone to the order it was meant for.

Its case has gone on meanwhile as if it had been paid, and nobody told it otherwise. So what was redirected is asked for
by an order of its own for each application, with the whole period to pay; the order before it stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.payment import Purpose
from sqlalchemy import select
from sqlalchemy.orm import Session

from payment.orders.beginning import begin, cancel
from payment.orders.model import pay_by
from payment.orders.store import Order, OrderItem, lock_order, orders_about


def corrections_of(session: Session, order_id: str) -> list[str]:
    """The orders by which parts of an order are or were due again, in the order in which they are locked."""
    query = select(Order.order_id).where(Order.corrects == order_id)
    return list(session.scalars(query.order_by(Order.order_id)))


def standing(session: Session, application_id: str, purpose: Purpose = "registration") -> list[Order]:
    """All that an application is or was charged for a purpose, locked, the newest first: its order, and those by which
    parts of that are due again."""
    found = [one.order_id for one in orders_about(session, application_id) if one.purpose == purpose]
    locked = {order_id: lock_order(session, order_id) for order_id in sorted(found)}
    return [order for order_id in reversed(found) if (order := locked[order_id]) is not None]


def ask_again(wrong: Order, lines: Mapping[int, int], uow: UnitOfWork) -> list[Order]:
    """Opens the orders for fen of some lines of a locked order, by application. What of a line its applicant did
    pay stays with the order before it; what was asked for again before and is not paid comes along."""
    taken = [item for item in wrong.items if lines.get(item.line)]
    found = []
    for application_id, items in groupby(taken, key=lambda item: item.application_id):
        of_case = [item for item in wrong.items if item.application_id == application_id]
        again = _asked_before(wrong, application_id, uow)
        for item in of_case:
            item.open = False
        uow.session.flush()
        again += [_item(item, lines[item.line]) for item in items]
        order = _order(wrong, of_case[0], again, uow)
        begin(order, uow)
        found.append(order)
    return found


def _asked_before(wrong: Order, application_id: str, uow: UnitOfWork) -> list[OrderItem]:
    """The fees of an order that a redirect of another part has opened; it is owed no more: they are asked for anew. The
    caller has locked it with the others, in their order."""
    owed: list[OrderItem] = []
    about = {one.order_id for one in orders_about(uow.session, application_id)}
    asked = [order_id for order_id in corrections_of(uow.session, wrong.order_id) if order_id in about]
    for before in filter(None, [lock_order(uow.session, order_id) for order_id in asked]):
        if before.state == "pending":
            owed += [_item(item, item.amount) for item in before.items]
            cancel(before, application_id, "corrected", uow)
        for item in before.items:
            item.open = False
    return owed


def _order(wrong: Order, first: OrderItem, items: Sequence[OrderItem], uow: UnitOfWork) -> Order:
    for line, item in enumerate(items, start=1):
        item.line, item.principal = line, line == 1
        item.fee_basis = first.fee_basis if line == 1 else None
    return Order(
        order_id=new_id("ord"),
        account_id=wrong.account_id,
        title=first.title,
        serial_number=first.serial_number,
        payer=wrong.payer,
        amount=sum(item.amount for item in items),
        state="pending",
        created_at=uow.legal_now(),
        pay_by=pay_by(uow.today()),
        receipt_attempts=0,
        corrects=wrong.order_id,
        items=list(items),
    )


def _item(item: OrderItem, amount: int) -> OrderItem:
    """The fee again, or the part of it that was redirected."""
    return OrderItem(
        application_id=item.application_id,
        purpose=item.purpose,
        open=True,
        title=item.title,
        serial_number=item.serial_number,
        code=item.code,
        rate_from=item.rate_from,
        fee_zh=item.fee_zh,
        fee_en=item.fee_en,
        quantity=item.quantity if amount == item.amount else 1,
        amount=amount,
    )
