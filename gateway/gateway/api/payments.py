"""缴费: tariff, orders and payments. Money is integer fen."""

from __future__ import annotations

from typing import Literal

from chassis.errors import Problem
from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Empty
from contracts.fees import FeeQuestion
from contracts.invoices import LIST_INVOICES, InvoiceList, InvoicesOf
from contracts.payment import (
    GET_ORDER,
    GET_PAYMENT,
    LIST_ORDERS,
    RECKON_FEE,
    START_PAYMENT,
    TARIFF,
    FeeEstimate,
    GetOrder,
    GetPayment,
    ListOrders,
    Method,
    OrderList,
    OrderView,
    PaymentView,
    ReckonFee,
    StartPayment,
    Tariff,
)
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.limits import client_address, per_minute, query_limiter
from gateway.web.problems import HttpProblem

routes = ApiGroup("payments", _l("缴费"))


class NewPayment(BaseModel):
    """*qr* gives a code to scan, *h5* an address to open on the same phone."""

    model_config = ConfigDict(extra="forbid")

    method: Method
    scene: Literal["qr", "h5"] = "qr"


class WhichOrder(BaseModel):
    """*expedite*: the fee of a granted request to hurry the case."""

    model_config = ConfigDict(extra="forbid")

    purpose: Literal["registration", "expedite"] = "registration"


@routes.get("/tariff", _l("收费标准"), access=ANONYMOUS, reply=Tariff)
def get_tariff() -> Tariff:
    """Fees in force today."""
    return call(TARIFF, Empty())


@routes.get("/fees", _l("计算费用"), access=ANONYMOUS, query=FeeQuestion, reply=FeeEstimate)
@query_limiter.limit(per_minute(120))
def reckon_fee(query: FeeQuestion) -> FeeEstimate:
    """What an application filed today would owe, line by line, in fen; ``amount`` is null where too little is said."""
    return call(RECKON_FEE, ReckonFee(facts=query.facts()))


@routes.get("/orders", _l("我的缴费单"), access=ACCOUNT, query=ListOrders, reply=OrderList)
def list_orders(query: ListOrders) -> OrderList:
    """Newest first, with every attempt to pay; amounts in fen."""
    return call(LIST_ORDERS, query)


@routes.get("/orders/<order_id>", _l("一份缴费单"), access=SIGNED_IN, reply=OrderView, problems=("order_unknown",))
def get_order(order_id: str) -> OrderView:
    """Amounts in fen, with every attempt to pay."""
    return call(GET_ORDER, GetOrder(order_id=order_id))


@routes.get(
    "/applications/<application_id>/order",
    _l("申请的缴费单"),
    access=SIGNED_IN,
    query=WhichOrder,
    reply=OrderView,
    problems=("order_pending",),
)
def get_order_of_application(application_id: str, query: WhichOrder) -> OrderView:
    """Of its registration, or of its promise. ``order_pending`` with ``Retry-After`` until it exists, usually well
    under a second after submission or grant."""
    try:
        return call(GET_ORDER, GetOrder(application_id=application_id, purpose=query.purpose))
    except Problem as problem:
        if problem.code == "order_pending":
            raise HttpProblem("order_pending", headers={"Retry-After": "1"}) from None
        raise


@routes.get(
    "/orders/<order_id>/invoices",
    _l("电子发票数据"),
    access=SIGNED_IN,
    reply=InvoiceList,
    problems=("order_unknown", "invoice_not_due"),
)
def list_invoices(order_id: str) -> InvoiceList:
    """What the tax platform is given: blue for the order, red for each refund of it that has arrived."""
    return call(LIST_INVOICES, InvoicesOf(order_id=order_id))


@routes.post(
    "/orders/<order_id>/payments",
    _l("支付"),
    access=ACCOUNT,
    body=NewPayment,
    reply=PaymentView,
    status=201,
    problems=("order_unknown", "order_not_payable", "payment_method_unavailable", "payment_provider_unavailable"),
)
def start_payment(order_id: str, body: NewPayment) -> PaymentView:
    """A payment that is under way is returned again instead of starting another."""
    asked = StartPayment(order_id=order_id, method=body.method, scene=body.scene, client_ip=client_address())
    return call(START_PAYMENT, asked)


@routes.get(
    "/payments/<payment_id>", _l("支付结果"), access=SIGNED_IN, reply=PaymentView, problems=("payment_unknown",)
)
def get_payment(payment_id: str) -> PaymentView:
    """One attempt to pay, as the provider last told it."""
    return call(GET_PAYMENT, GetPayment(payment_id=payment_id))
