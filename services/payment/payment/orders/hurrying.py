"""The fee of a promise: an order when a request is granted, and its money back when it was not earned."""

from __future__ import annotations

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.expedite import ExpediteAdvanced

from contracts import payment as contract
from payment.ledger.handlers import book
from payment.ledger.model import order_cancelled, order_opened
from payment.orders.model import HURRY, expedite_is_unearned
from payment.orders.returning import give_back
from payment.orders.store import Order, OrderItem, change_state, find_order, lock_order_of
from payment.orders.views import order_lines
from payment.providers.store import let_go_of_payments
from payment.tariff.model import Fee
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
        uow.emit(contract.ORDER_CANCELLED, _cancelled(data, "", "not_offered", uow))
        return None
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
        items=[_item(data, fee)],
    )
    uow.session.add(order)
    uow.session.flush()
    uow.audit("order.open", subject=order.order_id, application=data.application_id, amount=order.amount)
    uow.emit(
        contract.ORDER_CREATED,
        contract.OrderCreated(
            order_id=order.order_id,
            application_id=data.application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            title=order.title,
            amount=order.amount,
            lines=order_lines(order),
            created_at=order.created_at,
            pay_by=order.pay_by,
            purpose=HURRY,
        ),
    )
    if order.amount:
        book(order_opened(order.order_id, order.amount), uow)
    return order


def _item(data: ExpediteAdvanced, fee: Fee) -> OrderItem:
    return OrderItem(
        line=1,
        application_id=data.application_id,
        purpose=HURRY,
        principal=True,
        open=True,
        title=data.title,
        serial_number=data.serial_number,
        code=fee.rate.code,
        rate_from=fee.rate.valid_from,
        fee_zh=fee.rate.title_zh,
        fee_en=fee.rate.title_en,
        quantity=1,
        amount=fee.amount,
        fee_basis={"expedite_id": data.expedite_id, "tier": data.tier, "working_days": data.working_days},
    )


def close_order(data: ExpediteAdvanced, uow: UnitOfWork) -> None:
    """A request that came to nothing owes nothing: its open order is cancelled, and what was paid for it, also by a
    payment that was faster here than its end there, is its payer's again."""
    if not expedite_is_unearned(data.state, data.previous):
        return
    order = lock_order_of(uow.session, data.application_id, HURRY)
    if order is None or _request_of(order) != data.expedite_id:
        return
    if order.state == "paid" and order.amount:
        give_back(order, data.state, uow, because="expedite_unearned")
        return
    if order.state != "pending":
        return
    change_state(order, "cancel", uow, note=data.state)
    order.cancelled_at, order.cancel_reason = uow.legal_now(), data.state
    let_go_of_payments(uow.session, order.order_id, uow.now())
    book(order_cancelled(order.order_id, order.amount), uow)
    uow.audit("order.cancel", subject=order.order_id, reason=data.state)
    uow.emit(contract.ORDER_CANCELLED, _cancelled(data, order.order_id, data.state, uow))


def _request_of(order: Order) -> str:
    return str((order.items[0].fee_basis or {}).get("expedite_id", ""))


def _cancelled(data: ExpediteAdvanced, order_id: str, reason: str, uow: UnitOfWork) -> contract.OrderCancelled:
    return contract.OrderCancelled(
        order_id=order_id,
        application_id=data.application_id,
        account_id=data.account_id,
        serial_number=data.serial_number,
        reason=reason,
        cancelled_at=uow.legal_now(),
        purpose=HURRY,
    )
