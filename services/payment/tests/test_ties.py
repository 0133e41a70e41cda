"""Money that keeps an account open: an unpaid order, and what is on its way back to its payer."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person, service_actor
from contracts.ties import ACCOUNT_TIES, ReadTies

from .test_refunds import surplus

pytestmark = pytest.mark.requirement("I-12")


def ties(counter: Any, actor: Any = None, account: str = "acc-person") -> dict[str, int]:
    caller = actor or service_actor("identity")
    found = counter.harness.call(ACCOUNT_TIES["payment"], ReadTies(account_id=account), caller)
    return {tie.kind: tie.count for tie in found.items}


def test_an_order_holds_until_it_is_paid(counter: Any) -> None:
    assert ties(counter) == {}
    order = counter.ordered()
    assert ties(counter) == ties(counter, person()) == {"order": 1}
    assert ties(counter, account="acc-other") == {}
    with pytest.raises(Problem, match="forbidden"):
        ties(counter, person("acc-other"))
    counter.paid(order)
    assert ties(counter) == {}


def test_money_that_came_twice_holds_until_it_is_returned(counter: Any) -> None:
    surplus(counter)
    assert ties(counter) == {"refund": 1}
