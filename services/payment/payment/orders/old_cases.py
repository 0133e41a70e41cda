"""Fees of old cases: what the old system had reckoned is an order like others, and ends like others."""

from __future__ import annotations

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.legacy.cases import LegacyCaseEnded, LegacyFeeDue

from contracts import payment as contract
from payment.orders.anew import standing
from payment.orders.beginning import begin, cancel
from payment.orders.model import OLD_CASES
from payment.orders.returning import give_back
from payment.orders.store import Order, OrderItem, find_order
from payment.tariff.model import BEGINS, OLD_CASE


def open_order(due: LegacyFeeDue, uow: UnitOfWork) -> None:
    """Opens the one order of an old case; asked again, there is one."""
    if find_order(uow.session, application_id=due.application_id, purpose=OLD_CASES):
        return
    order = Order(
        order_id=new_id("ord"),
        account_id=due.account_id,
        title=due.title,
        serial_number=due.serial_number,
        payer=due.payer,
        amount=due.amount,
        state="pending",
        created_at=uow.legal_now(),
        pay_by=due.pay_by,
        receipt_attempts=0,
        items=[_item(due)],
    )
    begin(order, uow)


def _item(due: LegacyFeeDue) -> OrderItem:
    return OrderItem(
        line=1,
        application_id=due.application_id,
        purpose=OLD_CASES,
        principal=True,
        open=True,
        title=due.title,
        serial_number=due.serial_number,
        code=OLD_CASE,
        rate_from=BEGINS,
        fee_zh="旧系统业务的登记费",
        fee_en="Registration fee of a case of the old system",
        quantity=1,
        amount=due.amount,
        fee_basis={"reckoned_by": "old system"},
    )


def say_paid(order: Order, uow: UnitOfWork) -> None:
    """The old case goes on: the legacy bridge hears of it, and nobody who keeps new cases does."""
    uow.emit(
        contract.LEGACY_FEE_PAID,
        contract.LegacyFeePaid(
            order_id=order.order_id,
            application_id=order.items[0].application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            amount=order.amount,
            paid_at=order.paid_at or uow.legal_now(),
        ),
    )


def cancel_ended(ended: LegacyCaseEnded, uow: UnitOfWork) -> None:
    """An old case that has ended owes nothing any more; money that comes later goes to the suspense account. What was
    paid stays paid (办法 art. 32), unless the case had ended before the bridge heard of it: then it is given back."""
    for order in standing(uow.session, ended.application_id, OLD_CASES):
        if order.state == "paid" and ended.unpaid:
            give_back(order, ended.outcome, uow)
        elif order.state == "pending":
            cancel(order, ended.application_id, ended.outcome, uow)
