"""Contracts of the cashier's desk (出纳台): what waits, one search for all that is money, an order with all of its own.
Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.objects import DocumentRef
from contracts.paging import Page
from contracts.payment import Method, OrderState, PaidBy, Purpose
from contracts.refunds import RefundView
from contracts.statements import BankRowView
from contracts.text import Line, Paragraphs

_S = "payment"
_OFFICE = staff("cashier")
MOST_FOUND = 20
"""Of each kind that a search answers with; it says where there is more."""
MOST_FILED = 100
"""Of each kind that belongs to one order; an order of a batch has a thousand items and more."""

WorkKind = Literal[
    "rows_waiting",
    "refunds_held",
    "refunds_to_approve",
    "refunds_to_send",
    "refunds_to_confirm",
    "refunds_failed",
    "payments_mismatched",
    "orders_overdue",
    "orders_due_again",
    "write_offs_to_approve",
    "differences",
    "bills_missing",
    "statements_missing",
]
"""*refunds_to_approve*, *write_offs_to_approve*, *refunds_to_confirm*: for a second person. *refunds_to_send*:
approved, for the next payment file. *payments_mismatched*: another amount came than was asked, and nobody has decided.
*orders_overdue*: past their day and not paid, though money has come. *orders_due_again*: fees whose payment was
another's money, not paid yet. *bills_missing*: days whose bill a provider did not give; *statements_missing*: working
days since the last one."""


class WorkItem(Model):
    """``since``: the day of the oldest; of rows the one on which it came here with a statement. Kinds of which there
    are none are told too, so that their absence is seen."""

    kind: WorkKind
    count: int
    since: date | None = None


class CashierWork(Model):
    on: date = Field(description="the office's day for which this holds")
    items: list[WorkItem]


class FindMoney(Model, personal=("text",)):
    """``text``: a number of whatever kind, a part of a title, a name or a bank's note, or an amount in yuan.
    ``application_ids``: cases that filing knows by that number."""

    text: Annotated[str, Line(100)]
    application_ids: list[Identifier] = Field(default=[], max_length=MOST_FOUND)


class OrderBrief(Model, personal=("payer",)):
    """An order in a list; of an order for several applications, title and number of the first."""

    order_id: str
    batch_id: str | None = None
    application_id: str
    purpose: Purpose
    title: str
    serial_number: str
    payer: str
    amount: int
    state: OrderState
    created_at: datetime
    pay_by: date
    paid_at: datetime | None = None
    paid_by: PaidBy | None = None
    corrects: str | None = Field(default=None, description="the order whose fee this asks for again")


class OrderPayment(Model):
    """An attempt to pay. ``transaction_ids``: the provider's numbers of what came of it."""

    payment_id: str
    order_id: str
    method: Method
    state: Literal["started", "succeeded", "failed", "closed", "mismatched"]
    amount: int
    received_amount: int | None = None
    transaction_ids: list[str] = []
    started_at: datetime
    settled_at: datetime | None = None
    problem: str | None = None


class FoundMoney(Model):
    """``more``: the lists that are longer than what is told, the newest of each. What hangs together comes together:
    with an order its payments, the bank's rows that paid it and its refunds."""

    orders: list[OrderBrief] = []
    payments: list[OrderPayment] = []
    rows: list[BankRowView] = []
    refunds: list[RefundView] = []
    more: list[Literal["orders", "payments", "rows", "refunds"]] = []


class ListOrdersWaiting(Page):
    """Orders that need a cashier, the longest due first: see ``WorkKind``."""

    queue: Literal["overdue", "mismatched", "due_again", "write_off"] = "overdue"


class OrdersWaiting(Model):
    items: list[OrderBrief]
    next_cursor: str | None = None


class GetOrderFile(Model):
    """``after_line``: the items behind that line."""

    order_id: Identifier
    after_line: int = Field(default=0, ge=0, lt=1 << 20)


class FiledItem(Model):
    """One fee of one application; ``returned``: fen of it that went back or are to."""

    line: int
    application_id: str
    purpose: Purpose
    title: str
    serial_number: str
    code: str
    fee: str
    fee_en: str
    quantity: int
    amount: int
    returned: int = 0


class FiledMoney(Model):
    """What came of one transaction. ``settles``: fen of it that pay this order now; ``row_id``: the bank's row."""

    money_id: str
    method: Method
    transaction_id: str
    payment_id: str | None = None
    row_id: str | None = None
    amount: int
    settles: int
    source: str
    came_at: datetime


class FiledPosting(Model):
    """Debit is positive."""

    account: str
    title: str
    title_en: str
    amount: int


class FiledEntry(Model):
    """An entry of the ledger, with the postings of it that are about the order."""

    entry_id: str
    kind: str
    reference: str
    day: date
    booked_at: datetime
    postings: list[FiledPosting]


class OrderActed(Model):
    action: str
    from_state: OrderState
    to_state: OrderState
    actor: str
    at: datetime
    note: str = ""


class WriteOffAsked(Model):
    """What a cashier wants to write off, and a second one decides. ``mine``: the caller asked for it."""

    reason: str
    asked_by: str
    asked_at: datetime
    mine: bool


class OrderFile(Model):
    """An order with all that belongs to it. ``next_line``: to be asked for with ``after_line`` for further items;
    ``more``: the lists that are longer than what is told."""

    order: OrderBrief
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    items: list[FiledItem]
    item_count: int
    next_line: int | None = None
    payments: list[OrderPayment] = []
    money: list[FiledMoney] = []
    rows: list[BankRowView] = []
    refunds: list[RefundView] = []
    entries: list[FiledEntry] = []
    actions: list[OrderActed] = []
    receipt: DocumentRef | None = None
    write_off: WriteOffAsked | None = None
    more: list[Literal["payments", "money", "refunds", "entries", "actions"]] = []


class AskWriteOff(Model):
    """A fee that is due again by the office's mistake is not collected any more; a second cashier decides."""

    order_id: Identifier
    reason: Annotated[str, Paragraphs(500)]


class DecideWriteOff(Model):
    """``note``: needed where it is declined."""

    order_id: Identifier
    step: Literal["approve", "decline"]
    note: Annotated[str, Paragraphs(500)] = ""


CASHIER_WORK = RpcMethod(_S, "cashier_work", Empty, CashierWork, _OFFICE)
# A command, since it is written down who looked for what.
FIND_MONEY = RpcMethod(_S, "find_money", FindMoney, FoundMoney, _OFFICE, "command", keep_reply=False)
LIST_ORDERS_WAITING = RpcMethod(_S, "list_orders_waiting", ListOrdersWaiting, OrdersWaiting, _OFFICE)
GET_ORDER_FILE = RpcMethod(_S, "get_order_file", GetOrderFile, OrderFile, _OFFICE)
ASK_WRITE_OFF = RpcMethod(_S, "ask_write_off", AskWriteOff, OrderBrief, _OFFICE, "command")
DECIDE_WRITE_OFF = RpcMethod(_S, "decide_write_off", DecideWriteOff, OrderBrief, _OFFICE, "command")
