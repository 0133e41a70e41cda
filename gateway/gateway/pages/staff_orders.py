"""缴费单: those that need a cashier, one with all that belongs to it, and a fee due again that is written off."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.cashier import (
    ASK_WRITE_OFF,
    DECIDE_WRITE_OFF,
    GET_ORDER_FILE,
    LIST_ORDERS_WAITING,
    AskWriteOff,
    DecideWriteOff,
    GetOrderFile,
    ListOrdersWaiting,
    OrderFile,
)
from contracts.invoices import LIST_INVOICES, Invoice, InvoiceList, InvoicesOf
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.cashier_words import action_words, entry_words, money_words, paid_by_words, queue_words
from gateway.pages.colleagues import names_of
from gateway.pages.invoice_files import xml_file
from gateway.pages.staff_access import staff_only
from gateway.pages.staff_refunds import OVER, case_of_fee
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered

pages = staff_only(Blueprint("staff_orders", __name__, url_prefix="/staff/orders"), "cashier")
Answer = str | Response | tuple[str, int]
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


@pages.get("/<order_id>/write-off")
def write_off(order_id: str) -> str:
    """What is to be written off, for who asks for it and for who decides."""
    return _write_off_page(order_id, PageForm())


@pages.post("/<order_id>/write-off")
def decide_write_off(order_id: str) -> Answer:
    """One cashier asks for it, another one decides."""
    form = PageForm.from_request()
    step, note = form.value("step"), form.value("note")
    try:
        if step == "ask":
            call(ASK_WRITE_OFF, entered(AskWriteOff, order_id=order_id, reason=form.value("reason")))
            said = _("已提交，等另一位出纳复核。")
        elif step in ("approve", "decline"):
            call(DECIDE_WRITE_OFF, entered(DecideWriteOff, order_id=order_id, step=step, note=note))
            said = _("已核销，申请人会收到通知。") if step == "approve" else _("没有核销，这笔费用仍需缴纳。")
        else:
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
    except Problem as problem:
        if problem.code == "order_unknown" or problem.status >= 500:
            raise
        return _write_off_page(order_id, form.refused(problem)), problem.status
    flash(said, "success")
    return redirect(url_for("staff_orders.order", order_id=order_id), 303)


def _write_off_page(order_id: str, form: PageForm) -> str:
    filed = call(GET_ORDER_FILE, GetOrderFile(order_id=order_id))
    case = case_of_fee(filed.order.serial_number)
    asked = filed.write_off
    return _render(
        "staff/write_off.html",
        order=filed.order,
        asked=asked,
        form=form,
        case=case,
        going_on=case is not None and case.state not in OVER,
        names=names_of([asked.asked_by] if asked else []),
    )


def _invoices_of(filed: OrderFile) -> list[Invoice]:
    paid = filed.order.paid_at is not None and filed.order.amount > 0
    return _invoices(filed.order.order_id).items if paid else []


def _invoices(order_id: str) -> InvoiceList:
    return call(LIST_INVOICES, InvoicesOf(order_id=order_id))


def _render(template: str, **values: Any) -> str:
    words = {"paid_by": paid_by_words(), "entries": entry_words(), "actions": action_words()}
    return render_template(template, **money_words(), **words, **values)
