"""Money that goes back to its payer, who is told. The one place where a refund's state changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from chassis.access import is_self
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.payment import MONEY_HELD, HeldBecause, Method, MoneyHeld
from contracts.refunds import ORDER_REFUNDED, REFUND_ADVANCED, OrderRefunded, RefundAdvanced

from payment.ledger.handlers import book
from payment.ledger.model import refund_moved
from payment.orders.store import Order, OrderItem, change_state, lock_order
from payment.refunds.model import (
    BY_STATEMENT,
    CLOSED,
    SECOND_PERSON,
    TRANSITIONS,
    Action,
    Reason,
    allowed_actions,
    posts,
    refund_number,
)
from payment.refunds.parts import parts_of
from payment.refunds.payees import end_of, payee_of
from payment.refunds.store import Refund, RefundAction, RefundLine, lines_of, refunds_of, returned_money
from payment.settlement.store import MoneyReceived, take_back

_TOLD: frozenset[Reason] = frozenset(get_args(HeldBecause))
_OF_THE_FEE: frozenset[Reason] = frozenset({"case_ended", "expedite_unearned", "lines_returned"})


def hold(
    money: MoneyReceived,
    order: Order | None,
    amount: int,
    because: Reason,
    uow: UnitOfWork,
    lines: Sequence[tuple[int, int]] = (),
    note: str = "",
    *,
    over: bool = False,
) -> Refund:
    """Opens the refund of ``amount`` fen. The caller books the money to the suspense account in the same transaction.

    ``lines`` (number and fen) is what of the order is given back; ``over``: its order is
    paid with the rest of it, so that its payer has nothing more to pay. Of money whose order is unknown nobody can be
    told.
    """
    refund = open_refund(money, order, amount, because, "hold", uow, lines, note)
    uow.audit("money.hold", subject=refund.refund_id, transaction=money.transaction_id, amount=amount, because=because)
    if order and because in _TOLD:
        said = "order_not_payable" if over else because
        told: dict[str, Any] = {**_facts(order, [line for line, _ in lines]), "amount": amount, "because": said}
        if because == "part_payment":
            uow.session.flush()
            missing = order.amount - sum(part.amount for part in parts_of(uow.session, order.order_id))
            told |= {"missing": max(0, missing), "pay_by": order.pay_by}
        uow.emit(MONEY_HELD, MoneyHeld.model_validate({**told, "held_at": refund.opened_at}))
    return refund


def release_parts(order: Order, uow: UnitOfWork) -> None:
    """What came in part of a locked order that needs it no more is its payer's again, who is told."""
    for part in parts_of(uow.session, order.order_id) if order.has_refunds else ():
        money = uow.session.get_one(MoneyReceived, part.money_id)
        move(part, "divide", uow, note=order.state)
        hold(money, order, part.amount, "part_unused", uow, note=part.refund_id)


def open_refund(
    money: MoneyReceived,
    order: Order | None,
    amount: int,
    because: Reason,
    action: Action,
    uow: UnitOfWork,
    lines: Sequence[tuple[int, int]] = (),
    note: str = "",
) -> Refund:
    """A new refund by its first action (*hold* or *ask*). The caller has locked the order."""
    refund = Refund(
        refund_id=new_id("rfd"),
        money_id=money.money_id,
        order_id=order.order_id if order else None,
        amount=amount,
        because=because,
        opened_at=uow.now(),
        attempt=1,
    )
    uow.session.add(refund)
    if order:
        order.has_refunds = True
    move(refund, action, uow, note)
    for line, part in lines:
        uow.session.add(RefundLine(refund_id=refund.refund_id, line=line, order_id=refund.order_id or "", amount=part))
    return refund


def move(refund: Refund, action: Action, uow: UnitOfWork, note: str = "") -> None:
    """A step of a refund with what it books and says; the caller holds its lock (its version, at the least).

    Problems: ``action_not_allowed``; ``second_cashier_required`` when who asked for it approves, or who saw it arrive
    confirms. An order of which nothing is kept is *refunded* when the last of its money has arrived.
    """
    before, target = refund.state, TRANSITIONS.get((refund.state, action))
    if target is None:
        raise Problem("action_not_allowed", state=before or "", allowed=",".join(allowed_actions(before)))
    if (before, action) in SECOND_PERSON:
        first = refund.attested_by if before == "attested" else refund.requested_by
        if is_self(uow.actor, first):
            raise Problem("second_cashier_required")
    step = RefundAction(
        action_id=new_id("act"),
        refund_id=refund.refund_id,
        request_id=uow.request_id,
        action=action,
        from_state=before,
        to_state=target,
        actor=uow.actor.subject,
        at=uow.legal_now(),
        note=note,
    )
    refund.state = target
    _note_people(refund, action, uow)
    _note_sending(refund, action, note, uow)
    if target in CLOSED:
        refund.closed_at = uow.now()
        refund.offered = refund.offered_at = None
    uow.session.flush()
    uow.session.add(step)
    method = method_of(refund, uow)
    if found := posts(before, action, method):
        kind, debit, credit = found
        entry = refund_moved(kind, step.action_id, refund.refund_id, debit, credit, refund.amount, refund.order_id)
        book(entry, uow)
    uow.audit(f"refund.{action}", subject=refund.refund_id, amount=refund.amount)
    _say(refund, action, note, uow)


def _note_people(refund: Refund, action: Action, uow: UnitOfWork) -> None:
    who = uow.actor.subject
    match action:
        case "ask" | "request":
            refund.requested_by, refund.approved_by = who, None
        case "approve":
            refund.approved_by = who
        case "decline" if refund.state == "held":
            refund.requested_by = refund.pays_order_id = None
        case "attest":
            refund.attested_by, refund.attested_row = who, None
        case "confirm":
            refund.confirmed_by = who


def _note_sending(refund: Refund, action: Action, note: str, uow: UnitOfWork) -> None:
    """A provider is told of what was approved, and asked about what was sent, by the sweeper."""
    match action:
        case "approve" | "send":
            refund.problem, refund.polls = "", 0
            if action == "send":
                refund.sent_at = uow.now()
                refund.refund_number = refund.refund_number or refund_number(refund.refund_id, refund.attempt)
            refund.next_poll_at = None if method_of(refund, uow) == "bank" else uow.now()
        case "confirm":
            refund.next_poll_at = None
        case "fail":
            refund.next_poll_at, refund.problem = None, note
            refund.offered = refund.offered_at = None


def method_of(refund: Refund, uow: UnitOfWork) -> Method:
    """How the money came, which is how it goes back."""
    return uow.session.get_one(MoneyReceived, refund.money_id).method


def case_of(order: Order, lines: Sequence[int]) -> OrderItem:
    """The application that some lines of an order are charged for; its first one without any."""
    wanted = {item.application_id for item in order.items if item.line in lines}
    return next((case for case in order.cases if case.application_id in wanted), order.cases[0])


def return_lines(order: Order, refund: Refund, uow: UnitOfWork) -> None:
    """Money that settled lines of an order settles them no longer; an order of which nothing is left is *returning*.

    The caller has locked the order and booked the amount.
    """
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    take_back(uow.session, money, order.order_id, refund.amount)
    uow.session.flush()
    gone = returned_money(uow.session, order.order_id)
    if order.state == "paid" and all(gone.get(item.line, 0) == item.amount for item in order.items):
        change_state(order, "return", uow, note=refund.reason or refund.because)


def _say(refund: Refund, action: Action, note: str, uow: UnitOfWork) -> None:
    """The payer is told what becomes of the money; of a provider's refund *sent* follows *approved* in a moment, and of
    one that a statement shows to have left that it has is said at once. What was never theirs, and pays another order,
    is not told them as a refund."""
    if refund.order_id is None or refund.pays_order_id or action not in ("approve", "send", "fail", "confirm"):
        return
    if action == "send" and (method_of(refund, uow) != "bank" or note == BY_STATEMENT):
        return
    order = lock_order(uow.session, refund.order_id)
    assert order is not None
    lines = [line.line for line in lines_of(uow.session, [refund.refund_id])[refund.refund_id]]
    facts = {
        **_facts(order, lines),
        "refund_id": refund.refund_id,
        "amount": refund.amount,
        "method": method_of(refund, uow),
    }
    if action == "confirm":
        conclude(order, uow)
        whole = order.state == "refunded"
        told = OrderRefunded(**facts, whole=whole, refunded_at=uow.legal_now())
        uow.emit(ORDER_REFUNDED, told)
    else:
        step = {"approve": "approved", "send": "sent", "fail": "failed"}[action]
        said = note if action == "fail" and facts["method"] == "bank" else ""
        more = {"account_end": end_of(payee_of(refund, uow)), "step": step, "said": said}
        uow.emit(REFUND_ADVANCED, RefundAdvanced.model_validate({**facts, **more, "advanced_at": uow.legal_now()}))


def _facts(order: Order, lines: Sequence[int]) -> dict[str, Any]:
    """Of which application money is; or of which batch, where it is of no single one."""
    case = case_of(order, lines)
    works = {item.application_id for item in order.items if item.line in lines}
    whole = order.batch_id is not None and len(works) != 1
    return {
        "order_id": order.order_id,
        "application_id": case.application_id,
        "account_id": order.account_id,
        "serial_number": case.serial_number,
        "title": case.title,
        "batch": order.title if whole else "",
    }


def conclude(order: Order, uow: UnitOfWork) -> None:
    """An order of which nothing is kept is done with when nothing of its fee is still to be returned: *refunded*, or
    *corrected* where all of it was another's."""
    refunds = refunds_of(uow.session, [order.order_id])[order.order_id]
    of_the_fee = [other for other in refunds if other.because in _OF_THE_FEE]
    if order.state == "returning" and all(other.closed_at for other in of_the_fee):
        change_state(order, "refund" if any(other.state == "done" for other in of_the_fee) else "correct", uow)
