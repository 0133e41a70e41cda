"""Contracts of payment: tariff, orders, providers. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Empty, EventType, Identifier, Model, RpcMethod, service
from contracts.held import MONEY_HELD as MONEY_HELD
from contracts.held import HeldBecause as HeldBecause
from contracts.held import MoneyHeld as MoneyHeld
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments
from contracts.paging import Page
from contracts.refund_progress import Method as Method
from contracts.refund_progress import RefundProgress
from contracts.text import Bounded

PaidBy = Literal["wechat", "alipay", "bank", "waived"]
OrderState = Literal["pending", "paid", "cancelled", "returning", "refunded", "corrected"]
"""*returning*: paid, but the case had ended before it was accepted; the money is its payer's again. *corrected*: what
was booked for it was another's money and pays that one's order; nobody got anything back, and the fee is due again."""
Purpose = Literal["registration", "old_case", "expedite"]
"""What an application is charged for, by one open order each. *old_case*: as reckoned by the old system."""


class TariffLine(Model):
    code: str
    title_zh: str
    title_en: str
    amount: int = Field(description="fen")
    valid_from: date
    valid_to: date | None
    source: str


class Tariff(Model):
    on: date
    lines: list[TariffLine]


class OrderLine(Model):
    """One fee: ``quantity`` times a rate of the tariff; ``amount`` is the whole line. ``rate_from`` is the first day of
    that rate, ``application_id`` what it is charged for."""

    code: str
    title: str
    amount: int
    title_en: str = ""
    quantity: int = 1
    application_id: str = ""
    rate_from: date | None = None


class ReckonFee(Model):
    """``facts``: filing's ``fee_basis``, or a :class:`contracts.fees.FeeQuestion`'s."""

    facts: Annotated[dict[str, str | int | bool], Bounded(2000, 2)]


class FeeEstimate(Model):
    """What an application filed today would owe, by the rule that makes its order; what counts is the order, by the
    tariff of the day of submission. ``lines`` has no ``application_id``."""

    on: date
    amount: int | None = Field(description="fen; null while the form does not say enough")
    lines: list[OrderLine] = []


class PaymentView(Model):
    """One attempt to pay an order. *mismatched*: the provider took another amount than asked (``received_amount``); the
    order stays unpaid and the money waits in the suspense account. ``problem``: why it did not pay its order, as a code
    of an error; ``order_not_payable`` is money that came after the order was paid or cancelled and will be returned."""

    payment_id: str
    method: Method
    state: Literal["started", "succeeded", "failed", "closed", "mismatched"]
    amount: int
    code_url: str | None = None
    pay_url: str | None = None
    remittance: dict[str, str] | None = None
    started_at: datetime
    settled_at: datetime | None = None
    expires_at: datetime | None = Field(default=None, description="until when code_url and pay_url can be used")
    received_amount: int | None = None
    problem: str | None = None


class EndedWork(Model):
    """A work of a batch that has ended before the batch was paid: ``amount`` (fen) of it comes back once it is."""

    application_id: str
    title: str
    serial_number: str
    amount: int


class OrderView(Model):
    """Its first application stands for all of its ``works``; the lines name each. ``title``: of a batch its name.
    ``received``: fen that came in part while it is to be paid; they pay it together with the rest. ``ended``: of a
    batch that is not paid, the works that have ended, whose fees are in ``amount`` all the same."""

    order_id: str
    batch_id: str | None = None
    application_id: str
    purpose: Purpose = "registration"
    account_id: str
    title: str
    serial_number: str
    amount: int
    received: int = 0
    lines: list[OrderLine]
    works: int = 1
    state: OrderState
    created_at: datetime
    pay_by: date
    paid_at: datetime | None = None
    payments: list[PaymentView] = []
    receipt: DocumentRef | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    refunds: list[RefundProgress] = []
    ended: list[EndedWork] = []
    slips: list[DocumentRef] = Field(default=[], description="of what was refunded; told of one order, not in lists")
    corrects: str | None = Field(default=None, description="the order whose fee this asks for again; see *corrected*")


class GetOrder(Model):
    """By order, or by application (404 ``order_pending`` until the order exists). ``share_of``: one of the applications
    that the order is for, of which each refund tells its share."""

    order_id: Identifier | None = None
    application_id: Identifier | None = None
    purpose: Literal["registration", "expedite"] = "registration"
    share_of: Identifier | None = None


class ListOrders(Page):
    """The caller's own, newest first."""


class OrderList(Model):
    items: list[OrderView]
    next_cursor: str | None = None


class StartPayment(Model, personal=("client_ip",), added=("client_ip", "return_to")):
    """Starts paying, or goes on: *qr* shows a code, *h5* the provider's page (which may ask for ``client_ip``)."""

    order_id: Identifier
    method: Method
    scene: Literal["qr", "h5"] = "qr"
    client_ip: str = Field(default="", max_length=45)
    return_to: str = Field(default="", max_length=300, description="the page of ours for the payer to come back to")


class GetPayment(Model):
    payment_id: Identifier


class ProviderCallback(Model, personal=("headers", "body")):
    """A provider's HTTP callback as it came; the provider's own signature is what is trusted."""

    provider: Literal["wechatpay", "alipay"]
    headers: dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=8192)]] = Field(max_length=100)
    body: str = Field(max_length=65536)


class CallbackReply(Model):
    """What to answer the provider."""

    status: int
    body: str
    content_type: str


class SandboxPay(Model):
    """Asks the provider simulator to pay; options make it misbehave."""

    payment_id: Identifier
    amount: int | None = Field(default=None, ge=0, lt=1 << 31, description="fen; another amount than asked")
    times: int = Field(default=1, ge=0, le=10, description="callbacks sent; 0 loses it, the sweeper then finds out")
    delay: int = Field(default=0, ge=0, le=3600, description="seconds before the first callback")
    forged: bool = Field(default=False, description="signed with another key than the provider's")
    stale: bool = Field(default=False, description="signed an hour ago")


_S = "payment"
TARIFF = RpcMethod(_S, "tariff", Empty, Tariff, ANONYMOUS)
RECKON_FEE = RpcMethod(_S, "reckon_fee", ReckonFee, FeeEstimate, ANONYMOUS)
GET_ORDER = RpcMethod(_S, "get_order", GetOrder, OrderView, SIGNED_IN)
LIST_ORDERS = RpcMethod(_S, "list_orders", ListOrders, OrderList, ACCOUNT)
# Safe to repeat by itself: the payment under way is returned. A stored reply would soon show a code that has expired.
START_PAYMENT = RpcMethod(_S, "start_payment", StartPayment, PaymentView, ACCOUNT, "command", keep_reply=False)
GET_PAYMENT = RpcMethod(_S, "get_payment", GetPayment, PaymentView, SIGNED_IN)
HANDLE_CALLBACK = RpcMethod(
    _S, "handle_callback", ProviderCallback, CallbackReply, ANONYMOUS, "command", keep_reply=False
)
SANDBOX_PAY = RpcMethod(
    _S, "sandbox_pay", SandboxPay, PaymentView, service("gateway"), "command", keep_reply=False, sandbox_only=True
)
LIST_DOCUMENTS = RpcMethod(_S, "list_documents", ListDocuments, DocumentList, SIGNED_IN)
GET_DOCUMENT = RpcMethod(_S, "get_document", GetDocument, DocumentRef, SIGNED_IN)


class OrderCreated(Model):
    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    title: str
    amount: int
    lines: list[OrderLine]
    created_at: datetime
    pay_by: date
    purpose: Purpose = "registration"
    corrects: str = Field(default="", description="the order that another's money had been booked for by mistake")


class OrderPaid(Model):
    """Carries all of the order, so that a consumer that sees it first needs nothing else."""

    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    title: str
    amount: int
    method: PaidBy = Field(description="waived: the fee is 0 and payment_id is empty")
    payment_id: str
    paid_at: datetime
    documents: list[DocumentRef] = []
    purpose: Purpose = "registration"


class LegacyFeePaid(Model):
    """The fee of an old case has come."""

    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    amount: int
    paid_at: datetime


class OrderCancelled(Model):
    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    reason: str
    cancelled_at: datetime
    purpose: Purpose = "registration"
    title: str = ""
    corrects: str = Field(default="", description="as of order_created")
    amount: int | None = Field(default=None, description="fen, of what corrects another order")


class ReceiptIssued(Model):
    """The receipt follows the payment: money never waits for a PDF. So do slips of what leaves the order (its kind)."""

    order_id: str
    application_id: str
    account_id: str
    serial_number: str
    issued_at: datetime
    documents: list[DocumentRef]


_ALL = ("filing", "archive", "identity")
EVENTS = (
    ORDER_CREATED := EventType(_S, "order_created", OrderCreated, "application_id", _ALL),
    ORDER_PAID := EventType(_S, "order_paid", OrderPaid, "application_id", _ALL, public=True),
    ORDER_CANCELLED := EventType(_S, "order_cancelled", OrderCancelled, "application_id", _ALL),
    LEGACY_FEE_PAID := EventType(_S, "legacy_fee_paid", LegacyFeePaid, "application_id", ("legacy_bridge", "archive")),
    RECEIPT_ISSUED := EventType(_S, "receipt_issued", ReceiptIssued, "application_id", ("archive",)),
    MONEY_HELD,
)

ERRORS = {
    "order_pending": 404,
    "order_unknown": 404,
    "order_not_payable": 409,
    "payment_unknown": 404,
    "payment_method_unavailable": 422,
    "payment_provider_unavailable": 503,
    "callback_invalid": 401,
    "callback_stale": 401,
    "payment_amount_mismatch": 409,
    "second_cashier_required": 409,
}
