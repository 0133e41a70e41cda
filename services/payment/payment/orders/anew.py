"""A fee that is due again: what was booked for it was another's money and has gone to the order it was meant for.

Its case has gone on meanwhile as if it had been paid, and nobody told it otherwise. So what was redirected is asked for
by an order of its own for each application, with the whole period to pay; the order before it stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from chassis.ids import new_id
from chassis.uow import UnitOfWork

from payment.orders.beginning import begin
from payment.orders.model import pay_by
from payment.orders.store import Order, OrderItem


def ask_again(wrong: Order, lines: Mapping[int, int], uow: UnitOfWork) -> list[Order]:
    """Opens the orders for fen of some lines of a locked order, by application. What of a line its applicant did
    pay stays with the order before it."""
    taken = [item for item in wrong.items if lines.get(item.line)]
    found = []
    for application_id, items in groupby(taken, key=lambda item: item.application_id):
        of_case = [item for item in wrong.items if item.application_id == application_id]
        for item in of_case:
            item.open = False
        uow.session.flush()
        order = _order(wrong, of_case[0], [_item(item, lines[item.line]) for item in items], uow)
        begin(order, uow)
        found.append(order)
    return found


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
