"""银行对账单: statements that cashiers upload, their rows, and what is done with a row."""

from __future__ import annotations

from typing import Annotated

from contracts.base import Identifier, staff
from contracts.paging import Page
from contracts.statements import (
    ACCEPT_STATEMENT,
    DECIDE_BANK_ROW,
    GET_BANK_ROW,
    GET_STATEMENT,
    LIST_BANK_ROWS,
    LIST_STATEMENTS,
    TAKE_STATEMENT,
    AcceptStatement,
    BankRowList,
    BankRowRef,
    BankRowView,
    DecideBankRow,
    ListBankRows,
    RowStep,
    StatementList,
    StatementRef,
    StatementView,
    TakeStatement,
)
from contracts.text import Compact, Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("statements", _l("银行对账单"))
CASHIERS = staff("cashier")


class NewStatement(BaseModel):
    """An upload with the purpose ``bank_statement``."""

    model_config = ConfigDict(extra="forbid")

    upload_id: Identifier


class Acceptance(BaseModel):
    """Why the rows of a statement that does not balance, or names another account, are matched all the same.
    ``account``: of one that names none, our account or its last four characters. ``parts``: which of its ``periods``
    are meant, numbered from 1; needed where more than one ``needs_acceptance``."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Paragraphs(500)]
    account: Annotated[str, Compact(40)] = ""
    parts: list[Annotated[int, Field(ge=1, le=200)]] = Field(default=[], max_length=200)


class RowDecision(BaseModel):
    """*assign* to orders, together with other waiting rows; *part* of one that it is not enough for; *return* to
    whoever paid; it is the *refund* ``refund_id`` through the bank, which a second cashier confirms; *explain* in
    words."""

    model_config = ConfigDict(extra="forbid")

    step: RowStep
    order_ids: list[Identifier] = Field(default=[], max_length=50)
    with_rows: list[Identifier] = Field(default=[], max_length=50)
    refund_id: Identifier | None = None
    note: Annotated[str, Paragraphs(500)] = ""


@routes.post(
    "/staff/bank-statements",
    _l("提交银行对账单"),
    access=CASHIERS,
    body=NewStatement,
    reply=StatementView,
    status=202,
    problems=("upload_unknown", "upload_incomplete", "too_large"),
)
def take_statement(body: NewStatement) -> StatementView:
    """MT940, camt.052/053/054 or a bank's CSV; read in a moment. The same file again is the statement that is there."""
    return call(TAKE_STATEMENT, TakeStatement(receipt=receipt_for(body.upload_id).token))


@routes.get("/staff/bank-statements", _l("银行对账单列表"), access=CASHIERS, query=Page, reply=StatementList)
def list_statements(query: Page) -> StatementList:
    """The newest first."""
    return call(LIST_STATEMENTS, query)


@routes.get(
    "/staff/bank-statements/<statement_id>",
    _l("一份银行对账单"),
    access=CASHIERS,
    reply=StatementView,
    problems=("statement_unknown",),
)
def get_statement(statement_id: str) -> StatementView:
    """Its accounts with balances, and how its rows stand to those that had come before."""
    return call(GET_STATEMENT, StatementRef(statement_id=statement_id))


@routes.post(
    "/staff/bank-statements/<statement_id>/acceptance",
    _l("认可对账单"),
    access=CASHIERS,
    body=Acceptance,
    reply=StatementView,
    problems=("statement_unknown", "statement_account_differs", "action_not_allowed"),
)
def accept_statement(statement_id: str, body: Acceptance) -> StatementView:
    """Has the rows of a doubtful statement matched."""
    return call(ACCEPT_STATEMENT, AcceptStatement(statement_id=statement_id, **body.model_dump()))


@routes.get("/staff/bank-rows", _l("银行流水"), access=CASHIERS, query=ListBankRows, reply=BankRowList)
def list_bank_rows(query: ListBankRows) -> BankRowList:
    """By state, statement or words, the newest first, with how many are in each state. Those of a statement are in the
    order of its file."""
    return call(LIST_BANK_ROWS, query)


@routes.get(
    "/staff/bank-rows/<row_id>",
    _l("一笔银行流水"),
    access=CASHIERS,
    reply=BankRowView,
    problems=("bank_row_unknown",),
)
def get_bank_row(row_id: str) -> BankRowView:
    """With the orders or, of a debit, the refunds that it may be for, the likeliest first, and its history."""
    return call(GET_BANK_ROW, BankRowRef(row_id=row_id))


@routes.post(
    "/staff/bank-rows/<row_id>/decision",
    _l("办理银行流水"),
    access=CASHIERS,
    body=RowDecision,
    reply=BankRowView,
    problems=(
        "bank_row_unknown",
        "action_not_allowed",
        "bank_row_order_unknown",
        "bank_row_order_unclear",
        "order_not_payable",
        "bank_rows_too_little",
        "bank_rows_enough",
        "bank_row_of_another_refund",
    ),
)
def decide_bank_row(row_id: str, body: RowDecision) -> BankRowView:
    """What is left over of an assigned row is held for its payer, and returned through the refunds."""
    return call(DECIDE_BANK_ROW, DecideBankRow(row_id=row_id, **body.model_dump()))
