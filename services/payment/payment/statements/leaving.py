"""Debits that name one of our refunds: it has left the account, whether its row or its approval came first."""

from __future__ import annotations

from datetime import UTC, datetime, time

from chassis.clock import SHANGHAI
from chassis.uow import UnitOfWork
from contracts.refunds import DecideRefund, RefundRef, RefundView

from payment.reconciliation.handlers import row_decided
from payment.refunds.asking import get_refund
from payment.refunds.by_bank import left_by_statement
from payment.refunds.store import Refund
from payment.settlement import redirecting
from payment.statements.deciding import move
from payment.statements.model import refund_numbers
from payment.statements.proposing import confirm_refund
from payment.statements.store import BankRow, debits_naming, lock_rows


def decide_refund(request: DecideRefund, uow: UnitOfWork) -> RefundView:
    """As ``payment.settlement.redirecting.decide_refund``. What is approved may have left already, by a transfer that
    was made by hand: then a row that waits says so, and no payment file has it again. What is confirmed may be a row
    that the first cashier has named."""
    refund = uow.session.get(Refund, request.refund_id)
    if refund is not None and request.step == "confirm":
        return confirm_refund(refund, request, uow)
    if refund is None or request.step != "approve":
        return redirecting.decide_refund(request, uow)
    rows = lock_rows(uow.session, debits_naming(uow.session, refund.refund_id, refund.amount))
    view = redirecting.decide_refund(request, uow)
    gone = [row for row in rows.values() if row.state == "waiting" and leave(row, uow)]
    if not gone:
        return view
    uow.session.flush()
    for day in sorted({row.booked_on for row in gone}):
        row_decided(day, uow)
    return get_refund(RefundRef(refund_id=refund.refund_id), uow)


def leave(row: BankRow, uow: UnitOfWork) -> bool:
    """Whether a locked row that waits is a refund of ours that has left; then it is explained by that."""
    at = datetime.combine(row.booked_on, time(12), SHANGHAI).astimezone(UTC)
    for number in refund_numbers(row.note):
        if left_by_statement(number, -row.amount, at, uow):
            move(row, "explain", "refund", uow, note=number)
            return True
    return False
