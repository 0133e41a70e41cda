"""Debits that name no refund of ours: a cashier says which one it is, and the refund's second cashier confirms it."""

from __future__ import annotations

from datetime import UTC, datetime, time

from chassis.clock import SHANGHAI, legal_date
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.refunds import DecideRefund, RefundRef, RefundView
from contracts.statements import BankRowView, DecideBankRow

from payment.reconciliation.handlers import row_decided
from payment.refunds.asking import get_refund
from payment.refunds.candidates import not_seen_to_leave, proposed_for
from payment.refunds.handlers import method_of
from payment.refunds.handlers import move as move_refund
from payment.refunds.store import Refund, lock_refund
from payment.settlement import redirecting
from payment.statements import deciding
from payment.statements.store import BankRow, lock_rows
from payment.statements.views import row_view, steps_of


def decide_bank_row(request: DecideBankRow, uow: UnitOfWork) -> BankRowView:
    """As ``payment.statements.deciding.decide_bank_row``. *refund*: the row is a refund through the bank. What is in a
    payment file is attested with that, and the row waits for the second cashier; of what two have confirmed before the
    statement came it is explained at once. The amount alone confirms nothing.

    Problems: ``bank_row_unknown``; ``action_not_allowed`` for a row or a refund in another state;
    ``bank_row_of_another_refund``; ``request_invalid`` without a refund of the bank's of that amount."""
    if request.step != "refund":
        return deciding.decide_bank_row(request, uow)
    row = lock_rows(uow.session, [request.row_id]).get(request.row_id)
    if row is None:
        raise Problem("bank_row_unknown")
    if "refund" not in steps_of(row):
        raise Problem("action_not_allowed", state=row.state, allowed=",".join(steps_of(row)))
    refund = _meant(request, row, uow)
    if proposed_for(row, uow.session) not in (None, refund.refund_id):
        raise Problem("bank_row_of_another_refund")
    if not not_seen_to_leave(refund):
        raise Problem("action_not_allowed", state=refund.state, allowed="")
    if refund.state == "sent":
        move_refund(refund, "attest", uow, note=request.note)
        refund.attested_row = row.row_id
    else:
        _explain(row, refund, uow)
    uow.session.flush()
    return row_view(row, uow)


def _meant(request: DecideBankRow, row: BankRow, uow: UnitOfWork) -> Refund:
    """The refund, locked. It is of the bank's and of the row's amount."""
    if request.with_rows:
        raise Problem("request_invalid", errors=[FieldError("with_rows", "value_error")])
    if request.refund_id is None:
        raise Problem("request_invalid", errors=[FieldError("refund_id", "missing")])
    refund, _ = lock_refund(uow.session, request.refund_id)
    same = refund is not None and refund.amount == -row.amount and method_of(refund, uow) == "bank"
    if refund is None or not same or refund.pays_order_id is not None:
        raise Problem("request_invalid", errors=[FieldError("refund_id", "not_in_list")])
    return refund


def confirm_refund(refund: Refund, request: DecideRefund, uow: UnitOfWork) -> RefundView:
    """As ``payment.settlement.redirecting.decide_refund``: a second cashier confirms. The debit by which the first one
    has known it is explained by that. Problem ``bank_row_of_another_refund`` where it is another's meanwhile."""
    row_id = refund.attested_row
    row = lock_rows(uow.session, [row_id]).get(row_id) if row_id else None
    view = redirecting.decide_refund(request, uow)
    if refund.attested_row != row_id:  # attested anew while this was on its way
        raise Problem("action_not_allowed", state="attested", allowed="")
    if row is not None and row.reason == "refund":
        raise Problem("bank_row_of_another_refund")
    if row is None or "refund" not in steps_of(row) or row.amount != -refund.amount:
        return view
    _explain(row, refund, uow)
    return get_refund(RefundRef(refund_id=refund.refund_id), uow)


def _explain(row: BankRow, refund: Refund, uow: UnitOfWork) -> None:
    """By the refund's number books and bank agree from then on: about the row's day, and about the one on which two
    people had confirmed it."""
    days = {row.booked_on, *([legal_date(refund.closed_at)] if refund.closed_at else [])}
    refund.refunded_at = datetime.combine(row.booked_on, time(12), SHANGHAI).astimezone(UTC)
    deciding.move(row, "explain", "refund", uow, note=refund.refund_number or refund.refund_id)
    uow.session.flush()
    for day in sorted(days):
        row_decided(day, uow)
