"""Starting payments. No transaction is open while a provider is called."""

from __future__ import annotations

from datetime import timedelta

import requests
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork

from contracts import payment as contract
from payment.orders.store import Order, find_order, lock_order
from payment.orders.views import may_read, own_order, payment_view
from payment.providers.accounts import provider_for
from payment.providers.model import (
    CODE_LIFETIME,
    FIRST_POLL,
    Charge,
    Invitation,
    ProviderRefused,
    ProviderUnavailable,
)
from payment.providers.store import Payment, find_payment, lock_payment, under_way
from payment.refunds.parts import received
from payment.settings import payment_settings

_LEAST_TIME_LEFT = timedelta(minutes=5)
_SIMULATOR_TIMEOUT = (2.0, 5.0)
_log = logger("payment.providers")


def start_payment(request: contract.StartPayment, uow: UnitOfWork) -> contract.PaymentView:
    """Starts a payment, or returns the one under way while it can still be used.

    The payment is stored and committed before the provider hears of it, so that no callback can come for a payment we
    do not know; its id is the provider's out_trade_no, so that asking twice charges once. Problems: ``order_unknown``,
    ``order_not_payable`` (state: paid, cancelled, overdue), ``payment_method_unavailable``,
    ``payment_provider_unavailable`` (try again: the same payment is continued).
    """
    own_order(find_order(uow.session, order_id=request.order_id), uow.actor, "pay")
    if request.method == "bank":
        return _start_remittance(request, uow)
    provider = provider_for(request.method, uow.settings)
    if request.scene == "h5" and request.method == "wechat" and not request.client_ip:
        raise Problem("request_invalid", errors=[FieldError("client_ip", "missing")])
    payment, order = _claim_payment(request, uow)
    if payment.code_url or payment.pay_url:
        return payment_view(payment, order, None)
    charge = _charge(payment, order, request.return_to)
    uow.session.commit()
    try:
        invitation = provider.invite(charge)
    except (ProviderUnavailable, ProviderRefused) as error:
        _log.warning("invitation_failed", payment=charge.payment_id, error=str(error))
        _ask_soon(charge.payment_id, uow)
        uow.keep()
        raise Problem("payment_provider_unavailable", method=request.method) from error
    return _store_invitation(charge.payment_id, invitation, order, uow)


def _claim_payment(request: contract.StartPayment, uow: UnitOfWork) -> tuple[Payment, Order]:
    """The usable payment under way, else a new one. The order's lock makes two requests at once take turns."""
    order = lock_order(uow.session, request.order_id)
    assert order is not None
    if order.state != "pending":
        raise Problem("order_not_payable", state=order.state)
    if order.corrects is None and uow.today() > order.pay_by:  # of a fee that is due again nothing lapses
        raise Problem("order_not_payable", state="overdue")
    now = uow.now()
    payment = under_way(uow.session, order.order_id, request.method, request.scene)
    if payment is not None:
        if payment.expires_at is None or payment.expires_at - now > _LEAST_TIME_LEFT:
            return payment, order
        payment.state, payment.next_poll_at = "closed", now
        uow.session.flush()
    online = request.method != "bank"
    payment = Payment(
        payment_id=new_id("pmt"),
        order_id=order.order_id,
        method=request.method,
        scene=request.scene,
        amount=order.amount,
        state="started",
        client_ip=request.client_ip,
        started_at=now,
        expires_at=now + CODE_LIFETIME if online else None,
        next_poll_at=now + FIRST_POLL if online else None,
        polls=0,
    )
    uow.session.add(payment)
    uow.session.flush()
    uow.audit("payment.start", subject=payment.payment_id, order=order.order_id, method=request.method)
    return payment, order


def _start_remittance(request: contract.StartPayment, uow: UnitOfWork) -> contract.PaymentView:
    bank = payment_settings(uow.settings).bank
    if bank is None:
        raise Problem("payment_method_unavailable", method="bank")
    payment, order = _claim_payment(request, uow)
    return payment_view(payment, order, bank, _came(order, uow))


def _came(order: Order, uow: UnitOfWork) -> int:
    return received(uow.session, [order]).get(order.order_id, 0)


def _charge(payment: Payment, order: Order, return_to: str) -> Charge:
    assert payment.expires_at is not None
    return Charge(
        payment_id=payment.payment_id,
        amount=payment.amount,
        description=f"著作权登记费 {order.serial_number}",
        expires_at=payment.expires_at,
        scene=payment.scene,
        client_ip=payment.client_ip,
        return_to=return_to,
    )


def _store_invitation(payment_id: str, invitation: Invitation, order: Order, uow: UnitOfWork) -> contract.PaymentView:
    payment = lock_payment(uow.session, payment_id)
    assert payment is not None
    payment.code_url, payment.pay_url = invitation.code_url, invitation.pay_url
    return payment_view(payment, order, None)


def _ask_soon(payment_id: str, uow: UnitOfWork) -> None:
    """The provider may have taken the charge although its answer did not arrive, or know it as paid."""
    payment = lock_payment(uow.session, payment_id)
    if payment is not None and payment.next_poll_at is not None:
        payment.next_poll_at = min(payment.next_poll_at, uow.now() + FIRST_POLL)


def get_payment(request: contract.GetPayment, uow: UnitOfWork) -> contract.PaymentView:
    """Problem ``payment_unknown``, also for somebody else's."""
    payment = find_payment(uow.session, request.payment_id)
    order = find_order(uow.session, order_id=payment.order_id) if payment else None
    if payment is None or not may_read(order, uow.actor):
        raise Problem("payment_unknown")
    return payment_view(payment, order, payment_settings(uow.settings).bank, _came(order, uow))


def sandbox_pay(request: contract.SandboxPay, uow: UnitOfWork) -> contract.PaymentView:
    """Lets the provider simulator pay, as a payer would; its signed callback follows by itself.

    Problems: ``payment_unknown``, ``payment_method_unavailable`` (bank), ``order_not_payable`` (the provider has
    closed it), ``payment_provider_unavailable``.
    """
    simulator = payment_settings(uow.settings).simulator_url
    payment = find_payment(uow.session, request.payment_id)
    order = find_order(uow.session, order_id=payment.order_id) if payment else None
    if payment is None or order is None:
        raise Problem("payment_unknown")
    if simulator is None or payment.method == "bank":
        raise Problem("payment_method_unavailable", method=payment.method)
    content = {**request.model_dump(exclude={"payment_id"}), "out_trade_no": payment.payment_id}
    page = payment.pay_url
    uow.session.commit()
    try:
        answer = requests.post(f"{simulator}/simulator/pay", json=content, timeout=_SIMULATOR_TIMEOUT)
        if answer.status_code == 404 and page:  # Alipay knows a trade once its payer has opened the page
            requests.get(page, timeout=_SIMULATOR_TIMEOUT)
            answer = requests.post(f"{simulator}/simulator/pay", json=content, timeout=_SIMULATOR_TIMEOUT)
    except requests.RequestException as error:
        raise Problem("payment_provider_unavailable", method=payment.method) from error
    if answer.status_code != 200:
        raise Problem("order_not_payable", state=str(answer.json().get("state", "unknown")))
    current = find_payment(uow.session, request.payment_id)
    assert current is not None
    return payment_view(current, order, None)
