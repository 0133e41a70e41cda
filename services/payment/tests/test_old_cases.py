"""What the old system had reckoned is paid here like any other order, and nobody who keeps new cases hears of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person
from contracts.legacy.cases import LegacyCaseEnded, LegacyFeeDue
from contracts.legacy_bridge import LEGACY_CASE_ENDED, LEGACY_FEE_DUE

from contracts import payment as contract

pytestmark = [pytest.mark.requirement("L-01"), pytest.mark.requirement("P-01")]

CASE = f"leg-{1:032x}"


def due(**changes: Any) -> LegacyFeeDue:
    facts = {
        "application_id": CASE,
        "account_id": "acc-person",
        "title": "气象查询系统",
        "serial_number": "2019R110000001",
        "payer": "wangwei",
        "amount": 100_050,
        "pay_by": date(2030, 1, 4),
    }
    return LegacyFeeDue.model_validate(facts | changes)


def test_an_old_fee_is_one_order_and_pays_like_others(counter: Any) -> None:
    counter.harness.deliver(LEGACY_FEE_DUE, due())
    counter.harness.deliver(LEGACY_FEE_DUE, due(amount=1))
    order = counter.order(CASE)
    assert (order.amount, order.purpose, order.state) == (100_050, "old_case", "pending")
    counter.paid(order)
    assert counter.order(CASE).state == "paid"
    assert [event.amount for event in counter.harness.events(contract.LEGACY_FEE_PAID)] == [100_050]
    assert counter.harness.events(contract.ORDER_PAID) == []
    assert counter.harness.sweep("issue_receipts") == 1
    assert counter.order(CASE).receipt is not None


def test_a_stranger_sees_no_order_of_it(counter: Any) -> None:
    counter.harness.deliver(LEGACY_FEE_DUE, due())
    with pytest.raises(Problem) as refused:
        counter.order(CASE, person("acc-other"))
    assert refused.value.code == "order_pending"


def test_a_case_that_ended_owes_nothing_and_late_money_waits_for_its_payer(counter: Any) -> None:
    counter.harness.deliver(LEGACY_FEE_DUE, due())
    order = counter.order(CASE)
    payment = counter.start(order)
    ended = LegacyCaseEnded(application_id=CASE, account_id="acc-person", outcome="lapsed", ended_at=datetime.now(UTC))
    counter.harness.deliver(LEGACY_CASE_ENDED, ended)
    counter.harness.deliver(LEGACY_CASE_ENDED, ended)
    assert counter.order(CASE).state == "cancelled"
    counter.pay(payment)
    for callback in counter.notices():
        counter.call_back(callback)
    assert counter.harness.events(contract.LEGACY_FEE_PAID) == []
    assert counter.order(CASE).state == "cancelled"


def test_money_that_the_end_of_the_case_overtook_is_its_payers_again(counter: Any) -> None:
    """Paid here, but the case had lapsed before the bridge heard of it."""
    counter.harness.deliver(LEGACY_FEE_DUE, due())
    counter.paid(counter.order(CASE))
    facts = {"application_id": CASE, "account_id": "acc-person", "outcome": "lapsed", "ended_at": datetime.now(UTC)}
    counter.harness.deliver(LEGACY_CASE_ENDED, LegacyCaseEnded(unpaid=True, **facts))
    assert counter.order(CASE).state == "returning"
    assert [event.because for event in counter.harness.events(contract.MONEY_HELD)] == ["case_ended"]


def test_a_fee_that_was_heard_of_is_kept_whatever_becomes_of_the_case(counter: Any) -> None:
    counter.harness.deliver(LEGACY_FEE_DUE, due())
    counter.paid(counter.order(CASE))
    facts = {"application_id": CASE, "account_id": "acc-person", "outcome": "refused", "ended_at": datetime.now(UTC)}
    counter.harness.deliver(LEGACY_CASE_ENDED, LegacyCaseEnded(**facts))
    assert counter.order(CASE).state == "paid"
