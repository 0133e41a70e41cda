"""Contracts of bank statements: files, the rows in them, and what cashiers do with a row. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, Token, staff
from contracts.paging import Page, QueueTotals
from contracts.payment import OrderState
from contracts.refunds import RefundState
from contracts.text import Compact, Line, Paragraphs

_S = "payment"
_OFFICE = staff("cashier")

RowState = Literal["waiting", "settled", "returned", "explained"]
RowQueue = RowState | Literal["refunded"]
"""*returned*: something of it is still to be returned; *refunded*: nothing is, any more."""
"""*waiting*: for a cashier. *returned*: a held refund from now on. *explained*: no payer's money, or a debit."""
RowReason = Literal[
    "new",
    "exact",
    "number_misspelled",
    "unmatched",
    "partial",
    "over",
    "late",
    "several_owners",
    "ambiguous",
    "foreign",
    "unbalanced",
    "other_account",
    "account_unnamed",
    "debit",
    "refund",
    "bank_fee",
    "nothing",
    "by_cashier",
    "set_aside",
    "part_payment",
]
"""Why a row is in its state. *late*: the order is paid, cancelled or returned; *several_owners*: numbers of different
accounts in one note; *unbalanced*, *other_account*, *account_unnamed*: of the statement it came in; *nothing*: an
amount of zero; *set_aside*: its whole statement was; it waits again once another statement has it; *part_payment*: less
than its order owes, kept until the rest comes."""
RowStep = Literal["assign", "part", "return", "refund", "explain"]
StatementState = Literal["reading", "done", "refused"]

REFUSALS = (
    "statement_empty",
    "statement_fragment",
    "statement_not_readable",
    "statement_row_unreadable",
    "statement_too_long",
    "statement_unknown_format",
)
"""Why a file was not taken, in ``StatementView.problem``."""


class TakeStatement(Model, secret=("receipt",)):
    """``receipt``: of the uploaded file. The same bytes again are the statement that is there."""

    receipt: Token


class StatementRef(Model):
    statement_id: Identifier


class AcceptStatement(Model):
    """A cashier has looked at a statement that does not balance or names another account: *accept* has its rows
    matched. *set_aside*: it is not the office's statement; while nothing of it is used, all its rows that wait
    and stand in no other statement are explained at once with ``note``. ``account``: of a statement that
    names none, whose it is: our account, or its last four characters at least. ``parts``: which of its accounts or
    periods are accepted, numbered from 1; needed where more than one of them waits for it."""

    statement_id: Identifier
    step: Literal["accept", "set_aside"] = "accept"
    note: Annotated[str, Paragraphs(500)]
    account: Annotated[str, Compact(40)] = ""
    parts: list[Annotated[int, Field(ge=1, le=200)]] = Field(default=[], max_length=200)


class StatementPart(Model):
    """One account for one period. ``balances`` is None where the file does not say enough; ``pending`` entries were
    announced and not booked, and are not counted. Amounts are hundredths of ``currency``. ``named``: the file says
    whose account it is of; else its rows wait until a cashier does. ``needs_acceptance``: they wait, for whatever
    reason, for a cashier who has looked at this part; ``accepted``: one has."""

    account: str
    currency: str
    begins: date | None = None
    ends: date | None = None
    opening: int | None = None
    closing: int | None = None
    credits: int
    debits: int
    rows: int
    pending: int = 0
    balances: bool | None = None
    ours: bool
    named: bool = True
    accepted: bool = False
    needs_acceptance: bool = False


class StatementView(Model):
    """A file. ``known`` rows had come with an earlier one, ``changed`` ones among them say something else now;
    ``missing`` rows of the same account and days had come before and are not in this one."""

    statement_id: str
    file_name: str
    state: StatementState
    format: str = ""
    encoding: str = ""
    uploaded_by: str
    uploaded_at: datetime
    problem: str = ""
    line: int = 0
    periods: list[StatementPart] = []
    rows: int = 0
    known: int = 0
    changed: int = 0
    missing: int = 0
    waiting: int = 0
    accepted_by: str | None = None
    accepted: str = ""
    needs_acceptance: bool = False
    may_set_aside: bool = Field(default=False, description="rows of it wait, and none has become money")
    set_aside: bool = Field(default=False, description="it is not the office's: its rows were explained as a whole")
    again: bool = Field(default=False, description="of *take*: these bytes had been sent before")


class StatementList(Model):
    items: list[StatementView]
    next_cursor: str | None = None


class Candidate(Model, personal=("payer",)):
    """An order that a row may be for; ``why`` are words like *number*, *near*, *amount*, *payer*, *title*.
    ``received``: fen that came in part while it is to be paid."""

    order_id: str
    application_id: str
    title: str
    serial_number: str
    payer: str
    amount: int
    received: int = 0
    state: OrderState
    pay_by: date
    why: list[str]


class RefundCandidate(Model, personal=("payee",)):
    """A refund through the bank of the same amount that a debit may be; ``why``: what agrees besides, of *number* (a
    serial number in the note), *account* (its end) and *payee*. ``proposed``: a cashier has said that it is this row,
    and a second one confirms it. ``can_be``: the caller may say so now."""

    refund_id: str
    title: str
    serial_number: str
    payee: str
    amount: int
    state: RefundState
    opened_at: datetime
    sent_at: datetime | None = None
    why: list[str]
    proposed: bool = False
    can_be: bool = False


class RowActed(Model):
    action: str
    state: RowState
    actor: str
    at: datetime
    note: str = ""


class BankRowView(Model, personal=("payer", "payer_account", "note")):
    """One booking. ``amount`` is negative for a debit, in hundredths of ``currency``. ``steps``: what the caller may
    do; ``payer_account``: its last characters. ``refunded``: it was to go back, and nothing of it is to be returned any
    more."""

    row_id: str
    statement_id: str
    line: int
    account: str
    booked_on: date
    value_on: date | None = None
    amount: int
    currency: str
    reference: str = ""
    payer: str = ""
    payer_account: str = ""
    note: str = ""
    kind: str = ""
    state: RowState
    refunded: bool = False
    reason: RowReason
    candidates: list[Candidate] = []
    orders: list[Candidate] = []
    refunds: list[RefundCandidate] = []
    refund_id: str | None = None
    steps: list[str] = []
    actions: list[RowActed] = []


class ListBankRows(Page):
    """``text``: in note, payer, bank reference, or an amount in yuan. The newest first; of one statement as they stand
    in its file. ``missing_from``: rows that earlier files of its days have and this one has not."""

    state: RowQueue | None = None
    statement_id: Identifier | None = None
    missing_from: Identifier | None = None
    text: Annotated[str, Line(60)] = ""


class BankRowList(Model):
    items: list[BankRowView]
    next_cursor: str | None = None
    counts: dict[str, int] = {}


class BankRowRef(Model):
    row_id: Identifier


class DecideBankRow(Model):
    """*assign*: to ``order_ids`` (an order's id, or a serial number); what is left over is held for its payer.
    *part*: to the one order that it is not enough for; it pays together with the rest, and the payer is told.
    *return*: held as a refund, of the first of ``order_ids`` if there is one. *explain*: ``note`` says what. Each
    together with other rows that wait (``with_rows``). *refund*: the row is the refund ``refund_id``, which has left;
    of one that nobody has confirmed yet it waits on until a second cashier confirms the refund."""

    row_id: Identifier
    step: RowStep
    order_ids: list[Identifier] = Field(default=[], max_length=50)
    with_rows: list[Identifier] = Field(default=[], max_length=50)
    refund_id: Identifier | None = None
    note: Annotated[str, Paragraphs(500)] = ""


TAKE_STATEMENT = RpcMethod(_S, "take_statement", TakeStatement, StatementView, _OFFICE, "command")
LIST_STATEMENTS = RpcMethod(_S, "list_statements", Page, StatementList, _OFFICE)
GET_STATEMENT = RpcMethod(_S, "get_statement", StatementRef, StatementView, _OFFICE)
ACCEPT_STATEMENT = RpcMethod(_S, "accept_statement", AcceptStatement, StatementView, _OFFICE, "command")
LIST_BANK_ROWS = RpcMethod(_S, "list_bank_rows", ListBankRows, BankRowList, _OFFICE)
GET_BANK_ROW = RpcMethod(_S, "get_bank_row", BankRowRef, BankRowView, _OFFICE)
DECIDE_BANK_ROW = RpcMethod(_S, "decide_bank_row", DecideBankRow, BankRowView, _OFFICE, "command")
TOTAL_BANK_ROWS = RpcMethod(_S, "total_bank_rows", Empty, QueueTotals, _OFFICE)

ERRORS = {
    "statement_unknown": 404,
    "statement_account_differs": 422,
    "bank_row_unknown": 404,
    "bank_rows_too_little": 409,
    "bank_rows_enough": 409,
    "bank_row_waits": 409,
    "bank_row_order_unknown": 422,
    "bank_row_order_unclear": 409,
    "bank_row_order_settled": 409,
    "bank_row_of_another_refund": 409,
}
