"""缴费: the order of an application, ways to pay it, and waiting for the money."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Literal

import segno
from chassis.documents import rmb_words
from chassis.errors import Problem
from contracts.invoices import LIST_INVOICES, InvoiceList, InvoicesOf
from contracts.payment import (
    GET_ORDER,
    SANDBOX_PAY,
    START_PAYMENT,
    GetOrder,
    Method,
    OrderView,
    PaymentView,
    SandboxPay,
    StartPayment,
)
from contracts.refunds import OFFER_PAYEE, OfferPayee
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.case_money import kept, slip_of
from gateway.pages.invoice_files import ToldInvoice, json_file, told_invoice, xml_file
from gateway.pages.refund_words import because_words, progress_of
from gateway.pages.wizard import load
from gateway.web.calls import call, call_as_gateway
from gateway.web.forms import PageForm, entered
from gateway.web.limits import client_address
from gateway.web.resources import resources

pages = applicants_only(Blueprint("payments", __name__, url_prefix="/account/applications/<application_id>/payment"))
Answer = str | Response | tuple[str, int]
LAST = "last"
"""In place of a payment's id: the newest one, to which the provider's page leads its payer back."""
WAYS: dict[str, tuple[Method, Literal["qr", "h5"]]] = {
    "wechat": ("wechat", "qr"),
    "alipay": ("alipay", "qr"),
    "bank": ("bank", "qr"),
    "wechat_here": ("wechat", "h5"),
    "alipay_here": ("alipay", "h5"),
}
"""Ways to pay that the page offers: by a code that a phone scans, or *here*, on the phone that shows the page."""


@pages.get("")
def payment(application_id: str) -> Answer:
    """What is to be paid until when, and the ways to pay it."""
    return _page(application_id, PageForm())


@pages.post("")
def start(application_id: str) -> Answer:
    """Starts paying, or goes on with the payment that is under way."""
    way = WAYS.get(request.form.get("method", ""))
    if way is None:
        return redirect(_here(application_id), 303)
    order = call(GET_ORDER, _wanted(application_id))
    asked = StartPayment(
        order_id=order.order_id,
        method=way[0],
        scene=way[1],
        client_ip=client_address(),
        return_to=f"{resources().settings.common.public_url}{_here(application_id, pay=LAST)}",
    )
    try:
        begun = call(START_PAYMENT, asked)
    except Problem as problem:
        return _page(application_id, PageForm().refused(problem)), problem.status
    return redirect(_here(application_id, pay=begun.payment_id, _anchor="pay"), 303)


@pages.post("/sandbox")
def pay_in_sandbox(application_id: str) -> Answer:
    """Lets the sandbox's payment provider pay one's own payment. There is no such route in production."""
    if not resources().settings.common.sandbox:
        raise Problem("not_found")
    order = call(GET_ORDER, _wanted(application_id))
    payment_id = request.form.get("payment_id", "")
    if any(begun.payment_id == payment_id for begun in order.payments):
        call_as_gateway(SANDBOX_PAY, SandboxPay(payment_id=payment_id))
    return redirect(_here(application_id, pay=payment_id), 303)


@pages.post("/account")
def give_account(application_id: str) -> Answer:
    """Another account of the payer's, for what the bank has sent back."""
    form = PageForm.from_request()
    order = call(GET_ORDER, _wanted(application_id))
    given = {name: form.value(name).strip() for name in ("name", "account", "bank")}
    try:
        call(OFFER_PAYEE, entered(OfferPayee, order_id=order.order_id, **given))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(application_id, form.refused(problem)), problem.status
    flash(_("已收到您的账户。出纳核对后重新汇出，会发消息通知您。"), "success")
    return redirect(_here(application_id), 303)


@pages.get("/invoice.json")
def invoice(application_id: str) -> Response:
    """The invoice data of the order, for the payer's bookkeeping."""
    return json_file(_invoices(application_id), application_id)


@pages.get("/invoice.xml")
def invoice_xml(application_id: str) -> Response:
    """The same as XML."""
    return xml_file(_invoices(application_id), application_id)


def _invoices(application_id: str) -> InvoiceList:
    order = call(GET_ORDER, _wanted(application_id))
    return call(LIST_INVOICES, InvoicesOf(order_id=order.order_id))


def _told_invoices(order: OrderView) -> list[ToldInvoice]:
    """Of an order that is paid, and of the one that it corrects, whose invoice was taken back."""
    paid = [order.order_id] if order.paid_at is not None and order.amount else []
    asked = [*([order.corrects] if order.corrects else []), *paid]
    return [told_invoice(one) for order_id in asked for one in call(LIST_INVOICES, InvoicesOf(order_id=order_id)).items]


def qr_code(content: str) -> Markup:
    """An SVG that screen and printer show sharply."""
    drawing = BytesIO()
    segno.make(content, error="m").save(
        drawing, kind="svg", scale=6, border=2, xmldecl=False, svgclass="qr", title=_("支付二维码")
    )
    return Markup(drawing.getvalue().decode())  # noqa: S704  drawn here, from modules only


def _page(application_id: str, form: PageForm) -> str:
    case = load(application_id)
    order = _order(application_id)
    begun = _shown_payment(order, request.args.get("pay", "")) if order and order.state == "pending" else None
    slip = slip_of(order)
    return render_template(
        "account/payment.html",
        case=case,
        kept=kept(case),
        order=order,
        payment=begun,
        slip=slip,
        under_way=slip is not None or bool(order and order.received),
        other=bool(request.args.get("other")),
        amount_words=rmb_words(order.amount - order.received) if begun and order else "",
        qr=qr_code(begun.code_url) if begun and begun.code_url else None,
        form=form,
        refunding=any(refund.state in ("approved", "prepared", "sent") for refund in order.refunds) if order else False,
        progress=progress_of,
        asks_account=[refund for refund in order.refunds if refund.asks_account] if order else [],
        documents=[*([order.receipt] if order.receipt else []), *order.slips] if order else [],
        because=because_words(),
        invoices=_told_invoices(order) if order else [],
        sandbox=resources().settings.common.sandbox,
        here=request.full_path,
        of=_of(),
        on_phone=on_phone(request.headers),
        in_wechat="MicroMessenger" in request.headers.get("User-Agent", ""),
    )


def on_phone(headers: Headers) -> bool:
    """Whether the page is read on a phone: nobody can scan the screen that they hold. Tablets say they are none."""
    return headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in headers.get("User-Agent", "")


def _of() -> dict[str, str]:
    """Which of the orders of an application the page is about, as its address says it: that of its promise, or of its
    registration."""
    return {"of": "expedite"} if request.args.get("of") == "expedite" else {}


def _here(application_id: str, **more: Any) -> str:
    """The address of the page about the same order."""
    address: dict[str, Any] = {"application_id": application_id, **_of(), **more}
    return url_for("payments.payment", **address)


def _wanted(application_id: str) -> GetOrder:
    return GetOrder(application_id=application_id, purpose="expedite" if _of() else "registration")


def _order(application_id: str) -> OrderView | None:
    """The order, or None while it is not there yet."""
    try:
        return call(GET_ORDER, _wanted(application_id))
    except Problem as problem:
        if problem.code == "order_pending":
            return None
        raise


def _shown_payment(order: OrderView, payment_id: str) -> PaymentView | None:
    if payment_id == LAST:
        return order.payments[-1] if order.payments else None
    return next((begun for begun in order.payments if begun.payment_id == payment_id), None)
