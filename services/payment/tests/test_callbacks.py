"""Callbacks: authentic ones settle once; nothing else has any effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from chassis.errors import Problem
from contracts.filing import APPLICATION_WITHDRAWN, ApplicationWithdrawn
from payment.settlement.store import MoneyReceived
from sqlalchemy import func, select

from contracts import payment as contract

BOTH = pytest.mark.parametrize("method", ["wechat", "alipay"])


def paid_orders(counter) -> list[str]:
    return [event.order_id for event in counter.harness.events(contract.ORDER_PAID)]


def transactions(counter) -> int:
    with counter.harness.uow() as uow:
        return uow.session.scalar(select(func.count()).select_from(MoneyReceived))


@pytest.mark.requirement("P-02")
@pytest.mark.requirement("P-06")
@BOTH
def test_a_signed_callback_pays_the_order(counter, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    assert counter.pay(payment).state == "started"
    [callback] = counter.notices()
    reply = counter.call_back(callback)
    assert reply.status == 200
    assert ("SUCCESS" in reply.body) if method == "wechat" else (reply.body == "success")
    now = counter.order(order.application_id)
    assert now.state == "paid"
    assert (now.payments[0].state, now.payments[0].received_amount) == ("succeeded", 30_000)
    [event] = counter.harness.events(contract.ORDER_PAID)
    assert (event.order_id, event.amount, event.method, event.payment_id) == (
        order.order_id,
        30_000,
        method,
        payment.payment_id,
    )
    assert counter.balances() == {f"clearing_{method}": 30_000, "fees": -30_000}


@pytest.mark.requirement("P-02")
@BOTH
def test_a_repeated_callback_changes_nothing(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method), times=3)
    callbacks = counter.notices()
    assert len(callbacks) == 3
    replies = {counter.call_back(callback).status for callback in [*callbacks, *callbacks]}
    assert replies == {200}
    assert paid_orders(counter) == [order.order_id]
    assert transactions(counter) == 1
    assert counter.balances() == {f"clearing_{method}": 30_000, "fees": -30_000}


@pytest.mark.requirement("S-01")
def test_the_same_callback_many_times_at_once_counts_once(counter) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order), times=8)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(counter.call_back, counter.notices()))
    assert {reply.status for reply in replies} == {200}
    assert paid_orders(counter) == [order.order_id]
    assert counter.balances() == {"clearing_wechat": 30_000, "fees": -30_000}


@pytest.mark.requirement("P-02")
@BOTH
@pytest.mark.parametrize("amount", [1, 29_999, 30_001])
def test_a_wrong_amount_leaves_the_order_unpaid_and_the_money_visible(counter, method: str, amount: int) -> None:
    order = counter.ordered()
    payment = counter.paid(order, method, amount=amount)
    now = counter.order(order.application_id)
    assert now.state == "pending"
    shown = counter.payment(payment)
    assert (shown.state, shown.received_amount, shown.problem) == ("mismatched", amount, "payment_amount_mismatch")
    assert paid_orders(counter) == []
    [fact] = counter.audited("payment.suspend")
    assert (fact["asked"], fact["received"]) == (30_000, amount)
    assert counter.balances() == {
        f"clearing_{method}": amount,
        "suspense": -amount,
        "receivable": 30_000,
        "fees": -30_000,
    }


@pytest.mark.requirement("P-02")
def test_after_a_wrong_amount_the_order_can_still_be_paid(counter) -> None:
    order = counter.ordered()
    wrong = counter.paid(order, amount=1)
    right = counter.paid(order)
    assert wrong.payment_id != right.payment_id
    assert counter.order(order.application_id).state == "paid"
    assert counter.balances() == {"clearing_wechat": 30_001, "suspense": -1, "fees": -30_000}


@pytest.mark.requirement("P-02")
@BOTH
def test_a_forged_callback_is_refused_and_leaves_no_trace(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method), forged=True)
    [callback] = counter.notices()
    with pytest.raises(Problem, match="callback_invalid") as refused:
        counter.call_back(callback)
    assert refused.value.status == 401
    assert counter.order(order.application_id).state == "pending"
    assert transactions(counter) == 0


@pytest.mark.requirement("P-02")
@BOTH
def test_an_altered_callback_is_refused(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method), amount=1)
    [callback] = counter.notices()
    body = callback.body.replace("total_amount=0.01", "total_amount=300.00").replace("TRANSACTION", "TRANSACTIOM")
    assert body != callback.body
    with pytest.raises(Problem, match="callback_invalid"):
        counter.call_back(callback.model_copy(update={"body": body}))
    assert counter.order(order.application_id).state == "pending"


@pytest.mark.requirement("P-02")
@BOTH
def test_a_correctly_signed_callback_of_long_ago_is_refused(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method), stale=True)
    [callback] = counter.notices()
    with pytest.raises(Problem, match="callback_stale"):
        counter.call_back(callback)
    assert counter.order(order.application_id).state == "pending"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, ""),
        ({}, "{}"),
        ({"Wechatpay-Serial": "0BAD"}, "{}"),
        ({"Wechatpay-Signature-Type": "RSA1", "Wechatpay-Timestamp": "soon", "Wechatpay-Signature": "%%"}, "\x00"),
    ],
)
@pytest.mark.parametrize("name", ["wechatpay", "alipay"])
def test_rubbish_is_refused(counter, name: str, headers: dict[str, str], body: str) -> None:
    from contracts.simulator import MERCHANT

    genuine = {"Wechatpay-Serial": MERCHANT["REGISTRY_WECHATPAY_PUBLIC_KEY_ID"]}
    callback = contract.ProviderCallback(provider=name, headers={**genuine, **headers}, body=body)
    with pytest.raises(Problem, match=r"callback_invalid|request_invalid"):
        counter.call_back(callback)


@pytest.mark.requirement("P-02")
def test_a_callback_that_names_an_unknown_key_makes_us_ask_nobody(counter, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    counter.pay(counter.start(counter.ordered()))
    [callback] = counter.notices()
    asked: list[str] = []
    monkeypatch.setattr(requests, "get", lambda url, **_: asked.append(url))
    headers = {**callback.headers, "Wechatpay-Serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"}
    with pytest.raises(Problem, match="callback_invalid"):
        counter.call_back(callback.model_copy(update={"headers": headers}))
    assert asked == []


@pytest.mark.requirement("P-02")
@BOTH
def test_a_callback_for_a_payment_we_do_not_know_is_to_be_repeated(counter, method: str) -> None:
    facts = {"scene": "qr", "amount": 30_000, "description": "?", "notify_url": "http://nowhere", "expires_at": 9e9}
    trade = counter.books.open_trade(method, "pmt-of-another-system", **facts)
    counter.books.add_notices(counter.books.pay(trade, 30_000), 1, delay=0, forged=False, stale=False)
    [callback] = counter.notices()
    with pytest.raises(Problem, match="payment_unknown") as refused:
        counter.call_back(callback)
    assert refused.value.status == 404
    assert transactions(counter) == 0


@pytest.mark.requirement("P-02")
def test_a_callback_with_lower_case_headers_is_understood(counter) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order))
    [callback] = counter.notices()
    lower = {name.lower(): value for name, value in callback.headers.items()}
    assert counter.call_back(callback.model_copy(update={"headers": lower})).status == 200
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-02")
@BOTH
def test_money_for_a_withdrawn_application_is_kept_for_return(counter, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    counter.pay(payment)
    withdrawn = ApplicationWithdrawn(
        application_id=order.application_id,
        account_id=order.account_id,
        kind="work",
        type="work_registration",
        form_code="Z11",
        title=order.title,
        serial_number=order.serial_number,
        withdrawn_at=datetime.now(UTC),
        reason="",
    )
    counter.harness.deliver(APPLICATION_WITHDRAWN, withdrawn)
    [callback] = counter.notices()
    assert counter.call_back(callback).status == 200
    assert counter.order(order.application_id).state == "cancelled"
    shown = counter.payment(payment)
    assert (shown.state, shown.problem) == ("succeeded", "order_not_payable")
    assert paid_orders(counter) == []
    assert len(counter.audited("payment.suspend")) == 1
    assert counter.balances() == {f"clearing_{method}": 30_000, "suspense": -30_000}


@pytest.mark.requirement("P-02")
def test_an_order_paid_with_both_providers_is_paid_once(counter) -> None:
    order = counter.ordered()
    wechat, alipay = counter.start(order), counter.start(order, "alipay")
    counter.pay(wechat)
    counter.pay(alipay)
    for callback in counter.notices():
        counter.call_back(callback)
    assert paid_orders(counter) == [order.order_id]
    problems = {counter.payment(payment).problem for payment in (wechat, alipay)}
    assert problems == {None, "order_not_payable"}
    assert counter.balances() == {
        "clearing_wechat": 30_000,
        "clearing_alipay": 30_000,
        "fees": -30_000,
        "suspense": -30_000,
    }
