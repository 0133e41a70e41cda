"""Money that came to the bank account: counted the same way as what providers report, for one order or several."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.refunds import AssignHeld, RefundView

from payment.ledger.handlers import book
from payment.ledger.model import held_assigned
from payment.matching.store import orders_by_number
from payment.orders.handlers import mark_paid
from payment.orders.store import Order, change_state, lock_order, orders_by_id
from payment.providers.model import ProviderReport
from payment.providers.store import Payment, let_go_of_payments, under_way
from payment.refunds.handlers import hold, move, open_refund, release_parts
from payment.refunds.model import ASSIGNABLE
from payment.refunds.parts import PART, parts_of, received, waits_for_rest
from payment.refunds.store import Refund, lock_refund
from payment.refunds.views import refund_view
from payment.settlement.handlers import take_in
from payment.settlement.store import MoneyReceived, allocate


def pay_by_transfers(reports: Sequence[ProviderReport], order_ids: Sequence[str], uow: UnitOfWork) -> None:
    """Every order is paid by what has come of it in part and by the transfers together, in their order; what is left
    over is held for its payer.

    Problems: ``order_unknown``; ``order_not_payable``; ``bank_rows_too_little``.
    """
    orders = [payable(order_id, uow) for order_id in sorted(set(order_ids))]
    owed = {order.order_id: due(order, uow) for order in orders}
    missing = sum(owed.values()) - sum(report.amount for report in reports)
    if missing > 0:
        raise Problem("bank_rows_too_little", missing=missing)
    for order in orders:
        use_parts(order, uow)
    for report in reports:
        settles, left = list[tuple[str, int]](), report.amount
        for order_id, amount in owed.items():
            if part := min(amount, left):
                settles.append((order_id, part))
                owed[order_id], left = amount - part, left - part
        take_in(report, settles, orders[0], "payment_amount_mismatch", uow)
    said = "、".join(report.notice_id or report.transaction_id for report in reports)
    for order in orders:
        pay_from_books(order, said, uow)


def keep_part(report: ProviderReport, order_id: str, uow: UnitOfWork) -> None:
    """A transfer of less than is owed is held until the rest comes; its payer is told what is missing.

    Problems: ``order_unknown``; ``order_not_payable``; ``bank_rows_enough``, which pays instead.
    """
    order = payable(order_id, uow)
    if report.amount >= due(order, uow):
        raise Problem("bank_rows_enough")
    take_in(report, [], order, PART, uow)


def due(order: Order, uow: UnitOfWork) -> int:
    """Fen that have still to come of a locked order that can be paid."""
    return max(0, order.amount - received(uow.session, [order]).get(order.order_id, 0))


def use_parts(order: Order, uow: UnitOfWork, without: str = "") -> None:
    """What came in part settles a locked order that is paid now. ``without``: a refund that settles it by itself."""
    left = order.amount
    for part in parts_of(uow.session, order.order_id):
        fen = min(part.amount, left)
        if part.refund_id == without or not fen:
            continue
        money = uow.session.get_one(MoneyReceived, part.money_id)
        move(part, "divide", uow, note=order.serial_number)
        allocate(uow.session, money, order.order_id, fen)
        book(held_assigned(part.refund_id, fen, order.order_id, order.order_id), uow)
        if rest := part.amount - fen:
            hold(money, order, rest, "payment_amount_mismatch", uow, note=part.refund_id, over=True)
        left -= fen


def assign_held(request: AssignHeld, uow: UnitOfWork) -> RefundView:
    """Held money of the bank pays an order after all, and what is left over stays held.

    Problems: ``refund_unknown``; ``action_not_allowed`` for what is not held or is no remittance; ``request_invalid``
    without a word; ``bank_row_order_unknown``, ``bank_row_order_unclear``; ``order_not_payable``;
    ``bank_rows_too_little``.
    """
    known = uow.session.get(Refund, request.refund_id)
    if known is None:
        raise Problem("refund_unknown")
    if not request.note.strip():
        raise Problem("request_invalid", errors=[FieldError("note", "missing")])
    [order_id] = named_orders([request.order], uow)
    for one in sorted({order_id, known.order_id or order_id}):
        lock_order(uow.session, one)
    refund, about = lock_refund(uow.session, request.refund_id)
    assert refund is not None
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    if refund.state != "held" or money.method != "bank" or refund.because not in ASSIGNABLE:
        raise Problem("action_not_allowed", state=refund.state, allowed="")
    order = payable(order_id, uow)
    itself = refund.amount if waits_for_rest(refund, order) and refund.order_id == order.order_id else 0
    owed = min(order.amount, due(order, uow) + itself)
    if (rest := refund.amount - owed) < 0:
        raise Problem("bank_rows_too_little", missing=-rest)
    use_parts(order, uow, without=refund.refund_id)
    move(refund, "divide", uow, note=f"{order.serial_number} {request.note}")
    if owed:
        allocate(uow.session, money, order.order_id, owed)
        book(held_assigned(refund.refund_id, owed, order.order_id, refund.order_id), uow)
    if rest:
        open_refund(money, about, rest, refund.because, "hold", uow, note=refund.refund_id)
    pay_from_books(order, money.notice_id or money.transaction_id, uow)
    uow.session.flush()
    return refund_view(refund, uow)


def named_orders(numbers: Sequence[str], uow: UnitOfWork) -> list[str]:
    """Ids of the orders that a cashier named, by their ids or by serial numbers of which one order is to be paid.

    Problems ``bank_row_order_unknown``, ``bank_row_order_unclear``.
    """
    known = orders_by_id(uow.session, numbers)
    return [number if number in known else _of_number(number, uow) for number in numbers]


def _of_number(number: str, uow: UnitOfWork) -> str:
    found = orders_by_number(uow.session, [number.upper()])
    if not found:
        raise Problem("bank_row_order_unknown", number=number)
    pending = [order for order in found if order.state == "pending"]
    if len(pending) > 1:
        raise Problem("bank_row_order_unclear", number=number)
    return (pending or list(found))[0].order_id


def pay_from_books(order: Order, said: str, uow: UnitOfWork) -> None:
    """A locked order is paid by what was allocated to it; ``said``: by which transfers."""
    payment = _payment(order, uow)
    change_state(order, "pay", uow, note=f"bank {said}")
    mark_paid(order, "bank", payment.payment_id, uow)
    let_go_of_payments(uow.session, order.order_id, uow.now())
    release_parts(order, uow)


def payable(order_id: str, uow: UnitOfWork) -> Order:
    """An order that can be paid, locked. Problems ``order_unknown``, ``order_not_payable``."""
    order = lock_order(uow.session, order_id)
    if order is None:
        raise Problem("order_unknown")
    if order.state != "pending":
        raise Problem("order_not_payable", state=order.state)
    return order


def _payment(order: Order, uow: UnitOfWork) -> Payment:
    """The remittance that its payer had begun here, or one that says what they did without a word."""
    now = uow.now()
    payment = under_way(uow.session, order.order_id, "bank", "qr")
    if payment is None:
        payment = Payment(
            payment_id=new_id("pmt"),
            order_id=order.order_id,
            method="bank",
            scene="qr",
            amount=order.amount,
            started_at=now,
            client_ip="",
            polls=0,
        )
        uow.session.add(payment)
    payment.state, payment.received_amount, payment.settled_at = "succeeded", order.amount, now
    uow.session.flush()
    return payment
