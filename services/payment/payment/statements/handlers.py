"""Files that cashiers upload, and the rows that came of them."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.cursors import after_moment, cursor
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender
from chassis.work.store import enter, place
from contracts.base import Empty
from contracts.objects import ObjectRef
from contracts.paging import Page, QueueTotals
from contracts.statements import (
    AcceptStatement,
    BankRowList,
    BankRowRef,
    BankRowView,
    ListBankRows,
    StatementList,
    StatementRef,
    StatementView,
    TakeStatement,
)

from payment.reconciliation.handlers import row_decided
from payment.settings import payment_settings
from payment.statements import store
from payment.statements.aside import is_accepted, is_doubtful, set_aside
from payment.statements.going_back import counts
from payment.statements.listing import listed
from payment.statements.missing import missing_from
from payment.statements.model import confirms_account
from payment.statements.reading import MAX_BYTES
from payment.statements.store import BankRow, BankStatement
from payment.statements.views import needs_acceptance, row_view, row_views, statement_views

_OFFICE = Sender(Rank.OFFICE, "statements")


def take_statement(request: TakeStatement, uow: UnitOfWork) -> StatementView:
    """A file to be read. The same bytes again are the file that is there, whoever sends them. Problems:
    ``receipt_invalid``, ``too_large``."""
    receipt = uow.receipt(request.receipt)
    if receipt.object.size > MAX_BYTES:
        raise Problem("too_large")
    again = store.find_by_content(uow.session, receipt.object.sha256) is not None
    [view] = statement_views([enter_statement(receipt.object, receipt.file_name, uow)], uow)
    return view.model_copy(update={"again": again})


def enter_statement(ref: ObjectRef, file_name: str, uow: UnitOfWork, statement_id: str = "") -> BankStatement:
    """The file with these bytes: the one that is there, or a new one for the worker. Of two who send the same bytes at
    once, the second waits for the first."""
    store.lock_content(uow.session, ref.sha256)
    known = store.find_by_content(uow.session, ref.sha256)
    if known is not None:
        return known
    row = BankStatement(
        statement_id=statement_id or new_id("bst"),
        sha256=ref.sha256,
        file_name=file_name,
        size=ref.size,
        uploaded_by=uow.actor.subject,
        uploaded_at=uow.now(),
    )
    enter(uow, row, _OFFICE)
    uow.audit("statement.take", subject=row.statement_id, sha256=row.sha256, size=row.size)
    uow.session.refresh(row)
    return row


def accept_statement(request: AcceptStatement, uow: UnitOfWork) -> StatementView:
    """A cashier has seen that a part of a file does not balance or names another account, and has its rows matched all
    the same. Or that the file is not the office's at all. Of a part that names no account the cashier says which of
    ours it is.

    Problems: ``statement_unknown``, ``statement_account_differs``, ``action_not_allowed`` (also to set aside
    what is used), ``request_invalid`` without a word, or without saying which of several parts."""
    found = store.find_statement(uow.session, request.statement_id, lock=True)
    if found is None:
        raise Problem("statement_unknown")
    if not request.note.strip():
        raise Problem("request_invalid", errors=[FieldError("note", "missing")])
    if request.step == "set_aside":
        for day in set_aside(found, request.note, uow):
            row_decided(day, uow)
        return statement_views([found], uow)[0]
    if not needs_acceptance(found):
        raise Problem("action_not_allowed", state=found.state, allowed="")
    chosen = _chosen(found, request.parts)
    bank = payment_settings(uow.settings).bank
    unnamed = any(not found.parts[number].get("named", True) for number in chosen)
    if unnamed and not confirms_account(request.account, bank.account if bank else ""):
        raise Problem("statement_account_differs", errors=[FieldError("account", "statement_account_differs")])
    found.parts = [
        {**part, "accepted": number in chosen or is_accepted(found, part)} for number, part in enumerate(found.parts)
    ]
    found.accepted_by, found.accepted = uow.actor.subject, f"{found.accepted}\n{request.note}".strip()
    store.look_again(uow.session, found.statement_id, chosen)
    place(uow, found, _OFFICE)
    found.state = "reading"
    uow.audit(
        "statement.accept", subject=found.statement_id, parts=",".join(str(number + 1) for number in sorted(chosen))
    )
    uow.session.flush()
    return statement_views([found], uow)[0]


def _chosen(statement: BankStatement, named: Sequence[int]) -> set[int]:
    """The parts that are accepted, from 0: those that were named, or the only one that there is to accept."""
    waiting = {number for number, part in enumerate(statement.parts) if is_doubtful(statement, part)}
    chosen = {number - 1 for number in named} or waiting
    if not named and len(waiting) > 1:
        raise Problem("request_invalid", errors=[FieldError("parts", "missing")])
    if not chosen <= waiting:
        raise Problem("request_invalid", errors=[FieldError("parts", "not_in_list")])
    return chosen


def list_statements(request: Page, uow: UnitOfWork) -> StatementList:
    """The newest first. Problem ``request_invalid`` for a cursor that is none."""
    found = store.statements(uow.session, after_moment(request.cursor), request.limit + 1)
    page = found[: request.limit]
    return StatementList(
        items=statement_views(page, uow),
        next_cursor=cursor(page[-1].uploaded_at, page[-1].statement_id) if len(found) > request.limit else None,
    )


def get_statement(request: StatementRef, uow: UnitOfWork) -> StatementView:
    """One file. Problem ``statement_unknown``."""
    found = store.find_statement(uow.session, request.statement_id)
    if found is None:
        raise Problem("statement_unknown")
    return statement_views([found], uow)[0]


def list_bank_rows(request: ListBankRows, uow: UnitOfWork) -> BankRowList:
    """Rows, the newest first, of a file in its order, with how many are in each state. Problem ``request_invalid`` for
    no cursor of ours."""
    only = missing_from(uow.session, request.missing_from) if request.missing_from else None
    page, further = listed(uow.session, request, only)
    return BankRowList(items=row_views(page, uow), next_cursor=further, counts=counts(uow.session))


def get_bank_row(request: BankRowRef, uow: UnitOfWork) -> BankRowView:
    """A row with candidates and history. Problem ``bank_row_unknown``."""
    row = uow.session.get(BankRow, request.row_id)
    if row is None:
        raise Problem("bank_row_unknown")
    return row_view(row, uow)


def total_bank_rows(_: Empty, uow: UnitOfWork) -> QueueTotals:
    """What waits for a cashier."""
    count, since = store.waits_since(uow.session)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since)
