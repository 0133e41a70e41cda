"""Refunds as cashiers see them, and as the payer does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from chassis.access import is_self
from chassis.uow import UnitOfWork
from contracts.refund_progress import RefundProgress
from contracts.refunds import RefundActed, RefundItem, RefundState, RefundView

from payment.orders.store import Order, orders_by_id
from payment.refunds.handlers import case_of, method_of
from payment.refunds.model import ASSIGNABLE, SECOND_PERSON, Action, steps_by_hand
from payment.refunds.parts import waits_for_rest
from payment.refunds.payees import differs, end_of, offered_for, payee_of, remitter_of, remitters
from payment.refunds.store import Refund, RefundLine, actions_of, lines_of
from payment.settlement.store import MoneyReceived, money_by_id

_SHOWN: Mapping[RefundState, Literal["deciding", "approved", "prepared", "sent", "delayed", "done"]] = {
    "held": "deciding",
    "asked": "deciding",
    "requested": "deciding",
    "approved": "approved",
    "sent": "sent",
    "attested": "sent",
    "failed": "delayed",
    "done": "done",
}


def progress_of(order: Order, refunds: Collection[Refund], uow: UnitOfWork) -> list[RefundProgress]:
    """What the payer of an order is told; a wish that was declined, and what others stand for, is not theirs to see.
    Nor is it that their fee may have been another's money, while a second cashier has not said so. What waits for the
    rest is on no way back."""
    shown = [
        one
        for one in refunds
        if one.state in _SHOWN and not (one.state == "asked" and one.pays_order_id) and not waits_for_rest(one, order)
    ]
    lines = lines_of(uow.session, [one.refund_id for one in shown]) if order.batch_id and shown else {}
    return [_progress(refund, _works(order, lines.get(refund.refund_id, ())), uow) for refund in shown]


def _progress(refund: Refund, works: Sequence[str], uow: UnitOfWork) -> RefundProgress:
    method = method_of(refund, uow)
    asks = refund.state == "failed" and method == "bank"
    decided = refund.state not in ("held", "asked", "requested")
    return RefundProgress(
        refund_id=refund.refund_id,
        amount=refund.amount,
        state="prepared" if _only_prepared(refund) else _SHOWN[refund.state],
        because=refund.because,
        opened_at=refund.opened_at,
        closed_at=refund.closed_at,
        method=method,
        account_end=end_of(payee_of(refund, uow)) if decided else "",
        said=refund.problem if asks else "",
        asks_account=asks,
        offered_end=end_of(offered_for(refund, uow)) if asks else "",
        offered_at=refund.offered_at if asks else None,
        works=list(works),
    )


def _works(order: Order, lines: Sequence[RefundLine]) -> list[str]:
    """The works of a batch, each once, of which some lines are."""
    wanted = {line.line for line in lines}
    concerned = {item.application_id for item in order.items if item.line in wanted}
    return [case.title for case in order.cases if case.application_id in concerned]


def with_shares(
    refunds: Sequence[RefundProgress], order: Order, application_id: str, uow: UnitOfWork
) -> list[RefundProgress]:
    """Each with what of it goes back for one of the applications that an order is for. What had paid nothing, as a
    second payment, is nobody's share."""
    own = {item.line for item in order.items if item.application_id == application_id}
    lines = lines_of(uow.session, [refund.refund_id for refund in refunds])
    return [
        refund.model_copy(update={"share": sum(line.amount for line in lines[refund.refund_id] if line.line in own)})
        for refund in refunds
    ]


def _only_prepared(refund: Refund) -> bool:
    """In a payment file; that a cashier has handed it to the bank nobody has seen yet."""
    return refund.state == "sent" and refund.file_id is not None


def refund_views(refunds: Sequence[Refund], uow: UnitOfWork) -> list[RefundView]:
    """Refunds with their orders, lines and money, for a list: without payees and history. The payer of
    money that nobody can place is who the statement names."""
    named = {one for refund in refunds for one in (refund.order_id, refund.pays_order_id) if one}
    orders = orders_by_id(uow.session, named)
    money = money_by_id(uow.session, {refund.money_id for refund in refunds})
    lines = lines_of(uow.session, [refund.refund_id for refund in refunds])
    sent = remitters([money[refund.money_id] for refund in refunds if refund.order_id is None], uow)
    pays = {refund.refund_id: orders[refund.pays_order_id] for refund in refunds if refund.pays_order_id}
    views = [
        _view(refund, orders.get(refund.order_id or ""), money[refund.money_id], lines[refund.refund_id], uow)
        for refund in refunds
    ]
    views = [
        view.model_copy(
            update={"pays": pays[view.refund_id].serial_number, "pays_order_id": pays[view.refund_id].order_id}
        )
        if view.refund_id in pays
        else view
        for view in views
    ]
    return [
        view.model_copy(update={"payer": sent[refund.money_id].payer}) if refund.money_id in sent else view
        for refund, view in zip(refunds, views, strict=True)
    ]


def refund_view(refund: Refund, uow: UnitOfWork) -> RefundView:
    """One refund with all that is known of it."""
    [view] = refund_views([refund], uow)
    acted = [
        RefundActed(
            action=step.action,
            state=step.to_state,
            actor=step.actor,
            mine=is_self(uow.actor, step.actor),
            at=step.at,
            note=step.note,
        )
        for step in actions_of(uow.session, refund.refund_id)
    ]
    payee, remitter = payee_of(refund, uow), remitter_of(refund, uow)
    more = {
        "payee": payee,
        "payee_differs": differs(payee, remitter) if payee else [],
        "payee_why": refund.payee_why,
        "offered": offered_for(refund, uow),
        "remitter": remitter,
        "actions": acted,
        "row_id": refund.attested_row if refund.state in ("attested", "done") else None,
    }
    return view.model_copy(update=more)


def _view(
    refund: Refund, order: Order | None, money: MoneyReceived, lines: Sequence[RefundLine], uow: UnitOfWork
) -> RefundView:
    items = {item.line: item for item in order.items} if order else {}
    case = case_of(order, [line.line for line in lines]) if order else None
    whole = order is not None and order.batch_id is not None and len(_works(order, lines)) != 1
    return RefundView(
        refund_id=refund.refund_id,
        state=refund.state,
        because=refund.because,
        amount=refund.amount,
        method=money.method,
        transaction_id=money.transaction_id,
        came_at=money.provider_paid_at or money.received_at,
        received=money.amount,
        order_id=refund.order_id,
        application_id=case.application_id if case else None,
        batch_id=order.batch_id if order and whole else None,
        title=order.title if order and whole else case.title if case else "",
        serial_number=case.serial_number if case else "",
        payer=order.payer if order else "",
        lines=[
            RefundItem(
                line=line.line,
                title=items[line.line].fee_zh,
                title_en=items[line.line].fee_en,
                serial_number=items[line.line].serial_number,
                application_id=items[line.line].application_id,
                amount=line.amount,
            )
            for line in lines
        ],
        reason=refund.reason,
        evidence=refund.evidence,
        opened_at=refund.opened_at,
        closed_at=refund.closed_at,
        problem=refund.problem,
        offered_at=refund.offered_at,
        file_id=refund.file_id,
        assignable=refund.state == "held" and money.method == "bank" and refund.because in ASSIGNABLE,
        steps=[step for step in steps_by_hand(refund.state, money.method) if _theirs(refund, step, uow)],
    )


def _theirs(refund: Refund, step: Action, uow: UnitOfWork) -> bool:
    """Whether the caller is somebody else than who did the step before, where that matters."""
    first = refund.attested_by if refund.state == "attested" else refund.requested_by
    return (refund.state, step) not in SECOND_PERSON or not is_self(uow.actor, first)
