"""Contracts of the books: trial balance and closed days, what providers' bills say, income. Money is integer fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Empty, Identifier, Model, RpcMethod, staff
from contracts.paging import Page
from contracts.payment import Method
from contracts.text import Paragraphs

_S = "payment"
_OFFICE = staff("cashier", "administrator")


Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


class TrialBalanceOf(Model):
    """``day``: a day of the books; today without one."""

    day: Day | None = None


class AccountBalance(Model):
    """One account on one day: what stood there before, what was booked, what stands there after. Debit is positive."""

    account: str
    title_zh: str
    title_en: str
    opening: int
    debit: int
    credit: int
    closing: int


class TrialBalance(Model):
    """*closed*: the figures are frozen, and what comes later belongs to a later day. ``sha256`` is over the figures,
    the entries and the closing before; ``agrees``: what is frozen is what the entries say now."""

    day: date
    today: date
    lines: list[AccountBalance]
    entries: int
    closed: bool
    closed_at: datetime | None = None
    sha256: str | None = None
    agrees: bool = True


class ListClosings(Page):
    """The newest first."""


class Closing(Model):
    day: date
    closed_at: datetime
    entries: int
    sha256: str


class ClosingList(Model):
    items: list[Closing]
    next_cursor: str | None = None


DifferenceKind = Literal["missing_here", "missing_there", "amount", "state", "timing"]
"""*missing_here*: on the bill and not in the books; *timing*: on the bill of another day, around midnight."""


class Difference(Model):
    """What a bill or the bank's statements and the books do not say alike about one payment or refund; *balance*: what
    a statement opens with is not what the one before closed with, and ``number`` is the statement. ``explained_by`` is
    ``system`` where the difference explains itself, with ``booked:`` or ``billed:`` and the other day, or ``row:`` and
    the reason of the bank's row; ``cleared_at``: when it was not found any more."""

    difference_id: str
    day: date
    method: Method
    kind: DifferenceKind
    what: Literal["payment", "refund", "balance"]
    number: str
    ours: int | None
    theirs: int | None
    our_state: str = ""
    their_state: str = ""
    explanation: str = ""
    explained_by: str | None = None
    explained_at: datetime | None = None
    cleared_at: datetime | None = None
    order_id: str | None = None
    refund_id: str | None = None


class Reconciliation(Model):
    """One day with one provider. *waiting*: for its bill; *failed*: the bill could not be had (``problem``)."""

    day: date
    method: Method
    state: Literal["waiting", "done", "failed"]
    our_payments: int = 0
    our_refunds: int = 0
    their_payments: int = 0
    their_refunds: int = 0
    rows: int = 0
    differences: int = 0
    open: int = 0
    compared_at: datetime | None = None
    problem: str = ""


class ListReconciliations(Page):
    """The newest days first. ``open_only``: those with a difference that nobody has explained, or without a bill."""

    open_only: bool = False


class ReconciliationList(Model):
    items: list[Reconciliation]
    next_cursor: str | None = None
    open: int = Field(default=0, description="differences that nobody has explained")


class ReconciliationOf(Model):
    day: Day
    method: Method


class MissingRow(Model):
    """A row of the day that an ``earlier`` file of the bank has and a later one of the same days has not (``file``)."""

    row_id: str
    amount: int = Field(description="fen; negative for what left")
    earlier_id: str
    earlier: str
    statement_id: str
    file: str


class ReconciliationView(Model):
    reconciliation: Reconciliation
    differences: list[Difference]
    missing: list[MissingRow] = []


class ExplainDifference(Model):
    difference_id: Identifier
    explanation: Annotated[str, Paragraphs(500)]


class MonthlyIncome(Model):
    """What came and went back in a month by one method, in fen."""

    month: str = Field(description="YYYY-MM")
    method: Method
    received: int
    refunded: int


class Income(Model):
    """The last twelve months, the oldest first; months without money are left out."""

    items: list[MonthlyIncome]


TRIAL_BALANCE = RpcMethod(_S, "trial_balance", TrialBalanceOf, TrialBalance, _OFFICE)
LIST_CLOSINGS = RpcMethod(_S, "list_closings", ListClosings, ClosingList, _OFFICE)
INCOME = RpcMethod(_S, "income", Empty, Income, _OFFICE)
LIST_RECONCILIATIONS = RpcMethod(_S, "list_reconciliations", ListReconciliations, ReconciliationList, _OFFICE)
GET_RECONCILIATION = RpcMethod(_S, "get_reconciliation", ReconciliationOf, ReconciliationView, _OFFICE)
RECONCILE_AGAIN = RpcMethod(_S, "reconcile_again", ReconciliationOf, Reconciliation, staff("cashier"), "command")
EXPLAIN_DIFFERENCE = RpcMethod(_S, "explain_difference", ExplainDifference, Difference, staff("cashier"), "command")

ERRORS = {
    "difference_unknown": 404,
    "reconciliation_unknown": 404,
}
