"""Orders: opened by a submission, cancelled by a withdrawal or lapse, shown to their owner."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationLapsed, ApplicationSubmitted, ApplicationWithdrawn, CaseFacts
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments

from contracts import payment as contract
from payment.ledger.handlers import book
from payment.ledger.model import order_cancelled, order_opened, order_returned
from payment.orders.model import fee_is_earned, pay_by
from payment.orders.store import (
    Order,
    change_state,
    find_order,
    find_order_by_receipt,
    lock_order_of,
    orders_of,
)
from payment.orders.views import may_read, order_view, own_order
from payment.providers.store import let_go_of_payments, payments_of
from payment.returns.handlers import hold
from payment.settings import payment_settings
from payment.settlement.store import money_for
from payment.tariff.model import FeeBasis
from payment.tariff.store import load_tariff

_log = logger("payment.orders")


def create_order(data: ApplicationSubmitted, uow: UnitOfWork) -> None:
    """Opens the application's one order, by the tariff of the legal day of submission; a fee of 0 is waived at once."""
    if find_order(uow.session, application_id=data.application_id):
        return
    basis = FeeBasis.model_validate({"kind": data.kind, **data.fee_basis})
    fees = load_tariff(uow.session).fees(basis, legal_date(data.submitted_at))
    lines = [
        contract.OrderLine(
            code=fee.rate.code,
            title=fee.rate.title_zh,
            title_en=fee.rate.title_en,
            quantity=fee.quantity,
            amount=fee.amount,
        )
        for fee in fees
    ]
    now = uow.legal_now()
    order = Order(
        order_id=new_id("ord"),
        application_id=data.application_id,
        account_id=data.account_id,
        kind=data.kind,
        title=data.title,
        serial_number=data.serial_number,
        payer=data.applicant_name,
        amount=sum(line.amount for line in lines),
        lines=[line.model_dump() for line in lines],
        fee_basis=dict(data.fee_basis),
        state="pending",
        created_at=now,
        pay_by=pay_by(uow.today()),
        receipt_attempts=0,
    )
    uow.session.add(order)
    uow.session.flush()
    uow.audit("order.open", subject=order.order_id, application=order.application_id, amount=order.amount)
    uow.emit(
        contract.ORDER_CREATED,
        contract.OrderCreated(
            order_id=order.order_id,
            application_id=order.application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            title=order.title,
            amount=order.amount,
            lines=lines,
            created_at=now,
            pay_by=order.pay_by,
        ),
    )
    if order.amount:
        book(order_opened(order.order_id, order.amount), order.order_id, uow)
    else:
        change_state(order, "waive", uow)
        mark_paid(order, "waived", "", uow)


def mark_paid(order: Order, paid_by: contract.PaidBy, payment_id: str, uow: UnitOfWork) -> None:
    """What holds for every paid order, after its change of state: when, by what, and that others hear of it."""
    paid_at = uow.legal_now()
    order.paid_at, order.paid_by, order.payment_id = paid_at, paid_by, payment_id or None
    uow.emit(
        contract.ORDER_PAID,
        contract.OrderPaid(
            order_id=order.order_id,
            application_id=order.application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            title=order.title,
            amount=order.amount,
            method=paid_by,
            payment_id=payment_id,
            paid_at=paid_at,
        ),
    )
    uow.audit("order.pay", subject=order.order_id, by=paid_by, payment=payment_id, amount=order.amount)


def cancel_withdrawn(data: ApplicationWithdrawn, uow: UnitOfWork) -> None:
    """A withdrawn application owes nothing any more; what was paid for it stays paid once it has been accepted."""
    _cancel(data, "application_withdrawn", uow)


def cancel_lapsed(data: ApplicationLapsed, uow: UnitOfWork) -> None:
    """An application that lapsed because its fee was not paid (or otherwise) owes nothing any more."""
    _cancel(data, data.reason, uow)


def _cancel(data: CaseFacts, reason: str, uow: UnitOfWork) -> None:
    order = lock_order_of(uow.session, data.application_id)
    if order is None:
        if data.serial_number:
            raise LookupError(f"no order for {data.application_id}: its submission has not been handled")
        return
    if order.state == "paid" and order.amount and not fee_is_earned(data.acceptance_number):
        _return(order, reason, uow)
        return
    if order.state != "pending":
        _log.info("order_kept", order=order.order_id, state=order.state, reason=reason)
        return
    change_state(order, "cancel", uow, note=reason)
    order.cancelled_at, order.cancel_reason = uow.legal_now(), reason
    let_go_of_payments(uow.session, order.order_id, uow.now())
    book(order_cancelled(order.order_id, order.amount), order.order_id, uow)
    uow.audit("order.cancel", subject=order.order_id, reason=reason)
    uow.emit(
        contract.ORDER_CANCELLED,
        contract.OrderCancelled(
            order_id=order.order_id,
            application_id=order.application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            reason=reason,
            cancelled_at=order.cancelled_at,
        ),
    )


def _return(order: Order, reason: str, uow: UnitOfWork) -> None:
    """The payment was faster here than the end of its case, but not faster than acceptance there."""
    money = money_for(uow.session, order.payment_id or "")
    if money is None:
        raise LookupError(f"order {order.order_id} is paid by no money that came")
    change_state(order, "return", uow, note=reason)
    book(order_returned(order.order_id, order.amount), order.order_id, uow)
    hold(order, money.method, money.transaction_id, money.amount, "case_ended", uow)
    _log.warning("money_suspended", payment=order.payment_id, problem=reason, received=money.amount)


def get_order(request: contract.GetOrder, uow: UnitOfWork) -> contract.OrderView:
    """By order or application. Problems ``order_unknown``, ``order_pending``; somebody else's is as good as none."""
    if (request.order_id is None) == (request.application_id is None):
        raise Problem("request_invalid")
    order = find_order(uow.session, order_id=request.order_id, application_id=request.application_id)
    if request.application_id and not may_read(order, uow.actor):
        raise Problem("order_pending")
    return _view(own_order(order, uow.actor), uow)


def list_orders(_: contract.ListOrders, uow: UnitOfWork) -> contract.OrderList:
    """The account's orders, newest first."""
    return contract.OrderList(items=[_view(order, uow) for order in orders_of(uow.session, uow.actor.account_id)])


def _view(order: Order, uow: UnitOfWork) -> contract.OrderView:
    return order_view(order, payments_of(uow.session, order.order_id), payment_settings(uow.settings).bank)


def list_documents(request: ListDocuments, uow: UnitOfWork) -> DocumentList:
    """The receipt of an application, if there is one that the actor may read."""
    order = find_order(uow.session, application_id=request.application_id)
    receipt = order.receipt if may_read(order, uow.actor) else None
    return DocumentList(items=[DocumentRef.model_validate(receipt)] if receipt else [])


def get_document(request: GetDocument, uow: UnitOfWork) -> DocumentRef:
    """Problem ``document_unknown``, also for somebody else's receipt."""
    order = find_order_by_receipt(uow.session, request.document_id)
    if not may_read(order, uow.actor):
        raise Problem("document_unknown")
    return DocumentRef.model_validate(order.receipt)
