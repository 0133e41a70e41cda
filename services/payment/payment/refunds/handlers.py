"""Money that pays nothing: held for a cashier, and its payer is told. The one place where a refund's state changes."""

from __future__ import annotations

from chassis.access import is_self
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.payment import MONEY_HELD, MoneyHeld

from payment.ledger.handlers import book
from payment.ledger.model import refund_moved
from payment.orders.store import Order, change_state, lock_order
from payment.refunds.model import TRANSITIONS, Action, Reason, allowed_actions, posts
from payment.refunds.store import Refund, RefundAction, open_refunds
from payment.settlement.store import MoneyReceived


def hold(money: MoneyReceived, order: Order | None, amount: int, because: Reason, uow: UnitOfWork) -> Refund:
    """Opens the refund of ``amount`` fen. The caller books the money to the suspense account in the same transaction.

    Of money whose order is unknown nobody can be told.
    """
    refund = Refund(
        refund_id=new_id("rfd"),
        money_id=money.money_id,
        order_id=order.order_id if order else None,
        amount=amount,
        because=because,
        opened_at=uow.now(),
    )
    uow.session.add(refund)
    move(refund, "hold", uow)
    uow.audit("money.hold", subject=refund.refund_id, transaction=money.transaction_id, amount=amount, because=because)
    if order and because != "order_unknown":
        uow.emit(
            MONEY_HELD,
            MoneyHeld(
                order_id=order.order_id,
                application_id=order.cases[0].application_id,
                account_id=order.account_id,
                serial_number=order.serial_number,
                title=order.title,
                amount=amount,
                because=because,
                held_at=refund.opened_at,
            ),
        )
    return refund


def move(refund: Refund, action: Action, uow: UnitOfWork, note: str = "") -> None:
    """A step of a refund with what it books; the caller holds its lock (its version, at the least).

    Problems: ``action_not_allowed``; ``second_cashier_required`` when who asked for it approves. An order whose case
    has ended is *refunded* when the last of its money has arrived.
    """
    target = TRANSITIONS.get((refund.state, action))
    if target is None:
        raise Problem("action_not_allowed", state=refund.state, allowed=",".join(allowed_actions(refund.state)))
    if action == "approve" and is_self(uow.actor, refund.requested_by):
        raise Problem("second_cashier_required")
    step = RefundAction(
        action_id=new_id("act"),
        refund_id=refund.refund_id,
        request_id=uow.request_id,
        action=action,
        from_state=refund.state,
        to_state=target,
        actor=uow.actor.subject,
        at=uow.legal_now(),
        note=note,
    )
    refund.state = target
    match action:
        case "request":
            refund.requested_by = uow.actor.subject
        case "approve":
            refund.approved_by = uow.actor.subject
        case "decline":
            refund.requested_by = None
        case "confirm":
            refund.closed_at = uow.now()
    uow.session.flush()
    uow.session.add(step)
    _book(refund, action, step.action_id, uow)
    if action == "confirm" and refund.because == "case_ended" and refund.order_id:
        _conclude(refund.order_id, uow)
    uow.audit(f"refund.{action}", subject=refund.refund_id, amount=refund.amount)


def _book(refund: Refund, action: Action, action_id: str, uow: UnitOfWork) -> None:
    method = uow.session.get_one(MoneyReceived, refund.money_id).method
    if found := posts(action, method):
        kind, debit, credit = found
        entry = refund_moved(kind, action_id, refund.refund_id, debit, credit, refund.amount, refund.order_id)
        book(entry, uow)


def _conclude(order_id: str, uow: UnitOfWork) -> None:
    order = lock_order(uow.session, order_id)
    if order and order.state == "returning" and not open_refunds(uow.session, order_id=order_id):
        change_state(order, "refund", uow)
