"""The fee of a promise: an order when a request is granted, and its money back when it was not earned."""

from __future__ import annotations

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.expedite import ExpediteAdvanced

from contracts import payment as contract
from payment.orders.anew import standing
from payment.orders.beginning import begin, cancel
from payment.orders.items import item_of
from payment.orders.model import HURRY, expedite_is_unearned
from payment.orders.returning import give_back
from payment.orders.store import Order, find_order
from payment.tariff.store import load_tariff


def open_order(data: ExpediteAdvanced, uow: UnitOfWork) -> Order | None:
    """The order of a granted request, by the tariff of the legal day of the grant. None when the request has one, and
    when the tariff has no amount: then filing is told that it cannot be charged."""
    last = find_order(uow.session, application_id=data.application_id, purpose=HURRY)
    if last is not None and _request_of(last) == data.expedite_id:
        return None
    fee = load_tariff(uow.session).single(data.tariff, uow.today())
    if fee is None:
        uow.audit("order.not_offered", subject=data.application_id, code=data.tariff)
        told = contract.OrderCancelled(
            order_id="",
            application_id=data.application_id,
            account_id=data.account_id,
            serial_number=data.serial_number,
            reason="not_offered",
            cancelled_at=uow.legal_now(),
            purpose=HURRY,
        )
        uow.emit(contract.ORDER_CANCELLED, told)
        return None
    about = {
        "application_id": data.application_id,
        "purpose": HURRY,
        "title": data.title,
        "serial_number": data.serial_number,
    }
    basis = {"expedite_id": data.expedite_id, "tier": data.tier, "working_days": data.working_days}
    order = Order(
        order_id=new_id("ord"),
        account_id=data.account_id,
        title=data.title,
        serial_number=data.serial_number,
        payer=data.applicant_name,
        amount=fee.amount,
        state="pending",
        created_at=uow.legal_now(),
        pay_by=data.pay_by or uow.today(),
        receipt_attempts=0,
        items=[item_of(fee, about, 1, basis)],
    )
    begin(order, uow)
    return order


def close_order(data: ExpediteAdvanced, uow: UnitOfWork) -> None:
    """A request that came to nothing owes nothing: its open order is cancelled, and what was paid for it, also by a
    payment that was faster here than its end there, is its payer's again."""
    if not expedite_is_unearned(data.state, data.previous):
        return
    for order in standing(uow.session, data.application_id, HURRY):
        if _request_of(order) != data.expedite_id:
            continue
        if order.state == "paid" and order.amount:
            give_back(order, data.state, uow, because="expedite_unearned")
        elif order.state == "pending":
            cancel(order, data.application_id, data.state, uow)


def _request_of(order: Order) -> str:
    return str((order.items[0].fee_basis or {}).get("expedite_id", ""))
