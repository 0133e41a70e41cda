"""Money of the bank that was matched to the wrong order pays the right one, when two cashiers say so.

What a payment leads to cannot be undone: filing accepts a case in the moment it hears of it. So the settlement is not
taken out of the books, but turned: fees of the wrong order to suspense, suspense to what the right one owes. The wrong
order's case goes on as it stands; its fee, which its applicant never paid, is due again by another order, and filing
registers nothing until that is paid. What is left over is held for the payer of the right one. Of a transfer that pays
others as well, what was over is used as far as it is needed, and the rest of it stays held under the order that it was
held under.
"""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.refunds import AskRefund, DecideRefund, RefundList, RefundView

from payment.ledger.handlers import book
from payment.ledger.model import held_assigned
from payment.orders.anew import ask_again, corrections_of
from payment.orders.store import Order, lock_order
from payment.refunds import asking
from payment.refunds.handlers import conclude, hold, move, open_refund
from payment.refunds.store import Refund, held_beside, lines_of, lock_refund
from payment.refunds.views import refund_view
from payment.settlement.store import MoneyReceived, allocate, settles_of
from payment.settlement.transfers import named_orders, pay_from_books, payable


def ask_refund(request: AskRefund, uow: UnitOfWork) -> RefundList:
    """A refund, or money that pays another order than the one it was matched to. Problems: those of
    ``payment.refunds.asking.ask_refund``; ``bank_row_order_unknown``, ``bank_row_order_unclear``,
    ``order_not_payable``; ``bank_rows_too_little`` where one transfer, with what is held of it, is not enough for the
    other order."""
    if request.pays is None:
        return asking.ask_refund(request, uow)
    [pays] = named_orders([request.pays], uow)
    known = uow.session.get(Refund, request.refund_id) if request.refund_id else None
    _lock({pays, request.order_id, known.order_id if known else None}, uow)
    order = payable(pays, uow)
    found = asking.ask_refund(request, uow, pays)
    refunds = [uow.session.get_one(Refund, one.refund_id) for one in found.items]
    most = max(refund.amount + sum(fen for _, fen in _taken(refund, order, uow)) for refund in refunds)
    if len(refunds) > 1 or most < order.amount:
        raise Problem("bank_rows_too_little", missing=max(1, order.amount - most))
    return found


def decide_refund(request: DecideRefund, uow: UnitOfWork) -> RefundView:
    """As ``payment.refunds.asking.decide_refund``; what pays another order does so with the approval. Then problem
    ``order_not_payable``, too, where that has been paid or cancelled meanwhile."""
    known = uow.session.get(Refund, request.refund_id)
    pays = known.pays_order_id if known else None
    if known is None or pays is None or request.step != "approve":
        return asking.decide_refund(request, uow)
    again = corrections_of(uow.session, known.order_id) if known.order_id else []
    _lock({pays, known.order_id, *again, *(one.order_id for one in held_beside(uow.session, known))}, uow)
    refund, wrong = lock_refund(uow.session, request.refund_id)
    assert refund is not None
    taken = _taken(refund, uow.session.get_one(Order, pays), uow, lock=True)
    fee = {one.line: one.amount for one in lines_of(uow.session, [refund.refund_id])[refund.refund_id]}
    asking.decide_refund(request, uow, pays)
    order = payable(pays, uow)
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    rest = refund.amount + sum(fen for _, fen in taken) - order.amount
    if rest < 0:
        raise Problem("bank_rows_too_little", missing=-rest)
    for one, fen in taken:
        move(one, "divide", uow, note=order.serial_number)
        if left := one.amount - fen:
            about = uow.session.get_one(Order, one.order_id) if one.order_id else None
            open_refund(money, about, left, one.because, "hold", uow, note=one.refund_id)
    move(refund, "redirect", uow, note=order.serial_number)
    allocate(uow.session, money, order.order_id, order.amount)
    of_others = [(one, fen) for one, fen in taken if one.order_id != refund.order_id]
    own = order.amount - sum(fen for _, fen in of_others)
    book(held_assigned(refund.refund_id, own, order.order_id, refund.order_id, rest), uow)
    for one, fen in of_others:
        book(held_assigned(one.refund_id, fen, order.order_id, one.order_id), uow)
    if rest:
        hold(money, order, rest, "payment_amount_mismatch", uow, note=refund.refund_id, over=True)
    pay_from_books(order, money.notice_id or money.transaction_id, uow)
    if wrong is not None:
        conclude(wrong, uow)
        ask_again(wrong, fee, uow)
    uow.session.flush()
    return refund_view(refund, uow)


def _taken(refund: Refund, order: Order, uow: UnitOfWork, *, lock: bool = False) -> list[tuple[Refund, int]]:
    """What was over goes along (fen of each): all that is held under the wrong order, where the transfer settles
    nothing else, since it was all meant for the right one; and what is still missing, wherever it is held."""
    if refund.state != "asked":
        return []
    held = held_beside(uow.session, refund, lock=lock)
    alone = settles_of(uow.session, refund.money_id) == refund.amount
    taken = [(one, one.amount) for one in held if alone and one.order_id == refund.order_id]
    missing = order.amount - refund.amount - sum(fen for _, fen in taken)
    for one in held:
        if missing > 0 and (one, one.amount) not in taken:
            taken.append((one, min(one.amount, missing)))
            missing -= one.amount
    return taken


def _lock(order_ids: set[str | None], uow: UnitOfWork) -> None:
    """In their order, as everywhere."""
    for order_id in sorted(one for one in order_ids if one):
        lock_order(uow.session, order_id)
