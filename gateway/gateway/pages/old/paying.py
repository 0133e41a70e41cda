"""旧系统入口: paying what the old system had reckoned, by remittance or on a page of the provider."""

from __future__ import annotations

from io import BytesIO

import segno
from chassis.errors import Problem
from contracts.legacy.cases import LegacyCaseView, LegacyRef
from contracts.legacy_bridge import ASK_LEGACY_FEE, GET_LEGACY_CASE
from contracts.payment import (
    GET_ORDER,
    SANDBOX_PAY,
    START_PAYMENT,
    GetOrder,
    Method,
    OrderView,
    SandboxPay,
    StartPayment,
)
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.old.access import Answer, applicants_only
from gateway.web.calls import call, call_as_gateway
from gateway.web.forms import PageForm
from gateway.web.limits import client_address, limiter
from gateway.web.resources import resources

pages = applicants_only(Blueprint("legacy_payment", __name__, url_prefix="/legacy/cases/<case_id>/payment"))
METHODS: dict[str, Method] = {"bank": "bank", "alipay": "alipay", "wechat": "wechat"}


@pages.get("")
def payment(case_id: str) -> str:
    """The order, once there is one, and the payment under way."""
    return _page(_case(case_id), PageForm())


@pages.post("")
@limiter.limit("30 per minute")
def act(case_id: str) -> Answer:
    """Asks for the order, or starts to pay it."""
    here = url_for("legacy_payment.payment", case_id=case_id)
    method = METHODS.get(request.form.get("method", ""))
    if method is None:
        asked = call(ASK_LEGACY_FEE, LegacyRef(case_id=case_id))
        return redirect(here if asked.state == "fee_due" else url_for("legacy_cases.case", case_id=case_id), 303)
    case, order = _with_order(case_id)
    if order is None:
        return redirect(here, 303)
    try:
        begun = call(START_PAYMENT, StartPayment(order_id=order.order_id, method=method, client_ip=client_address()))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(case, PageForm().refused(problem)), problem.status
    return redirect(url_for("legacy_payment.payment", case_id=case_id, pay=begun.payment_id), 303)


@pages.get("/<payment_id>/code.png")
def code(case_id: str, payment_id: str) -> Response:
    """What is to be scanned, as a picture that every browser shows."""
    _, order = _with_order(case_id)
    begun = next((each for each in order.payments if each.payment_id == payment_id), None) if order else None
    if begun is None or not begun.code_url:
        raise Problem("not_found")
    drawing = BytesIO()
    segno.make(begun.code_url, error="m").save(drawing, kind="png", scale=5, border=2)
    return Response(drawing.getvalue(), content_type="image/png")


@pages.post("/sandbox")
def pay_in_sandbox(case_id: str) -> AnyResponse:
    """Lets the sandbox's provider pay one's own payment. There is no such route in production."""
    if not resources().settings.common.sandbox:
        raise Problem("not_found")
    (_, order), payment_id = _with_order(case_id), request.form.get("payment_id", "")
    if order and any(begun.payment_id == payment_id for begun in order.payments):
        call_as_gateway(SANDBOX_PAY, SandboxPay(payment_id=payment_id))
    return redirect(url_for("legacy_payment.payment", case_id=case_id, pay=payment_id), 303)


def _case(case_id: str) -> LegacyCaseView:
    return call(GET_LEGACY_CASE, LegacyRef(case_id=case_id))


def _with_order(case_id: str) -> tuple[LegacyCaseView, OrderView | None]:
    """One's own case with its order. Problem ``legacy_case_unknown`` for anybody else, whatever order there is."""
    return _case(case_id), _order(case_id)


def _order(case_id: str) -> OrderView | None:
    """The order of a case, or None while it is not there."""
    try:
        return call(GET_ORDER, GetOrder(application_id=case_id))
    except Problem as problem:
        if problem.code == "order_pending":
            return None
        raise


def _page(case: LegacyCaseView, form: PageForm) -> str:
    order = _order(case.case_id)
    chosen = request.args.get("pay", "")
    begun = next((each for each in order.payments if each.payment_id == chosen), None) if order else None
    return render_template(
        "old/payment.html",
        case=case,
        order=order,
        begun=begun if order and order.state == "pending" else None,
        form=form,
        sandbox=resources().settings.common.sandbox,
    )
