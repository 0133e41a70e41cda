"""What cashiers do with rows that wait. The one place where a single row's state changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from chassis.clock import SHANGHAI
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.statements import BankRowView, DecideBankRow, RowReason

from payment.matching.handlers import candidates
from payment.orders.store import lock_order
from payment.providers.model import ProviderReport
from payment.reconciliation.handlers import row_decided
from payment.refunds.model import Reason
from payment.settlement.handlers import take_in
from payment.settlement.transfers import keep_part, named_orders, pay_by_transfers
from payment.statements.model import TRANSITIONS, Action
from payment.statements.store import BankRow, BankRowAction, lock_rows
from payment.statements.views import row_view, steps_of


def decide_bank_row(request: DecideBankRow, uow: UnitOfWork) -> BankRowView:
    """A cashier's step. Problems: ``bank_row_unknown``; ``action_not_allowed`` for a row that does not wait or is no
    payer's money; ``bank_row_order_unknown``; ``bank_row_order_unclear``; ``order_not_payable``;
    ``bank_rows_too_little``, ``bank_rows_enough``; ``request_invalid``."""
    rows = lock_rows(uow.session, {request.row_id, *request.with_rows})
    if len(rows) != len({request.row_id, *request.with_rows}):
        raise Problem("bank_row_unknown")
    row = rows[request.row_id]
    for one in rows.values():
        if request.step not in steps_of(one):
            raise Problem("action_not_allowed", state=one.state, allowed=",".join(steps_of(one)))
    match request.step:
        case "assign":
            _assign([row, *(rows[one] for one in request.with_rows if one != row.row_id)], request, uow)
        case "part":
            _keep([row, *(rows[one] for one in request.with_rows if one != row.row_id)], request, uow)
        case "return":
            for one in rows.values():
                _return(one, request, uow)
        case "explain":
            if not request.note.strip():
                raise Problem("request_invalid", errors=[FieldError("note", "missing")])
            for one in rows.values():
                move(one, "explain", "by_cashier", uow, request.note)
    uow.session.flush()
    for day in sorted({one.booked_on for one in rows.values()}):
        row_decided(day, uow)
    return row_view(row, uow)


def _assign(rows: Sequence[BankRow], request: DecideBankRow, uow: UnitOfWork) -> None:
    if not request.order_ids:
        raise Problem("request_invalid", errors=[FieldError("order_ids", "missing")])
    pay_by_transfers([report_of(row) for row in rows], named_orders(request.order_ids, uow), uow)
    for row in rows:
        move(row, "assign", "by_cashier", uow, request.note)


def _keep(rows: Sequence[BankRow], request: DecideBankRow, uow: UnitOfWork) -> None:
    if len(set(request.order_ids)) != 1:
        raise Problem("request_invalid", errors=[FieldError("order_ids", "missing")])
    [order_id] = named_orders([request.order_ids[0]], uow)
    for row in rows:
        keep_part(report_of(row), order_id, uow)
        move(row, "part", "part_payment", uow, request.note)
        uow.session.flush()


def _return(row: BankRow, request: DecideBankRow, uow: UnitOfWork) -> None:
    """The money is taken into the books as a held refund, which goes back when two cashiers say so."""
    named = named_orders(request.order_ids[:1], uow) or _named_in(row, uow)
    order = lock_order(uow.session, named[0]) if named else None
    because: Reason = "order_unknown"
    if order is not None:
        because = "payment_amount_mismatch" if order.state == "pending" else "order_not_payable"
    take_in(report_of(row), [], order, because, uow)
    move(row, "return", "by_cashier", uow, request.note)


def _named_in(row: BankRow, uow: UnitOfWork) -> list[str]:
    """The order that the note names, where all that it names is one application's: who paid twice is no stranger."""
    named = [one for one in candidates(uow.session, row) if "number" in one.why]
    return [named[0].order_id] if len({one.serial_number for one in named}) == 1 else []


def report_of(row: BankRow) -> ProviderReport:
    """A row as money that came. Our id of the row is the transaction's, since banks' references repeat."""
    return ProviderReport(
        method="bank",
        payment_id="",
        status="paid",
        source="statement",
        amount=row.amount,
        currency=row.currency,
        transaction_id=row.row_id,
        notice_id=row.reference,
        paid_at=datetime.combine(row.booked_on, time(12), SHANGHAI).astimezone(UTC),
    )


def move(row: BankRow, action: Action, reason: RowReason, uow: UnitOfWork, note: str = "") -> None:
    """A step of a row; the caller has locked it. Problem ``action_not_allowed``."""
    target = TRANSITIONS.get((row.state, action))
    if target is None:
        raise Problem("action_not_allowed", state=row.state, allowed="")
    step = BankRowAction(
        action_id=new_id("act"),
        row_id=row.row_id,
        action=action,
        from_state=row.state,
        to_state=target,
        actor=uow.actor.subject,
        at=uow.legal_now(),
        note=note,
    )
    uow.session.add(step)
    row.state, row.reason = target, reason
    uow.audit(f"bank_row.{action}", subject=row.row_id, amount=row.amount, currency=row.currency)
