"""The invoices of an order, for its payer: made from what is in the books, so that the same is told each time."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.invoices import Invoice, InvoiceLine, InvoiceList, InvoicesOf

from payment.invoices.model import REASONS, WRONG_INVOICE, as_xml, blue, red
from payment.orders.store import Order, find_order
from payment.orders.views import own_order
from payment.refunds.store import lines_of, refunds_of
from payment.settings import payment_settings


def list_invoices(request: InvoicesOf, uow: UnitOfWork) -> InvoiceList:
    """Blue for the order, red for each refund of its fees that has arrived, and for what pays another order instead.

    Problems: ``order_unknown``; ``invoice_not_due`` for one that is not paid, or costs nothing. Money that paid nothing
    (paid twice, another amount) was never invoiced, so its return is no reversal.
    """
    order = own_order(find_order(uow.session, order_id=request.order_id), uow.actor)
    if order.paid_at is None or not order.amount:
        raise Problem("invoice_not_due", state=order.state)
    seller = payment_settings(uow.settings).seller
    lines = [
        InvoiceLine(
            line=item.line,
            name=item.fee_zh,
            quantity=item.quantity,
            unit_price=item.amount // item.quantity,
            amount=item.amount,
            remark=item.serial_number,
        )
        for item in order.items
        if item.amount
    ]
    remark = f"{order.title} {order.serial_number}"[:200] if order.batch_id is None else order.title[:200]
    buyer = (order.payer, order.payer_tax_id)
    first = blue(order.order_id, legal_date(order.paid_at), (seller.name, seller.tax_id), buyer, lines, remark)
    invoices = [first, *_reversals(order, first, uow)]
    return InvoiceList(
        order_id=order.order_id,
        application_id=order.items[0].application_id,
        items=invoices,
        xml=as_xml(order.order_id, invoices),
    )


def _reversals(order: Order, first: Invoice, uow: UnitOfWork) -> list[Invoice]:
    if not order.has_refunds:
        return []
    done = [
        refund
        for refund in refunds_of(uow.session, [order.order_id])[order.order_id]
        if refund.state in ("done", "redirected") and refund.because in REASONS and refund.closed_at
    ]
    lines = lines_of(uow.session, [refund.refund_id for refund in done])
    return [
        red(
            first,
            refund.refund_id,
            legal_date(refund.closed_at),
            WRONG_INVOICE if refund.state == "redirected" else REASONS[refund.because],
            {line.line: line.amount for line in lines[refund.refund_id]},
        )
        for refund in done
        if refund.closed_at
    ]
