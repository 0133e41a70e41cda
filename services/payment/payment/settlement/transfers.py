"""Money that came to the bank account: counted the same way as what providers report, for one order or several."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork

from payment.orders.handlers import mark_paid
from payment.orders.store import Order, change_state, lock_order
from payment.providers.model import ProviderReport
from payment.providers.store import Payment, let_go_of_payments, under_way
from payment.settlement.handlers import take_in


def pay_by_transfers(reports: Sequence[ProviderReport], order_ids: Sequence[str], uow: UnitOfWork) -> None:
    """Every order is paid by the transfers together, in their order; what is left over is held for its payer.

    Problems: ``order_unknown``; ``order_not_payable``; ``bank_rows_too_little``: nothing of an order is paid in parts.
    """
    orders = [_payable(order_id, uow) for order_id in sorted(set(order_ids))]
    missing = sum(order.amount for order in orders) - sum(report.amount for report in reports)
    if missing > 0:
        raise Problem("bank_rows_too_little", missing=missing)
    owed = {order.order_id: order.amount for order in orders}
    for report in reports:
        settles, left = list[tuple[str, int]](), report.amount
        for order_id, amount in owed.items():
            if part := min(amount, left):
                settles.append((order_id, part))
                owed[order_id], left = amount - part, left - part
        take_in(report, settles, orders[0], "payment_amount_mismatch", uow)
    said = "、".join(report.notice_id or report.transaction_id for report in reports)
    for order in orders:
        payment = _payment(order, uow)
        change_state(order, "pay", uow, note=f"bank {said}")
        mark_paid(order, "bank", payment.payment_id, uow)
        let_go_of_payments(uow.session, order.order_id, uow.now())


def _payable(order_id: str, uow: UnitOfWork) -> Order:
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
