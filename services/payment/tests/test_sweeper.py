"""The sweeper: payments whose callback never came are found by asking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from payment.providers.model import poll_delay
from payment.providers.store import Payment
from sqlalchemy import update

from contracts import payment as contract

BOTH = pytest.mark.parametrize("method", ["wechat", "alipay"])


def make_due(counter, **values: object) -> None:
    with counter.harness.uow() as uow:
        uow.session.execute(update(Payment).values(next_poll_at=uow.now(), **values))


@pytest.mark.requirement("P-02")
@pytest.mark.requirement("S-01")
@BOTH
def test_a_lost_callback_is_made_up_for_by_asking(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method), times=0)
    assert counter.notices() == []
    make_due(counter)
    assert counter.harness.sweep("ask_providers") == 1
    assert counter.order(order.application_id).state == "paid"
    assert counter.balances() == {f"clearing_{method}": 30_000, "fees": -30_000}


@pytest.mark.requirement("P-02")
@BOTH
def test_a_callback_after_the_question_changes_nothing(counter, method: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, method))
    make_due(counter)
    counter.harness.sweep("ask_providers")
    [late] = counter.notices()
    assert counter.call_back(late).status == 200
    assert len(counter.harness.events(contract.ORDER_PAID)) == 1
    assert counter.balances(order) == {f"clearing_{method}": 30_000, "fees": -30_000}


@pytest.mark.requirement("P-02")
@BOTH
def test_asking_finds_a_wrong_amount_too(counter, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    counter.pay(payment, times=0, amount=5)
    make_due(counter)
    counter.harness.sweep("ask_providers")
    assert counter.payment(payment).state == "mismatched"
    assert counter.order(order.application_id).state == "pending"


@BOTH
def test_an_unpaid_payment_stays_open_and_is_asked_about_less_often(counter, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    make_due(counter)
    assert counter.harness.sweep("ask_providers") == 1
    assert counter.harness.sweep("ask_providers") == 0
    assert counter.payment(payment).state == "started"
    assert poll_delay(1) < poll_delay(3) <= poll_delay(50) == timedelta(minutes=10)


@BOTH
def test_an_expired_payment_is_closed(counter, method: str) -> None:
    order = counter.ordered()
    payment = counter.start(order, method)
    with counter.harness.uow() as uow:
        past = uow.now() - timedelta(seconds=1)
    make_due(counter, expires_at=past)
    counter.harness.sweep("ask_providers")
    assert counter.payment(payment).state == "closed"
    assert counter.start(order, method).payment_id != payment.payment_id


@pytest.mark.requirement("P-02")
def test_the_code_of_a_second_provider_is_closed_once_the_order_is_paid(counter) -> None:
    order = counter.ordered()
    unused = counter.start(order)
    counter.paid(order, "alipay")
    counter.harness.sweep("ask_providers")
    assert counter.payment(unused).state == "closed"
    assert counter.books.find(unused.payment_id).state == "CLOSED"


@pytest.mark.requirement("P-03")
def test_a_remittance_begun_is_closed_once_the_order_is_paid_otherwise(counter) -> None:
    order = counter.ordered()
    remittance = counter.start(order, "bank")
    counter.paid(order)
    assert counter.payment(remittance).state == "closed"
    assert counter.harness.sweep("ask_providers") == 0


@pytest.mark.requirement("S-01")
def test_a_provider_that_is_away_is_asked_again_later(counter, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    order = counter.ordered()
    counter.pay(counter.start(order), times=0)
    with monkeypatch.context() as away:
        away.setattr(requests, "get", lambda *_, **__: (_ for _ in ()).throw(requests.ConnectionError()))
        make_due(counter)
        assert counter.harness.sweep("ask_providers") == 1
    assert counter.order(order.application_id).state == "pending"
    make_due(counter)
    counter.harness.sweep("ask_providers")
    assert counter.order(order.application_id).state == "paid"
