"""Orders: opened by a submission, cancelled by a withdrawal or lapse, shown to their owner."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.access import acting_for
from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.batches import BatchSubmitted
from contracts.expedite import ExpediteAdvanced
from contracts.filing import (
    ApplicationLapsed,
    ApplicationRefused,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CaseFacts,
)
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments
from contracts.refund_progress import RefundProgress

from contracts import payment as contract
from payment.orders import batches
from payment.orders.anew import standing
from payment.orders.batches import order_of_batch
from payment.orders.beginning import begin, cancel
from payment.orders.hurrying import close_order, open_order
from payment.orders.items import item_of
from payment.orders.model import OLD_CASES, fee_is_earned, pay_by, purpose_of
from payment.orders.old_cases import say_paid
from payment.orders.returning import give_back
from payment.orders.slip_store import Slip, refund_slips_of, slips_of
from payment.orders.store import (
    Order,
    change_state,
    find_order,
    find_order_by_receipt,
    orders_about,
    orders_of,
)
from payment.orders.views import may_read, order_view, own_order
from payment.providers.store import Payment, payments_by_order
from payment.refunds.parts import received
from payment.refunds.store import refunds_of
from payment.refunds.views import progress_of, with_shares
from payment.settings import BankAccount, payment_settings
from payment.tariff.handlers import fees_of

_log = logger("payment.orders")


def create_order(data: ApplicationSubmitted, uow: UnitOfWork) -> None:
    """Opens the application's one order, by the tariff of the legal day of submission; a fee of 0 is waived at once.
    A work of a batch is charged with the others."""
    if data.batch_id is not None or find_order(uow.session, application_id=data.application_id):
        return
    facts = {"kind": data.kind, **data.fee_basis}
    fees = fees_of(uow.session, facts, legal_date(data.submitted_at))
    about = {
        "application_id": data.application_id,
        "purpose": "registration",
        "title": data.title,
        "serial_number": data.serial_number,
    }
    order = Order(
        order_id=new_id("ord"),
        account_id=data.account_id,
        title=data.title,
        serial_number=data.serial_number,
        payer=data.applicant_name,
        amount=sum(fee.amount for fee in fees),
        state="pending",
        created_at=uow.legal_now(),
        pay_by=pay_by(uow.today()),
        receipt_attempts=0,
        items=[item_of(fee, about, line, facts if line == 1 else None) for line, fee in enumerate(fees, start=1)],
    )
    begin(order, uow)
    _waive_nothing(order, uow)


def create_batch_order(data: BatchSubmitted, uow: UnitOfWork) -> None:
    """Opens the one order of a batch; nothing to pay is waived at once."""
    if find_order(uow.session, batch_id=data.batch_id):
        return
    order = order_of_batch(data, uow)
    begin(order, uow)
    _waive_nothing(order, uow)


def _waive_nothing(order: Order, uow: UnitOfWork) -> None:
    """What costs nothing is paid."""
    if not order.amount:
        change_state(order, "waive", uow)
        mark_paid(order, "waived", "", uow)


def mark_paid(order: Order, paid_by: contract.PaidBy, payment_id: str, uow: UnitOfWork) -> None:
    """What holds for every paid order, after its change of state: when, by what, and that others hear of it."""
    paid_at = uow.legal_now()
    order.paid_at, order.paid_by, order.payment_id = paid_at, paid_by, payment_id or None
    uow.audit("order.pay", subject=order.order_id, by=paid_by, payment=payment_id, amount=order.amount)
    if order.purpose == OLD_CASES:
        say_paid(order, uow)
        return
    for case in order.cases:
        if not case.open:
            give_back(order, "application_ended", uow, case.application_id)
            continue
        if order.batch_id is not None:
            continue
        uow.emit(
            contract.ORDER_PAID,
            contract.OrderPaid(
                order_id=order.order_id,
                application_id=case.application_id,
                account_id=order.account_id,
                serial_number=case.serial_number,
                title=case.title,
                amount=sum(item.amount for item in order.items if item.application_id == case.application_id),
                method=paid_by,
                payment_id=payment_id,
                paid_at=paid_at,
                purpose=order.purpose,
            ),
        )

    if order.batch_id is not None:
        batches.say_paid(order, uow)


def follow_expedite(data: ExpediteAdvanced, uow: UnitOfWork) -> None:
    """A granted request is charged, at nothing if the tariff says so; one that came to nothing is not, or no more."""
    if data.state != "granted":
        close_order(data, uow)
        return
    order = open_order(data, uow)
    if order is not None:
        _waive_nothing(order, uow)


def cancel_withdrawn(data: ApplicationWithdrawn, uow: UnitOfWork) -> None:
    """A withdrawn application owes nothing any more; what was paid for it stays paid once it has been accepted."""
    _cancel(data, "application_withdrawn", uow)


def cancel_lapsed(data: ApplicationLapsed, uow: UnitOfWork) -> None:
    """An application that lapsed because its fee was not paid (or otherwise) owes nothing any more."""
    _cancel(data, data.reason, uow)


def cancel_refused(data: ApplicationRefused, uow: UnitOfWork) -> None:
    """A refused application keeps its fee; one that is due again and not paid is owed no more."""
    _cancel(data, "application_refused", uow)


def _cancel(data: CaseFacts, reason: str, uow: UnitOfWork) -> None:
    orders = standing(uow.session, data.application_id)
    if not orders and data.serial_number:
        raise LookupError(f"no order for {data.application_id}: its submission has not been handled")
    for order in orders:
        _cancel_one(order, data, reason, uow)


def _cancel_one(order: Order, data: CaseFacts, reason: str, uow: UnitOfWork) -> None:
    if order.state == "paid" and order.amount and not fee_is_earned(data.acceptance_number):
        give_back(order, reason, uow, data.application_id)
        return
    if order.state != "pending":
        _log.info("order_kept", order=order.order_id, state=order.state, reason=reason)
        return
    if not _all_ended(order, data.application_id):
        return  # what is paid for it with the others is given back then
    cancel(order, data.application_id, reason, uow)


def _all_ended(order: Order, application_id: str) -> bool:
    """Notes the end of one case of an order that is not paid yet; whether it is owed for none any more."""
    for item in order.items:
        item.open = item.open and item.application_id != application_id
    return not any(case.open for case in order.cases)


def get_order(request: contract.GetOrder, uow: UnitOfWork) -> contract.OrderView:
    """By order or application. Problems ``order_unknown``, ``order_pending``; somebody else's is as good as none."""
    if (request.order_id is None) == (request.application_id is None):
        raise Problem("request_invalid")
    if request.order_id:
        order = find_order(uow.session, order_id=request.order_id)
    else:
        order = _order_of(uow, request.application_id or "", request.purpose)
    if request.application_id and not may_read(order, uow.actor):
        raise Problem("order_pending")
    order = own_order(order, uow.actor)
    view = _view(order, uow)
    if request.share_of is None or not view.refunds:
        return view
    return view.model_copy(update={"refunds": with_shares(view.refunds, order, request.share_of, uow)})


def _order_of(uow: UnitOfWork, application_id: str, wanted: contract.Purpose) -> Order | None:
    return find_order(uow.session, application_id=application_id, purpose=purpose_of(application_id, wanted))


def list_orders(request: contract.ListOrders, uow: UnitOfWork) -> contract.OrderList:
    """The account's orders, newest first. Problem ``request_invalid`` for a cursor that is none."""
    account, before = acting_for(uow.actor, "read"), after_moment(request.cursor)
    rows = orders_of(uow.session, account, before, request.limit + 1)
    page = rows[: request.limit]
    payments, bank, back, came = _attempts(page, uow), _bank(uow), _refunds(page, uow), received(uow.session, page)
    return contract.OrderList(
        items=[
            order_view(one, payments[one.order_id], bank, back.get(one.order_id, ()), came.get(one.order_id, 0))
            for one in page
        ],
        next_cursor=cursor(page[-1].created_at, page[-1].order_id) if len(rows) > request.limit else None,
    )


def _view(order: Order, uow: UnitOfWork) -> contract.OrderView:
    attempts = _attempts([order], uow)[order.order_id]
    back, came = _refunds([order], uow), received(uow.session, [order])
    shown = order_view(
        order, attempts, _bank(uow), back.get(order.order_id, ()), min(order.amount, came.get(order.order_id, 0))
    )
    slips = refund_slips_of(uow.session, order.order_id) if order.has_refunds else ()
    return shown.model_copy(update={"slips": [DocumentRef.model_validate(slip.document) for slip in slips]})


def _refunds(orders: Sequence[Order], uow: UnitOfWork) -> dict[str, list[RefundProgress]]:
    """What goes back to the payer of each order; of most orders nothing does, and nobody is asked."""
    concerned = {order.order_id: order for order in orders if order.has_refunds}
    found = refunds_of(uow.session, concerned) if concerned else {}
    return {order_id: progress_of(concerned[order_id], refunds, uow) for order_id, refunds in found.items()}


def _attempts(orders: Sequence[Order], uow: UnitOfWork) -> dict[str, list[Payment]]:
    """The attempts to pay each order. A query sees what others commit between its statements: an order that was paid
    since it was read is read again, or it would be owed beside the payment that has paid it."""
    found = payments_by_order(uow.session, [order.order_id for order in orders])
    for order in orders:
        if order.state == "pending" and any(payment.state == "succeeded" for payment in found[order.order_id]):
            find_order(uow.session, order_id=order.order_id)  # into the same object
    return found


def _bank(uow: UnitOfWork) -> BankAccount | None:
    return payment_settings(uow.settings).bank


def list_documents(request: ListDocuments, uow: UnitOfWork) -> DocumentList:
    """Of an application what the actor may read: the receipts of its orders, its own where an order is for several, and
    the slips of its refunds."""
    orders = [one for one in orders_about(uow.session, request.application_id) if may_read(one, uow.actor)]
    found = [order.receipt for order in orders if order.receipt]
    with_slips = {order.order_id for order in orders if order.has_refunds or len(order.cases) > 1}
    if with_slips:
        slips = slips_of(uow.session, request.application_id)
        found += [slip.document for slip in slips if slip.order_id in with_slips]
    return DocumentList(items=[DocumentRef.model_validate(document) for document in found])


def get_document(request: GetDocument, uow: UnitOfWork) -> DocumentRef:
    """Problem ``document_unknown``, also for somebody else's receipt."""
    order, document = find_order_by_receipt(uow.session, request.document_id), None
    if order is not None:
        document = order.receipt
    elif slip := uow.session.get(Slip, request.document_id):
        order, document = find_order(uow.session, order_id=slip.order_id), slip.document
    if not may_read(order, uow.actor):
        raise Problem("document_unknown")
    return DocumentRef.model_validate(document)
