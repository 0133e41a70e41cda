"""Contracts of refunds: money that goes back to its payer, by the will of two cashiers. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Empty, EventType, Identifier, Model, RpcMethod, staff
from contracts.held import HeldBecause
from contracts.paging import Page, QueueTotals
from contracts.payment import Method, OrderState
from contracts.refund_progress import OrderRefunded as OrderRefunded
from contracts.refund_progress import RefundAdvanced as RefundAdvanced
from contracts.text import Compact, Line, Name, Paragraphs

_S = "payment"
_OFFICE = staff("cashier")

RefundState = Literal[
    "held", "asked", "requested", "approved", "sent", "attested", "failed", "done", "refused", "divided", "redirected"
]
"""*held*: money that pays nothing. *asked*: lines of a paid order, still a fee. *requested*: held money that a cashier
wants to return. *sent*: a provider was told of it; of the bank's: a payment file was made, which a cashier hands to
the bank. *attested*: one cashier has seen it arrive, a second one confirms. *divided*: into two others.
*redirected*: it paid another order instead."""
RefundBecause = HeldBecause | Literal["order_unknown", "lines_returned"]
RefundStep = Literal["approve", "decline", "send", "attest", "confirm", "fail"]
RefundQueue = Literal["held", "to_approve", "under_way", "failed", "done", "all"]
PayeePart = Literal["name", "account"]
Fen = Annotated[int, Field(ge=1, lt=1 << 40)]


class Payee(Model, personal=("name", "account", "bank_code")):
    """Where a bank sends the money. ``bank_code``: the bank's number in CNAPS (12 digits) or its BIC."""

    name: Annotated[str, Name(140)]
    account: Annotated[str, Compact(34)]
    bank: Annotated[str, Line(140)]
    bank_code: Annotated[str, Compact(12)] = ""


class Remitter(Model, personal=("payer", "payer_account", "note")):
    """What the bank's statement says of who sent the money. ``payer_account``: its last characters, or all of it where
    the bank prints it beside the name."""

    row_id: str
    booked_on: date
    payer: str = ""
    payer_account: str = ""
    note: str = ""


class RefundLine(Model):
    """Fen of one line of an order."""

    line: Annotated[int, Field(ge=1, lt=1 << 20)]
    amount: Fen


class AskRefund(Model):
    """Either held money (``refund_id``; a smaller ``amount`` leaves the rest held), or lines of a paid order.

    ``payee`` is needed for money that came through the bank; ``payee_why`` where that is not who sent it, or the
    statement does not say enough to know. ``pays``: id or serial number of the order that the bank's money was meant
    for; once a second cashier agrees it pays that one, and no payee is needed.
    """

    refund_id: Identifier | None = None
    amount: Fen | None = None
    order_id: Identifier | None = None
    lines: list[RefundLine] = Field(default=[], max_length=2000)
    reason: Annotated[str, Paragraphs(500)]
    evidence: Annotated[str, Paragraphs(1000)] = ""
    payee: Payee | None = None
    payee_why: Annotated[str, Paragraphs(500)] = ""
    pays: Identifier | None = None


class RefundRef(Model):
    refund_id: Identifier


class DecideRefund(Model):
    """``note``: why, for a colleague and the books; needed where a refund is declined or has failed."""

    refund_id: Identifier
    step: RefundStep
    note: Annotated[str, Paragraphs(500)] = ""


class OfferPayee(Model, personal=("name", "account")):
    """Another account of the payer's, for what of an order the bank has sent back. Two cashiers decide about it."""

    order_id: Identifier
    name: Annotated[str, Name(140)]
    account: Annotated[str, Compact(34)]
    bank: Annotated[str, Line(140)]


class AssignHeld(Model):
    """Money of the bank that is held for its payer pays an order after all. ``order``: its id or a serial number of
    its; ``note``: how it was found out. What is left over stays held."""

    refund_id: Identifier
    order: Identifier
    note: Annotated[str, Paragraphs(500)]


class RefundActed(Model):
    """What was done with a refund, by whom and when."""

    action: str
    state: str
    actor: str
    mine: bool
    at: datetime
    note: str = ""


class RefundItem(Model):
    """One line that is returned, with what it was charged for."""

    line: int
    title: str
    title_en: str = ""
    serial_number: str = ""
    application_id: str = ""
    amount: int


class RefundView(Model, personal=("payer",)):
    """A refund as cashiers see it. *sent* through the bank: a payment file was made, which a cashier hands to the bank;
    nobody has seen yet that it left. ``steps``: what the caller may do with it now. ``payee_differs``: in what the
    payee is not, or not known to be, who sent the money; ``payee_why``: the reason that was written for that. ``pays``:
    serial number of the order that it pays instead of going back, ``pays_order_id`` its id. ``row_id``: the debit of a
    statement by which who attested it has known it. ``offered``: the account that its payer has given since the bank
    sent it back. ``batch_id``: it is of several works of a batch, or of none more than of others; ``title`` is the
    batch's name then."""

    refund_id: str
    state: RefundState
    because: RefundBecause
    amount: int
    method: Method
    transaction_id: str
    came_at: datetime
    received: int = Field(description="fen that came in this transaction")
    order_id: str | None = None
    application_id: str | None = None
    batch_id: str | None = None
    title: str = ""
    serial_number: str = ""
    payer: str = ""
    lines: list[RefundItem] = []
    reason: str = ""
    evidence: str = ""
    payee: Payee | None = None
    payee_differs: list[PayeePart] = []
    payee_why: str = ""
    offered: Payee | None = None
    offered_at: datetime | None = None
    pays: str = ""
    pays_order_id: str | None = None
    remitter: Remitter | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    problem: str = ""
    file_id: str | None = None
    row_id: str | None = None
    steps: list[str] = []
    assignable: bool = Field(default=False, description="it can still pay an order")
    actions: list[RefundActed] = []


class ListRefunds(Page):
    """``queue``, and words that the title, a number, the payer or the amount contain."""

    queue: RefundQueue = "to_approve"
    text: Annotated[str, Line(60)] = ""


class RefundList(Model):
    items: list[RefundView]
    next_cursor: str | None = None
    counts: dict[str, int] = {}


class FindOrders(Model):
    """``text``: a part of a title or payer, a serial number, the order's id or the application's."""

    text: Annotated[str, Line(100)]


class FoundLine(Model):
    """One fee of an order: what it cost and what of it may still be returned, in fen."""

    line: int
    title: str
    title_en: str = ""
    case_title: str = ""
    serial_number: str = ""
    amount: int
    left: int


class FoundOrder(Model, personal=("payer",)):
    """An order with what can still be returned of it. ``remitters``: who sent the bank's money that pays it;
    ``received``: fen that came in part while it is to be paid."""

    order_id: str
    application_id: str
    title: str
    serial_number: str
    payer: str
    amount: int
    received: int = 0
    state: OrderState
    paid_at: datetime | None = None
    lines: list[FoundLine] = []
    by_bank: bool = Field(description="money came through the bank, so that a payee is needed")
    remitters: list[Remitter] = []
    methods: list[Method] = Field(default=[], description="how what pays it now has come")


class FoundOrders(Model):
    items: list[FoundOrder]


class PaymentFileRef(Model):
    file_id: Identifier


class PaymentFileView(Model):
    """A file of transfers for the bank; ``total`` in fen."""

    file_id: str
    made_at: datetime
    transfers: int
    total: int


class PaymentFile(Model, personal=("content",)):
    """``content``: ISO 20022 pain.001.001.09."""

    file: PaymentFileView
    content: str


LIST_REFUNDS = RpcMethod(_S, "list_refunds", ListRefunds, RefundList, _OFFICE)
FIND_ORDERS = RpcMethod(_S, "find_orders", FindOrders, FoundOrders, _OFFICE)
TOTAL_REFUNDS = RpcMethod(_S, "total_refunds", Empty, QueueTotals, _OFFICE)
GET_REFUND = RpcMethod(_S, "get_refund", RefundRef, RefundView, _OFFICE)
ASK_REFUND = RpcMethod(_S, "ask_refund", AskRefund, RefundList, _OFFICE, "command")
ASSIGN_HELD = RpcMethod(_S, "assign_held", AssignHeld, RefundView, _OFFICE, "command")
OFFER_PAYEE = RpcMethod(_S, "offer_payee", OfferPayee, Empty, ACCOUNT, "command")
DECIDE_REFUND = RpcMethod(_S, "decide_refund", DecideRefund, RefundView, _OFFICE, "command")
MAKE_PAYMENT_FILE = RpcMethod(_S, "make_payment_file", Empty, PaymentFileView, _OFFICE, "command")
GET_PAYMENT_FILE = RpcMethod(_S, "get_payment_file", PaymentFileRef, PaymentFile, _OFFICE)


EVENTS = (
    REFUND_ADVANCED := EventType(_S, "refund_advanced", RefundAdvanced, "application_id", ("identity",)),
    ORDER_REFUNDED := EventType(
        _S, "order_refunded", OrderRefunded, "application_id", ("archive", "identity"), public=True
    ),
)

ERRORS = {
    "refund_unknown": 404,
    "refund_too_much": 409,
    "refund_line_unknown": 422,
    "refund_payee_required": 422,
    "refund_payee_differs": 422,
    "refund_payee_not_payer": 422,
    "refund_file_unknown": 404,
    "refunds_none_to_send": 409,
}
