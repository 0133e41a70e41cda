"""The fee of a promised day: charged on the grant, returned where it was not earned, whatever comes twice or late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.ids import new_id
from chassis.testing import staff_actor
from contracts.expedite import EXPEDITE_ADVANCED, ExpediteAdvanced
from payment.orders.model import expedite_is_unearned
from sqlalchemy import text

from contracts import payment as contract

pytestmark = pytest.mark.requirement("F-16")


@pytest.fixture
def hurried(counter: Any) -> Any:
    """Filing's side of a request, at a counter whose tariff has its fee."""
    counter.harness.sweep("offer_in_sandbox")
    application_id, expedite_id = new_id("app"), new_id("exp")

    def advance(previous: str | None, state: str, **changes: Any) -> str:
        facts: dict[str, Any] = {
            "expedite_id": expedite_id,
            "application_id": application_id,
            "account_id": "acc-person",
            "kind": "work",
            "title": "《城南旧事新编》",
            "serial_number": "2026Z11S000777",
            "applicant_name": "张三",
            "tier": "days_3",
            "tier_zh": "3个工作日",
            "tier_en": "3 working days",
            "working_days": 3,
            "tariff": "expedite_3",
            "previous": previous,
            "state": state,
            "advanced_at": datetime.now(UTC),
            "pay_by": date(2099, 1, 5),
        }
        event = ExpediteAdvanced.model_validate(facts | changes)
        counter.harness.deliver(EXPEDITE_ADVANCED, event)
        return application_id

    return advance


def order(counter: Any, application_id: str) -> Any:
    request = contract.GetOrder(application_id=application_id, purpose="expedite")
    from chassis.testing import person

    return counter.harness.call(contract.GET_ORDER, request, person())


def said(counter: Any, event: Any) -> list[Any]:
    return [one for one in counter.harness.events(event) if one.purpose == "expedite"]


def test_a_grant_is_charged_once_and_paid_like_any_order(counter: Any, hurried: Any) -> None:
    case = hurried(None, "requested")
    assert counter.harness.events(contract.ORDER_CREATED) == []
    hurried("requested", "granted")
    hurried("requested", "granted")
    opened = order(counter, case)
    assert (opened.purpose, opened.amount, opened.state, opened.pay_by) == (
        "expedite",
        80_000,
        "pending",
        date(2099, 1, 5),
    )
    assert len(said(counter, contract.ORDER_CREATED)) == 1
    counter.paid(opened)
    [paid] = said(counter, contract.ORDER_PAID)
    assert (paid.application_id, paid.amount) == (case, 80_000)
    hurried("granted", "active")
    hurried("active", "kept")
    assert order(counter, case).state == "paid"
    assert counter.balances()["fees"] == -80_000


def test_it_stands_beside_the_fee_of_registration(counter: Any, hurried: Any) -> None:
    case = hurried("requested", "granted")
    counter.submitted(application_id=case)
    assert (counter.order(case).purpose, order(counter, case).purpose) == ("registration", "expedite")


@pytest.mark.parametrize("twice", [False, True])
def test_a_missed_promise_makes_the_fee_returnable_once(counter: Any, hurried: Any, twice: bool) -> None:
    case = hurried("requested", "granted")
    counter.paid(order(counter, case))
    for _ in range(1 + twice):
        hurried("active", "missed")
    back = order(counter, case)
    assert back.state == "returning"
    assert [(refund.amount, refund.because) for refund in back.refunds] == [(80_000, "expedite_unearned")]
    [told] = counter.harness.events(contract.MONEY_HELD)
    assert told.because == "expedite_unearned"
    assert (counter.balances().get("fees", 0), counter.balances()["suspense"]) == (0, -80_000)


def test_the_fee_goes_back_by_two_cashiers_and_the_order_is_refunded(counter: Any, hurried: Any) -> None:
    case = hurried("requested", "granted")
    counter.paid(order(counter, case))
    hurried("active", "missed")
    [held] = order(counter, case).refunds
    first, second = staff_actor("cashier", id="acc-cashier-1"), staff_actor("cashier", id="acc-cashier-2")
    counter.ask(first, refund_id=held.refund_id, reason="加急没有按期完成")
    counter.decide(held.refund_id, "approve", second)
    counter.carry()
    assert order(counter, case).state == "refunded"


@pytest.mark.parametrize("state", ["lapsed", "ended"])
def test_what_is_not_paid_is_owed_no_more_when_its_request_ends(counter: Any, hurried: Any, state: str) -> None:
    case = hurried("requested", "granted")
    hurried("granted", state)
    hurried("granted", state)
    assert order(counter, case).state == "cancelled"
    [told] = said(counter, contract.ORDER_CANCELLED)
    assert told.reason == state
    assert counter.balances().get("receivable", 0) == 0


@pytest.mark.parametrize("state", ["lapsed", "ended"])
def test_a_payment_faster_than_the_end_of_its_request_is_given_back(counter: Any, hurried: Any, state: str) -> None:
    case = hurried("requested", "granted")
    counter.paid(order(counter, case))
    hurried("granted", state)
    assert order(counter, case).state == "returning"


def test_a_payment_after_the_end_is_returned_as_any_late_one(counter: Any, hurried: Any) -> None:
    case = hurried("requested", "granted")
    payment = counter.start(order(counter, case))
    hurried("granted", "lapsed")
    counter.pay(payment)
    for callback in counter.notices():
        counter.call_back(callback)
    back = order(counter, case)
    assert back.state == "cancelled"
    assert [refund.because for refund in back.refunds] == ["order_not_payable"]


def test_who_ends_the_case_while_the_promise_runs_has_been_hurried(counter: Any, hurried: Any) -> None:
    case = hurried("requested", "granted")
    counter.paid(order(counter, case))
    hurried("active", "ended")
    assert order(counter, case).state == "paid"


def test_a_tier_whose_fee_has_no_amount_is_not_charged_and_filing_hears_of_it(counter: Any, hurried: Any) -> None:
    hurried("requested", "granted", tariff="expedite_99")
    [told] = said(counter, contract.ORDER_CANCELLED)
    assert (told.reason, told.order_id) == ("not_offered", "")
    assert counter.harness.events(contract.ORDER_CREATED) == []


def test_a_fee_of_nothing_is_waived_at_once(counter: Any, hurried: Any) -> None:
    counter.harness.as_owner(
        "INSERT INTO tariff_rates (code, valid_from, amount, title_zh, title_en, source) "
        "VALUES ('expedite_3', DATE '2026-01-01', 0, '加急', 'Expedite', 'test') RETURNING 1"
    )
    case = hurried("requested", "granted")
    assert order(counter, case).state == "paid"
    [paid] = said(counter, contract.ORDER_PAID)
    assert (paid.method, paid.amount) == ("waived", 0)
    hurried("active", "missed")
    assert order(counter, case).state == "paid"


def test_a_second_request_after_a_lapse_has_an_order_of_its_own(counter: Any, hurried: Any) -> None:
    case = hurried("requested", "granted")
    hurried("granted", "lapsed")
    hurried("requested", "granted", expedite_id="exp-second")
    assert order(counter, case).state == "pending"
    hurried("granted", "lapsed")
    assert order(counter, case).state == "pending"


def test_an_operators_amount_is_not_touched_by_the_sandbox(counter: Any) -> None:
    assert counter.harness.sweep("offer_in_sandbox") == 3
    assert counter.harness.sweep("offer_in_sandbox") == 0


def test_production_offers_nothing_by_itself(service_harness: Any) -> None:
    harness = service_harness("payment", profile="production")
    assert harness.sweep("offer_in_sandbox") == 0
    with harness.uow() as uow:
        query = text("SELECT count(*) FROM tariff_rates WHERE code LIKE 'expedite%' AND amount IS NOT NULL")
        assert uow.session.execute(query).scalar_one() == 0


@pytest.mark.parametrize(
    ("state", "previous", "unearned"),
    [
        ("missed", "active", True),
        ("lapsed", "granted", True),
        ("ended", "granted", True),
        ("ended", "active", False),
        ("ended", "requested", False),
        ("kept", "active", False),
        ("refused", "requested", False),
        ("withdrawn", "requested", False),
    ],
)
def test_when_a_fee_is_not_earned(state: Any, previous: Any, unearned: bool) -> None:
    assert expedite_is_unearned(state, previous) is unearned
