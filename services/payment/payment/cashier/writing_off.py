"""核销: a fee that is due again by the office's mistake is not collected any more, when two cashiers say so."""

from __future__ import annotations

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.cashier import AskWriteOff, DecideWriteOff, OrderBrief

from payment.cashier.store import write_off_asked
from payment.cashier.views import order_brief
from payment.orders.beginning import cancel
from payment.orders.store import Order, change_state, lock_order


def ask_write_off(request: AskWriteOff, uow: UnitOfWork) -> OrderBrief:
    """Nothing is booked until a second cashier approves. Problems: ``order_unknown``; ``action_not_allowed`` for what
    is not due again, is not owed any more, or was asked for already."""
    if not request.reason.strip():
        raise Problem("request_invalid", errors=[FieldError("reason", "missing")])
    order = _due_again(request.order_id, uow)
    if write_off_asked(uow.session, order.order_id) is not None:
        raise Problem("action_not_allowed", state=order.state, allowed="decline_write_off,write_off")
    change_state(order, "ask_write_off", uow, note=request.reason)
    uow.audit("order.ask_write_off", subject=order.order_id, amount=order.amount, reason=request.reason)
    return order_brief(order, order.items[0])


def decide_write_off(request: DecideWriteOff, uow: UnitOfWork) -> OrderBrief:
    """Approved, the fee is owed no more, and its applicant is told. Problems: those of :func:`ask_write_off`;
    ``second_cashier_required`` when who asked for it approves."""
    order = _due_again(request.order_id, uow)
    asked = write_off_asked(uow.session, order.order_id)
    if asked is None:
        raise Problem("action_not_allowed", state=order.state, allowed="ask_write_off")
    if request.step == "decline":
        if not request.note.strip():
            raise Problem("request_invalid", errors=[FieldError("note", "missing")])
        change_state(order, "decline_write_off", uow, note=request.note)
        uow.audit("order.decline_write_off", subject=order.order_id, reason=request.note)
        return order_brief(order, order.items[0])
    if is_self(uow.actor, asked.actor):
        raise Problem("second_cashier_required")
    case = order.items[0].application_id
    cancel(order, case, "written_off", uow, "write_off", request.note or asked.note)
    return order_brief(order, order.items[0])


def _due_again(order_id: str, uow: UnitOfWork) -> Order:
    order = lock_order(uow.session, order_id)
    if order is None:
        raise Problem("order_unknown")
    if order.corrects is None or order.state != "pending":
        raise Problem("action_not_allowed", state=order.state, allowed="")
    return order
