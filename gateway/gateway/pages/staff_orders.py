"""缴费单: those that need a cashier, and one with all that belongs to it; read only."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.cashier import GET_ORDER_FILE, LIST_ORDERS_WAITING, GetOrderFile, ListOrdersWaiting, OrderFile
from contracts.invoices import LIST_INVOICES, Invoice, InvoiceList, InvoicesOf
from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from gateway.pages.cashier_words import action_words, entry_words, money_words, paid_by_words, queue_words
from gateway.pages.colleagues import names_of
from gateway.pages.invoice_files import xml_file
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.documents import deliver

pages = staff_only(Blueprint("staff_orders", __name__, url_prefix="/staff/orders"), "cashier")
PAGE = 50
LAST_LINE = 1 << 20


@pages.get("")
def orders() -> str:
    """One queue, the longest due first."""
    names = queue_words()
    queue: Any = request.args.get("queue") if request.args.get("queue") in names else "overdue"
    cursor = request.args.get("after") or None
    found = call(LIST_ORDERS_WAITING, ListOrdersWaiting(queue=queue, cursor=cursor, limit=PAGE))
    return _render("staff/orders.html", found=found, queue=queue, queues=names, first=cursor is None)


@pages.get("/<order_id>")
def order(order_id: str) -> str:
    """Everything about one order; its items page by page."""
    after = request.args.get("after", type=int, default=0)
    filed = call(GET_ORDER_FILE, GetOrderFile(order_id=order_id, after_line=min(max(after, 0), LAST_LINE - 1)))
    names = names_of(step.actor for step in filed.actions)
    return _render("staff/order.html", filed=filed, names=names, invoices=_invoices_of(filed), first=after <= 0)


@pages.get("/<order_id>/receipt.pdf")
def receipt(order_id: str) -> Response:
    """The receipt that its payer has. Problem ``document_unknown`` while there is none."""
    found = call(GET_ORDER_FILE, GetOrderFile(order_id=order_id)).receipt
    if found is None:
        raise Problem("document_unknown")
    return deliver(found)


@pages.get("/<order_id>/invoice.xml")
def invoice(order_id: str) -> Response:
    """What the tax platform is given. Problem ``invoice_not_due``."""
    return xml_file(_invoices(order_id), order_id)


def _invoices_of(filed: OrderFile) -> list[Invoice]:
    paid = filed.order.paid_at is not None and filed.order.amount > 0
    return _invoices(filed.order.order_id).items if paid else []


def _invoices(order_id: str) -> InvoiceList:
    return call(LIST_INVOICES, InvoicesOf(order_id=order_id))


def _render(template: str, **values: Any) -> str:
    words = {"paid_by": paid_by_words(), "entries": entry_words(), "actions": action_words()}
    return render_template(template, **money_words(), **words, **values)
