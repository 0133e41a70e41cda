"""Refunds on their way through WeChat Pay and Alipay: told once under our number, asked about until they have arrived.

What is approved becomes *sent*, booked and committed before the provider hears of it. Then it is asked; only what it
never heard of is asked for, under the same number each time. So a crash anywhere leaves a question, never a second
refund, and what a notice says is what a question would have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chassis.failpoints import failpoint
from chassis.telemetry import logger
from chassis.uow import UnitOfWork

from payment.providers.accounts import provider_for
from payment.providers.model import ProviderRefused, ProviderUnavailable, RefundOrder, RefundReport
from payment.refunds.handlers import move
from payment.refunds.model import Reason
from payment.refunds.store import Refund, claim_due, find_refund_by_number, lock_refund
from payment.settlement.store import MoneyReceived

FIRST_QUESTION = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=30)
_SHOWN: Mapping[Reason, str] = {
    "case_ended": "版权登记费退款：申请在受理前已结束",
    "expedite_unearned": "加急费退款：加急没有兑现",
    "lines_returned": "版权登记费退款",
    "order_not_payable": "版权登记费退款：重复缴费",
    "payment_amount_mismatch": "版权登记费退款：金额与应缴不符",
    "part_payment": "版权登记费退款：只缴了一部分",
    "part_unused": "版权登记费退款：只缴了一部分，没有用上",
    "order_unknown": "退款",
}
"""What the provider shows to the payer; a cashier's own words are for colleagues."""
_log = logger("payment.refunds")


def question_delay(polls: int) -> timedelta:
    """How long to wait before asking again: 2 s, doubling up to half an hour. Banks may take days."""
    return min(FIRST_QUESTION * (1 << min(polls, 16)), LONGEST_PAUSE)


def carry_refunds(uow: UnitOfWork) -> int:
    """Brings one refund that is due a step on; returns how many.

    No transaction is open while a provider is called; the next question is committed first, so that a crash in between
    only means that it is asked.
    """
    refund = claim_due(uow.session, uow.now())
    if refund is None:
        return 0
    if refund.state == "approved":
        move(refund, "send", uow)
        return 1
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    refund.polls += 1
    refund.next_poll_at = uow.now() + question_delay(refund.polls)
    order = RefundOrder(
        refund_number=refund.refund_number or refund.refund_id,
        payment_id=money.payment_id or "",
        amount=refund.amount,
        total=money.amount,
        reason=_SHOWN[refund.because],
    )
    refund_id, method = refund.refund_id, money.method
    uow.session.commit()
    failpoint("refunds.claimed")
    try:
        provider = provider_for(method, uow.settings)
        report = provider.query_refund(order)
        if report.status in ("unknown", "failed"):
            failpoint("refunds.before_call")
            report = provider.refund(order)
            failpoint("refunds.after_call")
    except ProviderUnavailable as error:
        _log.warning("refund_question_failed", refund=refund_id, error=str(error))
        return 1
    except ProviderRefused as refusal:
        _refused(refund_id, refusal, uow)
        return 1
    hear(report, uow)
    return 1


def hear(report: RefundReport, uow: UnitOfWork) -> str:
    """Takes what a provider says about a refund, however often and in whatever order; says what came of it.

    An amount that is not what was asked for confirms nothing: a person has to look at it (*refund_conflict*).
    """
    known = find_refund_by_number(uow.session, report.refund_number)
    refund = lock_refund(uow.session, known.refund_id)[0] if known else None
    if refund is None:
        return "unknown"
    if report.status == "done":
        return _arrived(refund, report, uow)
    if report.status in ("failed", "closed") and refund.state == "sent":
        move(refund, "fail", uow, note=report.remark or report.status)
        if report.status == "closed":
            refund.attempt += 1
            refund.refund_number = None
        _log.warning("refund_failed", refund=refund.refund_id, said=report.remark or report.status)
        return "failed"
    return "nothing"


def ask_soon(refund_number: str, uow: UnitOfWork) -> bool:
    """A notice tells that something happened to a refund: its provider is asked at once. Whether it is ours."""
    refund = find_refund_by_number(uow.session, refund_number)
    if refund is None:
        return False
    if refund.state == "sent":
        refund.next_poll_at = uow.now()
    return True


def _arrived(refund: Refund, report: RefundReport, uow: UnitOfWork) -> str:
    if report.amount != refund.amount:
        _log.error("refund_conflict", refund=refund.refund_id, asked=refund.amount, said=report.amount)
        uow.audit("refund.conflict", subject=refund.refund_id, asked=refund.amount, said=report.amount)
        return "conflict"
    if refund.state == "failed":  # it came late, after all, under the number that is still its own
        move(refund, "send", uow)
    if refund.state != "sent":
        return "repeated"
    refund.provider_number, refund.refunded_at = report.provider_number, report.refunded_at or uow.now()
    move(refund, "confirm", uow)
    return "done"


def _refused(refund_id: str, refusal: ProviderRefused, uow: UnitOfWork) -> None:
    """Not taken on: it comes back to the cashiers, and keeps its number."""
    refund, _ = lock_refund(uow.session, refund_id)
    if refund is not None and refund.state == "sent":
        move(refund, "fail", uow, note=str(refusal)[:300])
        _log.warning("refund_failed", refund=refund_id, said=refusal.code)
