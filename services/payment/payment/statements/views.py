"""Files and rows as cashiers see them."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.uow import UnitOfWork
from contracts.statements import BankRowView, Candidate, RowActed, RowStep, StatementView
from sqlalchemy import Select, func, select

from payment.matching.handlers import candidate, candidates
from payment.orders.store import orders_by_id
from payment.refunds.candidates import refund_candidates
from payment.refunds.parts import PART, received
from payment.refunds.store import Refund, RefundAction
from payment.settlement.store import MoneyAllocation, MoneyReceived
from payment.statements.aside import is_doubtful, may_set_aside, periods_of, was_set_aside
from payment.statements.going_back import done_with
from payment.statements.model import NOT_OF_A_PAYER, REFUND_ID, refund_numbers
from payment.statements.store import BankRow, BankStatement, actions_of, waiting_in


def steps_of(row: BankRow) -> list[RowStep]:
    """What a cashier may do with a row."""
    if row.state != "waiting":
        return []
    if row.amount < 0 and row.reason == "debit":
        return ["refund", "explain"]
    foreign = row.amount <= 0 or row.currency != "CNY" or row.reason in NOT_OF_A_PAYER
    return ["explain"] if foreign else ["assign", "part", "return", "explain"]


def statement_views(found: Sequence[BankStatement], uow: UnitOfWork) -> list[StatementView]:
    """Files with how many of their rows wait."""
    waiting = waiting_in(uow.session, [one.statement_id for one in found])
    return [
        StatementView(
            statement_id=one.statement_id,
            file_name=one.file_name,
            state=one.state,
            format=one.format,
            encoding=one.encoding,
            uploaded_by=one.uploaded_by,
            uploaded_at=one.uploaded_at,
            problem=one.problem,
            line=one.problem_line,
            periods=periods_of(one),
            rows=one.rows,
            known=one.known,
            changed=one.changed,
            missing=one.missing,
            waiting=waiting.get(one.statement_id, 0),
            accepted_by=one.accepted_by,
            accepted=one.accepted,
            needs_acceptance=needs_acceptance(one),
            set_aside=was_set_aside(one),
            may_set_aside=may_set_aside(one, waiting.get(one.statement_id, 0), uow),
        )
        for one in found
    ]


def needs_acceptance(statement: BankStatement) -> bool:
    """Whether some of its rows wait until a cashier has looked at a part of it."""
    return statement.state == "done" and any(is_doubtful(statement, part) for part in statement.parts)


def row_views(rows: Sequence[BankRow], uow: UnitOfWork) -> list[BankRowView]:
    """Rows for a list, without candidates and history."""
    done = done_with(uow.session, rows)
    return [_view(row).model_copy(update={"refunded": row.row_id in done}) for row in rows]


def row_view(row: BankRow, uow: UnitOfWork) -> BankRowView:
    """A row with everything that is known of it."""
    steps = steps_of(row)
    acted = [
        RowActed(action=one.action, state=one.to_state, actor=one.actor, at=one.at, note=one.note)
        for one in actions_of(uow.session, row.row_id)
    ]
    acted = sorted([*acted, *_turned(row, uow)], key=lambda one: one.at)
    orders, refund_id = _became(row, uow)
    facts = {
        "candidates": candidates(uow.session, row) if "assign" in steps else [],
        "refunds": refund_candidates(row, uow) if "refund" in steps else [],
        "orders": orders,
        "refund_id": refund_id,
        "actions": acted,
        "refunded": bool(done_with(uow.session, [row])),
    }
    return _view(row).model_copy(update=facts)


def _turned(row: BankRow, uow: UnitOfWork) -> list[RowActed]:
    """That its money went on to another order than the one it had paid, with that one's number."""
    query = select(RefundAction).join(Refund, Refund.refund_id == RefundAction.refund_id)
    query = query.join(MoneyReceived, MoneyReceived.money_id == Refund.money_id)
    query = query.where(MoneyReceived.method == "bank", MoneyReceived.transaction_id == row.row_id)
    return [
        RowActed(action="redirect", state=row.state, actor=one.actor, at=one.at, note=one.note)
        for one in uow.session.scalars(query.where(RefundAction.action == "redirect"))
    ]


def _became(row: BankRow, uow: UnitOfWork) -> tuple[list[Candidate], str | None]:
    """The orders that a row paid, and the refund of what was left over; of a debit the refund that it is or names."""
    if row.amount < 0:
        told = [one.note for one in actions_of(uow.session, row.row_id) if one.action == "explain"]
        numbers = refund_numbers(told[-1]) if row.reason == "refund" and told else refund_numbers(row.note)
        named = [uow.session.get(Refund, number[:REFUND_ID]) for number in numbers]
        return [], next((one.refund_id for one in named if one), None)
    money = select(MoneyReceived.money_id).where(
        MoneyReceived.method == "bank", MoneyReceived.transaction_id == row.row_id
    )
    allocated = (
        select(MoneyAllocation.order_id)
        .where(MoneyAllocation.money_id.in_(money))
        .group_by(MoneyAllocation.order_id)
        .having(func.sum(MoneyAllocation.amount) > 0)
    )
    orders = orders_by_id(uow.session, {*uow.session.scalars(allocated), *_part_of(money, uow)})
    refund = select(Refund.refund_id).where(Refund.money_id.in_(money), Refund.state != "divided")
    came = received(uow.session, orders.values())
    shown = [candidate(order, (), came.get(order.order_id, 0)) for order in orders.values()]
    return shown, uow.session.scalar(refund.order_by(Refund.opened_at).limit(1))


def _part_of(money: Select[str], uow: UnitOfWork) -> Sequence[str]:
    """The order that a part waits for the rest of."""
    query = select(Refund.order_id).where(Refund.money_id.in_(money), Refund.because == PART, Refund.state == "held")
    return [order_id for order_id in uow.session.scalars(query) if order_id]


def _view(row: BankRow) -> BankRowView:
    return BankRowView(
        row_id=row.row_id,
        statement_id=row.statement_id,
        line=row.line,
        account=row.account,
        booked_on=row.booked_on,
        value_on=row.value_on,
        amount=row.amount,
        currency=row.currency,
        reference=row.reference,
        payer=row.payer,
        payer_account=row.payer_account,
        note=row.note,
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        steps=list(steps_of(row)),
    )
