"""One way for money to count, whoever reports it: a callback, the sweeper's question, or a bank statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from chassis.errors import Problem
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.held import HeldBecause
from contracts.payment import Method

from contracts import payment as contract
from payment.ledger.handlers import book
from payment.ledger.model import money_received
from payment.orders.handlers import mark_paid
from payment.orders.store import Order, change_state, find_order, lock_order
from payment.providers.accounts import provider_for
from payment.providers.model import (
    CallbackRefused,
    Notice,
    OtherNotice,
    ProviderRefused,
    ProviderReport,
    ProviderUnavailable,
    RefundReport,
    poll_delay,
)
from payment.providers.store import Payment, claim_due, let_go, lock_payment, lock_payments, order_of_payment
from payment.refunds.handlers import hold, release_parts
from payment.refunds.model import Reason
from payment.refunds.sending import ask_soon, hear
from payment.settlement.model import judge
from payment.settlement.store import record_money, recorded_amount

Outcome = Literal["paid_order", "mismatched", "surplus", "repeated", "unknown", "unusable", "nothing"]
_PROVIDERS: dict[str, Method] = {"wechatpay": "wechat", "alipay": "alipay"}
_log = logger("payment.settlement")


def settle(report: ProviderReport, uow: UnitOfWork) -> Outcome:
    """Makes reported money count exactly once, however often and in whatever order it is reported.

    The right amount for a pending order pays it. Another amount (or currency) leaves the order unpaid and marks the
    payment *mismatched*; money for an order that is paid or cancelled is kept for return. Both go to the suspense
    account. Reports without money change nothing.
    """
    if report.status != "paid":
        return "nothing"
    if report.amount <= 0 or not report.transaction_id:
        return "unusable"
    order = lock_order(uow.session, order_of_payment(report.payment_id))
    if order is None:
        return "unknown"
    payments = {payment.payment_id: payment for payment in lock_payments(uow.session, order.order_id)}
    payment = payments[report.payment_id]
    if payment.method != report.method:
        return "unknown"
    judgement = judge(order.state, payment.amount, report)
    settles = [(order.order_id, report.amount)] if judgement.disposition == "pays_order" else []
    if not take_in(report, settles, order, judgement.problem or "order_not_payable", uow):
        if (recorded := recorded_amount(uow.session, report)) != report.amount:
            uow.audit(
                "payment.conflict",
                subject=payment.payment_id,
                transaction=report.transaction_id,
                recorded=recorded,
                reported=report.amount,
            )
        return "repeated"
    if judgement.disposition == "pays_order":
        _pay(order, payment, payments.values(), report, uow)
        return "paid_order"
    _suspend(order, payment, report, judgement.problem or "order_not_payable", uow)
    return judgement.disposition


def take_in(
    report: ProviderReport,
    settles: Sequence[tuple[str, int]],
    about: Order | None,
    because: Reason,
    uow: UnitOfWork,
) -> bool:
    """Writes down and books money that came, once: what settles orders (id and fen of each), and the rest of it.

    The rest is held for its payer (``because``); ``about`` is the order that the payer meant, as far as that is known.
    False, and nothing done, when this transaction was taken in before.
    """
    money = record_money(uow.session, report, settles)
    if money is None:
        return False
    book(money_received(money.money_id, money.method, money.amount, settles, about.order_id if about else None), uow)
    if rest := money.amount - sum(part for _, part in settles):
        hold(money, about, rest, because, uow, over=bool(settles))
    return True


def _pay(order: Order, payment: Payment, payments: Iterable[Payment], report: ProviderReport, uow: UnitOfWork) -> None:
    change_state(order, "pay", uow, note=f"{report.method} {report.transaction_id}")
    mark_paid(order, report.method, payment.payment_id, uow)
    _conclude(payment, "succeeded", report, None, uow)
    let_go(payments, uow.now())
    release_parts(order, uow)


def _suspend(order: Order, payment: Payment, report: ProviderReport, problem: HeldBecause, uow: UnitOfWork) -> None:
    """Money that does not pay the order. A payment that has paid its order already stays as it is."""
    if order.payment_id != payment.payment_id:
        state = "mismatched" if problem == "payment_amount_mismatch" else "succeeded"
        _conclude(payment, state, report, problem, uow)
    uow.audit(
        "payment.suspend",
        subject=payment.payment_id,
        order=order.order_id,
        problem=problem,
        asked=payment.amount,
        received=report.amount,
        currency=report.currency,
        transaction=report.transaction_id,
    )
    _log.warning("money_suspended", payment=payment.payment_id, problem=problem, received=report.amount)


def _conclude(payment: Payment, state: str, report: ProviderReport, problem: str | None, uow: UnitOfWork) -> None:
    payment.state, payment.problem = state, problem
    payment.received_amount, payment.settled_at, payment.next_poll_at = report.amount, uow.now(), None


def handle_callback(request: contract.ProviderCallback, uow: UnitOfWork) -> contract.CallbackReply:
    """A provider's notice. What is not the provider's leaves no trace but a log line; everything authentic is settled,
    or, where it tells of no money that came, recorded as understood.

    Problems: ``callback_invalid``, ``callback_stale``; ``payment_unknown`` when it names no payment of ours (the
    provider then repeats it, which helps when a payment's own commit is late).
    """
    method = _PROVIDERS[request.provider]
    try:
        report = provider_for(method, uow.settings).read_callback(request.headers, request.body, uow.now())
    except CallbackRefused as refusal:
        _log.warning("callback_refused", provider=request.provider, code=refusal.code, reason=refusal.reason)
        raise Problem(refusal.code) from refusal
    outcome = _take(report, uow)
    about = report.refund_number if isinstance(report, RefundReport) else report.payment_id
    said = report.about if isinstance(report, OtherNotice) else report.remark
    if said or outcome == "nothing":
        uow.audit(
            "callback.note",
            subject=about or report.notice_id,
            provider=request.provider,
            notice=report.notice_id,
            status=None if isinstance(report, OtherNotice) else report.status,
            said=said,
        )
    _log.info("callback", provider=request.provider, notice=report.notice_id, payment=about, outcome=outcome)
    if outcome == "unknown":
        raise Problem("payment_unknown")
    if outcome == "unusable":
        raise Problem("callback_invalid")
    if request.provider == "alipay":
        return contract.CallbackReply(status=200, body="success", content_type="text/plain")
    body = '{"code": "SUCCESS", "message": "成功"}'
    return contract.CallbackReply(status=200, body=body, content_type="application/json")


def _take(notice: Notice, uow: UnitOfWork) -> str:
    """What an authentic notice says counts: of a payment, of a refund, or of both."""
    match notice:
        case RefundReport():
            return "refund" if hear(notice, uow) != "unknown" else "nothing"
        case ProviderReport():
            outcome = settle(notice, uow)
            if notice.refund_number:
                ask_soon(notice.refund_number, uow)
            return outcome
        case _:
            return "nothing"


def ask_providers(uow: UnitOfWork) -> int:
    """Asks the provider about one payment that is due: callbacks get lost. Closes what can no longer be paid.

    The claim is committed first, so that no transaction is open and no row locked while the provider is asked; a
    crash in between only means that it is asked again later. Returns how many payments were asked about.
    """
    payment = claim_due(uow.session, uow.now())
    if payment is None:
        return 0
    payment.polls += 1
    payment.next_poll_at = uow.now() + poll_delay(payment.polls)
    payment_id, method, expires_at = payment.payment_id, payment.method, payment.expires_at
    order = find_order(uow.session, order_id=payment.order_id)
    hopeless = (
        order is None or order.state != "pending" or expires_at is None or uow.now() >= expires_at
    ) or payment.state != "started"
    uow.session.commit()
    try:
        provider = provider_for(method, uow.settings)
        report = provider.query(payment_id)
        if report.status == "unpaid" and hopeless:
            provider.close(payment_id)
    except (ProviderUnavailable, ProviderRefused) as error:
        _log.warning("provider_question_failed", payment=payment_id, error=str(error))
        return 1
    if settle(report, uow) == "nothing" and (hopeless or report.status == "closed"):
        _close(payment_id, uow)
    return 1


def _close(payment_id: str, uow: UnitOfWork) -> None:
    payment = lock_payment(uow.session, payment_id)
    if payment is None or payment.settled_at is not None:
        return
    payment.state, payment.next_poll_at = "closed", None
    uow.audit("payment.close", subject=payment_id)
