"""Starting payments with the providers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from chassis.errors import Problem
from chassis.testing import person
from payment.providers.store import Payment
from sqlalchemy import update

from contracts import payment as contract


@pytest.mark.requirement("P-02")
def test_wechat_pay_gives_a_code_to_scan(counter) -> None:
    order = counter.ordered()
    payment = counter.start(order)
    assert payment.state == "started"
    assert payment.code_url.startswith("weixin://wxpay/")
    trade = counter.books.find(payment.payment_id)
    assert (trade.amount, trade.state) == (30_000, "NOTPAY")
    assert order.serial_number in trade.description


@pytest.mark.requirement("P-02")
def test_alipay_gives_a_code_to_scan(counter) -> None:
    payment = counter.start(counter.ordered(), "alipay")
    assert payment.code_url
    assert counter.books.find(payment.payment_id).amount == 30_000


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("method", ["wechat", "alipay"])
def test_a_phone_is_sent_to_the_providers_own_page(counter, method: str) -> None:
    import requests

    payment = counter.start(counter.ordered(), method, scene="h5", client_ip="203.0.113.7")
    assert payment.code_url is None
    page = requests.get(payment.pay_url, timeout=5)
    assert (page.status_code, "300.00" in page.text) == (200, True)
    requests.post(page.url, timeout=5)
    [callback] = counter.notices()
    counter.call_back(callback)
    assert counter.payment(payment).state == "succeeded"


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("method", ["wechat", "alipay"])
def test_the_sandbox_pays_on_a_phone_whose_page_nobody_has_opened(counter, method: str) -> None:
    payment = counter.start(counter.ordered(), method, scene="h5", client_ip="203.0.113.7")
    counter.pay(payment)
    [callback] = counter.notices()
    counter.call_back(callback)
    assert counter.payment(payment).state == "succeeded"


@pytest.mark.requirement("P-03")
def test_a_remittance_says_what_to_write_in_its_note(counter) -> None:
    order = counter.ordered()
    payment = counter.start(order, "bank")
    assert payment.remittance["note"] == f"{order.title}{order.serial_number}"
    assert payment.remittance["amount"] == "300.00"
    assert counter.start(order, "bank").payment_id == payment.payment_id


@pytest.mark.requirement("S-01")
def test_starting_twice_returns_the_payment_under_way(counter) -> None:
    order = counter.ordered()
    first, second = counter.start(order), counter.start(order)
    assert (second.payment_id, second.code_url) == (first.payment_id, first.code_url)
    assert counter.start(order, "alipay").payment_id != first.payment_id


@pytest.mark.requirement("S-01")
def test_two_starts_at_once_make_one_payment_and_both_can_use_it(counter) -> None:
    order = counter.ordered()
    together = threading.Barrier(4)

    def start(_: int) -> contract.PaymentView:
        together.wait()
        return counter.start(order)

    with ThreadPoolExecutor(4) as pool:
        payments = list(pool.map(start, range(4)))
    assert len({payment.payment_id for payment in payments}) == 1
    assert {payment.code_url for payment in payments} == {payments[0].code_url}
    assert payments[0].code_url


def test_a_code_about_to_expire_is_replaced(counter) -> None:
    order = counter.ordered()
    first = counter.start(order)
    with counter.harness.uow() as uow:
        soon = uow.now() + timedelta(minutes=1)
        uow.session.execute(update(Payment).values(expires_at=soon))
    second = counter.start(order)
    assert second.payment_id != first.payment_id
    assert counter.payment(first).state == "closed"
    counter.harness.sweep("ask_providers")
    assert counter.books.find(first.payment_id).state == "CLOSED"


@pytest.mark.requirement("P-02")
def test_a_paid_order_cannot_be_paid_again(counter) -> None:
    order = counter.ordered()
    counter.paid(order)
    with pytest.raises(Problem, match="order_not_payable") as refused:
        counter.start(order, "alipay")
    assert refused.value.params == {"state": "paid"}


def test_an_unknown_order_cannot_be_paid(counter) -> None:
    request = contract.StartPayment(order_id="ord-nothing", method="wechat")
    with pytest.raises(Problem, match="order_unknown"):
        counter.harness.call(contract.START_PAYMENT, request, person())


def test_wechat_pay_on_a_phone_needs_the_payers_address(counter) -> None:
    with pytest.raises(Problem, match="request_invalid") as refused:
        counter.start(counter.ordered(), scene="h5")
    assert refused.value.errors[0].field == "client_ip"


def test_a_provider_that_is_not_configured_is_not_offered(
    service_harness, counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGISTRY_PROVIDER_URL")
    other = type(counter)(service_harness("payment"), counter.provider)
    with pytest.raises(Problem, match="payment_method_unavailable"):
        other.start(other.ordered())


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("method", ["wechat", "alipay"])
def test_a_provider_that_is_away_can_be_tried_again(
    service_harness, counter, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setenv("REGISTRY_PROVIDER_URL", "http://127.0.0.1:9")
    away = type(counter)(service_harness("payment"), counter.provider)
    order = away.ordered()
    for _ in range(2):
        with pytest.raises(Problem, match="payment_provider_unavailable"):
            away.start(order, method)
    [kept] = away.order(order.application_id).payments
    assert (kept.state, kept.code_url) == ("started", None)


@pytest.mark.requirement("S-01")
def test_no_transaction_is_open_while_the_provider_is_asked(counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from payment.providers.wechatpay import WechatPay

    seen: list[int] = []
    original = WechatPay.invite

    def invite(self, charge):
        with counter.harness.runtime.engine.connect() as other:
            statement = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now()"
            )
            seen.append(other.exec_driver_sql(statement).scalar_one())
        return original(self, charge)

    monkeypatch.setattr(WechatPay, "invite", invite)
    counter.start(counter.ordered())
    assert seen == [0]
