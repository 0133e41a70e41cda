"""What cashiers do with refunds: one asks, another decides, and a bank's refund is seen to have arrived by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chassis.cursors import after_moment, cursor
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.refunds import (
    AskRefund,
    DecideRefund,
    ListRefunds,
    RefundList,
    RefundQueue,
    RefundRef,
    RefundState,
    RefundView,
)

from payment.orders.store import Order, lock_order
from payment.refunds.handlers import method_of, move, open_refund, return_lines
from payment.refunds.model import ASSIGNABLE, TRANSITIONS, spread, steps_by_hand
from payment.refunds.payees import keep_payee, require_reason
from payment.refunds.store import Refund, counts, listed, lock_refund, open_refunds, returned
from payment.refunds.views import refund_view, refund_views
from payment.settlement.store import MoneyReceived, money_of

QUEUES: Mapping[RefundQueue, tuple[RefundState, ...]] = {
    "held": ("held",),
    "to_approve": ("requested", "asked"),
    "under_way": ("approved", "sent", "attested"),
    "failed": ("failed",),
    "done": ("done", "refused", "redirected"),
    "all": ("held", "asked", "requested", "approved", "sent", "attested", "failed", "done", "refused", "redirected"),
}
_WITH_A_WORD = frozenset({"decline", "fail", "confirm", "attest"})


def list_refunds(request: ListRefunds, uow: UnitOfWork) -> RefundList:
    """A queue, the newest first, with how many are in each. Problem ``request_invalid`` for a cursor that is none."""
    before, limit = after_moment(request.cursor), request.limit
    rows = listed(uow.session, QUEUES[request.queue], request.text, before, limit + 1)
    page, found = rows[:limit], counts(uow.session)
    return RefundList(
        items=refund_views(page, uow),
        next_cursor=cursor(page[-1].opened_at, page[-1].refund_id) if len(rows) > limit else None,
        counts={queue: sum(found.get(state, 0) for state in states) for queue, states in QUEUES.items()},
    )


def get_refund(request: RefundRef, uow: UnitOfWork) -> RefundView:
    """One refund with its history. Problem ``refund_unknown``."""
    refund = uow.session.get(Refund, request.refund_id)
    if refund is None:
        raise Problem("refund_unknown")
    return refund_view(refund, uow)


def ask_refund(request: AskRefund, uow: UnitOfWork, pays: str | None = None) -> RefundList:
    """A cashier asks for the return of held money, or of lines of a paid order.

    Nothing is booked for lines until a second cashier approves: they are a fee until then. Lines that were paid with
    several payments make as many refunds. ``pays``: the order that the money pays instead.

    Problems: ``refund_unknown``, ``order_unknown``, ``refund_line_unknown``,
    ``refund_too_much``, ``refund_payee_required``, ``refund_payee_differs``, ``action_not_allowed`` (also where what
    is to pay another order is somebody's fee, or has been on its way back).
    """
    if not request.reason.strip():
        raise Problem("request_invalid", errors=[FieldError("reason", "missing")])
    if (request.refund_id is None) == (request.order_id is None):
        raise Problem("request_invalid", errors=[FieldError("refund_id", "missing")])
    refunds = _ask_for_lines(request, uow) if request.order_id else [_ask_for_held(request, pays, uow)]
    for refund in refunds:
        refund.reason, refund.evidence = request.reason, request.evidence
        by_bank = method_of(refund, uow) == "bank"
        if pays is not None and not by_bank:
            raise Problem("request_invalid", errors=[FieldError("pays", "value_error")])
        if by_bank and request.payee is None and pays is None:
            raise Problem("refund_payee_required")
        refund.pays_order_id = pays
        keep_payee(refund, request.payee if by_bank and pays is None else None, request.payee_why, uow)
        require_reason(refund, uow)
    uow.session.flush()
    return RefundList(items=refund_views(refunds, uow))


def _ask_for_held(request: AskRefund, pays: str | None, uow: UnitOfWork) -> Refund:
    refund, order = lock_refund(uow.session, request.refund_id or "")
    if refund is None:
        raise Problem("refund_unknown")
    amount = request.amount or refund.amount
    if amount > refund.amount:
        raise Problem("refund_too_much", limit=refund.amount)
    owned = refund.state != "held" or refund.because not in ASSIGNABLE
    if (refund.state, "request") not in TRANSITIONS or (pays is not None and owned):
        raise Problem("action_not_allowed", state=refund.state, allowed="")
    if amount < refund.amount:
        refund = _divided(refund, order, amount, uow)
    move(refund, "request", uow, note=request.reason)
    return refund


def _divided(refund: Refund, order: Order | None, amount: int, uow: UnitOfWork) -> Refund:
    """Two refunds in place of one: what is asked for, and what stays held."""
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    move(refund, "divide", uow)
    part, _ = (
        open_refund(money, order, fen, refund.because, "hold", uow, note=refund.refund_id)
        for fen in (amount, refund.amount - amount)
    )
    return part


def _ask_for_lines(request: AskRefund, uow: UnitOfWork) -> list[Refund]:
    order = lock_order(uow.session, request.order_id or "")
    if order is None:
        raise Problem("order_unknown")
    if order.state != "paid":
        raise Problem("action_not_allowed", state=order.state, allowed="")
    wanted = _wanted(request, order, uow)
    taken: dict[str, int] = {}
    for other in open_refunds(uow.session, order_id=order.order_id):
        if other.state == "asked":
            taken[other.money_id] = taken.get(other.money_id, 0) + other.amount
    settling = [(money, part - taken.get(money.money_id, 0)) for money, part in money_of(uow.session, order.order_id)]
    try:
        parts = spread(wanted, [left for _, left in settling])
    except ValueError:
        raise Problem("refund_too_much", limit=sum(left for _, left in settling)) from None
    return [
        open_refund(money, order, sum(fen for _, fen in lines), "lines_returned", "ask", uow, lines, request.reason)
        for (money, _), lines in zip(settling, parts, strict=True)
        if lines
    ]


def _wanted(request: AskRefund, order: Order, uow: UnitOfWork) -> Sequence[tuple[int, int]]:
    """Each line once, with no more than what was paid for it and is not returned or asked for already."""
    gone, cost = returned(uow.session, order.order_id), {item.line: item.amount for item in order.items}
    wanted: dict[int, int] = {}
    for line in request.lines:
        if line.line not in cost or line.line in wanted:
            raise Problem("refund_line_unknown", line=line.line)
        wanted[line.line] = line.amount
        left = cost[line.line] - gone.get(line.line, 0)
        if line.amount > left:
            raise Problem("refund_too_much", limit=left)
    if not wanted:
        raise Problem("request_invalid", errors=[FieldError("lines", "missing")])
    if request.amount not in (None, sum(wanted.values())):
        raise Problem("request_invalid", errors=[FieldError("amount", "value_error")])
    return list(wanted.items())


def decide_refund(request: DecideRefund, uow: UnitOfWork, pays: str | None = None) -> RefundView:
    """A step of a cashier's. ``pays``: the order that it was seen to pay with an approval, whose lock the caller has.

    Problems: ``refund_unknown``; ``action_not_allowed``, also where it was asked for anew meanwhile;
    ``second_cashier_required``; ``refund_too_much`` when the lines were returned meanwhile; ``refund_payee_differs``.
    """
    refund, order = lock_refund(uow.session, request.refund_id)
    if refund is None:
        raise Problem("refund_unknown")
    method = method_of(refund, uow)
    changed = request.step == "approve" and refund.pays_order_id != pays
    if changed or request.step not in steps_by_hand(refund.state, method):
        allowed = ",".join(steps_by_hand(refund.state, method))
        raise Problem("action_not_allowed", state=refund.state, allowed=allowed)
    if request.step in _WITH_A_WORD and not request.note.strip():
        raise Problem("request_invalid", errors=[FieldError("note", "missing")])
    of_lines = refund.state == "asked"
    if request.step == "approve":
        require_reason(refund, uow)
        if of_lines:
            _still_paid(refund, order, uow)
    move(refund, request.step, uow, note=request.note)
    if request.step == "fail":  # the bank sends it back for good: another transfer has another number
        refund.attempt, refund.refund_number = refund.attempt + 1, None
    if request.step == "approve" and of_lines and order:
        return_lines(order, refund, uow)
    uow.session.flush()
    return refund_view(refund, uow)


def _still_paid(refund: Refund, order: Order | None, uow: UnitOfWork) -> None:
    settling = {money.money_id: part for money, part in money_of(uow.session, refund.order_id or "")}
    if order is None or order.state != "paid" or settling.get(refund.money_id, 0) < refund.amount:
        raise Problem("refund_too_much", limit=settling.get(refund.money_id, 0))
