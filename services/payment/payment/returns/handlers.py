"""Money that pays nothing: an item for the cashier, and its payer is told."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.payment import MONEY_HELD, HeldBecause, Method, MoneyHeld

from payment.orders.store import Order
from payment.returns import store


def hold(order: Order, method: Method, transaction_id: str, amount: int, because: HeldBecause, uow: UnitOfWork) -> None:
    """Once for each transaction. The caller has booked the money to the suspense account in the same transaction."""
    facts = {"order_id": order.order_id, "method": method, "transaction_id": transaction_id}
    if not store.add(uow.session, uow.now(), **facts, amount=amount, because=because):
        return
    uow.audit("money.hold", subject=order.order_id, transaction=transaction_id, amount=amount, because=because)
    uow.emit(
        MONEY_HELD,
        MoneyHeld(
            order_id=order.order_id,
            application_id=order.application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            title=order.title,
            amount=amount,
            because=because,
            held_at=uow.now(),
        ),
    )
