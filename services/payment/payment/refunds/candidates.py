"""Refunds through the bank that a debit may be which names none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from chassis.uow import UnitOfWork
from contracts.refunds import Remitter
from contracts.statements import RefundCandidate
from sqlalchemy import select
from sqlalchemy.orm import Session

from payment.matching.model import numbers_in
from payment.orders.store import Order, orders_by_id
from payment.refunds.model import weight
from payment.refunds.payees import differs, payee_of
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from payment.statements.store import BankRow

SHOWN = 10
_LOOKED_AT = 100
_OPEN = ("sent", "attested", "approved")


def refund_candidates(row: BankRow, uow: UnitOfWork) -> list[RefundCandidate]:
    """Of the amount of a debit: what has not been seen to leave, the likeliest first, with what agrees besides.

    One that is approved and in no payment file may have been transferred by hand; it is shown, so that nobody pays it
    again. One that was confirmed before the statement came is the row's as soon as a cashier says so.
    """
    found = _refunds_of(uow.session, -row.amount)
    orders = orders_by_id(uow.session, {one.order_id for one in found if one.order_id})
    proposed = proposed_for(row, uow.session)
    told = [_candidate(one, orders.get(one.order_id or ""), row, proposed, uow) for one in found]
    told.sort(key=lambda one: (not one.proposed, -weight(one.why), not one.can_be, -one.opened_at.timestamp()))
    return told[:SHOWN]


def proposed_for(row: BankRow, session: Session) -> str | None:
    """The refund that a cashier has said a debit to be, and that nobody has confirmed."""
    query = select(Refund.refund_id).where(Refund.state == "attested", Refund.attested_row == row.row_id)
    return session.scalars(query.order_by(Refund.refund_id).limit(1)).one_or_none()


def not_seen_to_leave(refund: Refund) -> bool:
    """Whether it may be said now which debit it is."""
    return refund.state == "sent" or (refund.state == "done" and refund.refunded_at is None)


def _refunds_of(session: Session, amount: int) -> Sequence[Refund]:
    query = select(Refund).join(MoneyReceived).where(MoneyReceived.method == "bank", Refund.amount == amount)
    known_by_people = (Refund.state == "done") & Refund.refunded_at.is_(None)
    query = query.where(Refund.pays_order_id.is_(None), Refund.state.in_(_OPEN) | known_by_people)
    return session.scalars(query.order_by(Refund.opened_at.desc(), Refund.refund_id).limit(_LOOKED_AT)).all()


def _candidate(
    refund: Refund, order: Order | None, row: BankRow, proposed: str | None, uow: UnitOfWork
) -> RefundCandidate:
    payee = payee_of(refund, uow)
    said = Remitter(row_id=row.row_id, booked_on=row.booked_on, payer=row.payer, payer_account=row.payer_account)
    other = differs(payee, said) if payee else ["name", "account"]
    numbers = {order.serial_number, *(item.serial_number for item in order.items)} if order else set[str]()
    agrees = {
        "number": bool(numbers & set(chain.from_iterable(numbers_in(row.note)))),
        "account": "account" not in other,
        "payee": "name" not in other,
    }
    return RefundCandidate(
        refund_id=refund.refund_id,
        title=order.title if order else "",
        serial_number=order.serial_number if order else "",
        payee=payee.name if payee else "",
        amount=refund.amount,
        state=refund.state,
        opened_at=refund.opened_at,
        sent_at=refund.sent_at,
        why=[code for code, same in agrees.items() if same],
        proposed=refund.refund_id == proposed,
        can_be=proposed is None and not_seen_to_leave(refund),
    )
