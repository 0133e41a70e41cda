"""Cases that end while they are paid for: whatever comes in whatever order, a fee is kept for accepted cases only."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from contracts.filing import APPLICATION_LAPSED, APPLICATION_WITHDRAWN, ApplicationLapsed, ApplicationWithdrawn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from payment.providers.model import ProviderReport
from payment.returns.store import open_items
from payment.settlement.handlers import settle

from contracts import payment as contract

FEE = 30_000


@dataclass
class Case:
    """The case as filing has it: accepted once, by the first payment that finds it submitted (``filing.acceptance``).

    What filing says travels in ``to_payment``, what payment says is read from ``heard`` on; both may be late.
    """

    counter: Any
    order: contract.OrderView
    payment: contract.PaymentView
    state: str = "submitted"
    acceptance_number: str | None = None
    to_payment: deque[tuple[Any, Any]] = field(default_factory=deque)
    delivered: list[tuple[Any, Any, str]] = field(default_factory=list)
    heard: int = 0
    money: set[str] = field(default_factory=set)

    def _facts(self) -> dict[str, Any]:
        order = self.order
        return {
            "application_id": order.application_id,
            "account_id": order.account_id,
            "kind": "work",
            "type": "work_registration",
            "form_code": "Z11",
            "title": order.title,
            "serial_number": order.serial_number,
            "acceptance_number": self.acceptance_number,
        }

    def withdraw(self) -> None:
        if self.state in ("submitted", "accepted"):
            self.state = "withdrawn"
            data = ApplicationWithdrawn(**self._facts(), withdrawn_at=datetime.now(UTC), reason="")
            self.to_payment.append((APPLICATION_WITHDRAWN, data))

    def lapse(self) -> None:
        if self.state == "submitted":
            self.state = "lapsed"
            data = ApplicationLapsed(**self._facts(), lapsed_on=date(2026, 12, 24), reason="fee_not_paid")
            self.to_payment.append((APPLICATION_LAPSED, data))

    def report(self, transaction: str, source: Any) -> None:
        number = f"{self.payment.payment_id}-{transaction}"
        with self.counter.harness.uow() as uow:
            settle(ProviderReport("wechat", self.payment.payment_id, "paid", source, FEE, transaction_id=number), uow)
        self.money.add(transaction)

    def payment_hears(self) -> None:
        if self.to_payment:
            event, data = self.to_payment.popleft()
            self.delivered.append((event, data, self.counter.harness.deliver(event, data)))

    def payment_hears_again(self) -> None:
        for event, data, event_id in self.delivered:
            self.counter.harness.deliver(event, data, event_id=event_id)

    def filing_hears(self) -> None:
        said = [event for event in self.counter.harness.events(contract.ORDER_PAID) if self._mine(event)]
        if len(said) > self.heard:
            self.heard += 1
            if self.state == "submitted":
                self.state, self.acceptance_number = "accepted", "2026Z11L000001"

    def _mine(self, event: Any) -> bool:
        return bool(event.order_id == self.order.order_id)

    def do(self, step: str) -> None:
        match step:
            case "callback" | "again":
                self.report("t1", "callback")
            case "question":
                self.report("t1", "query")
            case "second":
                self.report("t2", "callback")
            case _:
                getattr(self, step)()

    def settle(self) -> None:
        """Everything that is under way arrives."""
        for _ in range(4):
            self.payment_hears()
            self.filing_hears()


STEPS = ("withdraw", "lapse", "callback", "question", "second", "payment_hears", "payment_hears_again", "filing_hears")


@pytest.mark.requirement("P-02")
@pytest.mark.requirement("P-05")
@pytest.mark.requirement("S-01")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=10))
@example(steps=["withdraw", "callback", "payment_hears"])
@example(steps=["lapse", "question", "filing_hears", "payment_hears", "callback"])
@example(steps=["callback", "withdraw", "filing_hears", "payment_hears", "second"])
@example(steps=["callback", "filing_hears", "withdraw", "payment_hears", "payment_hears_again"])
@example(steps=["withdraw", "payment_hears", "callback", "second"])
def test_a_fee_is_kept_for_accepted_cases_only(counter: Any, steps: Sequence[str]) -> None:
    order = counter.ordered()
    case = Case(counter, order, counter.start(order))
    for step in steps:
        case.do(step)
    case.settle()
    books = counter.balances(order)
    assert sum(books.values()) == 0
    came, earned = FEE * len(case.money), FEE if case.acceptance_number else 0
    expected = {"clearing_wechat": came, "fees": -earned, "suspense": earned - came}
    if case.state == "submitted":
        expected |= {"receivable": FEE, "fees": -FEE, "suspense": 0}
    assert books == {account: amount for account, amount in expected.items() if amount}
    assert (counter.order(order.application_id).state == "paid") == (earned > 0)
    with counter.harness.uow() as uow:
        items = [item for item in open_items(uow.session) if item.order_id == order.order_id]
    assert sum(item.amount for item in items) == came - earned
    told = [event for event in counter.harness.events(contract.MONEY_HELD) if event.order_id == order.order_id]
    assert len(told) == len(items)
    paid = [event for event in counter.harness.events(contract.ORDER_PAID) if event.order_id == order.order_id]
    assert len(paid) <= 1


@pytest.mark.requirement("P-02")
def test_a_case_withdrawn_while_its_callback_was_under_way_gets_its_money_back(counter: Any) -> None:
    order = counter.ordered()
    case = Case(counter, order, counter.start(order))
    case.withdraw()
    case.report("t1", "callback")
    assert counter.order(order.application_id).state == "paid"
    case.payment_hears()
    assert counter.order(order.application_id).state == "returning"
    assert counter.balances(order) == {"clearing_wechat": FEE, "suspense": -FEE}
    [held] = counter.harness.events(contract.MONEY_HELD)
    assert (held.amount, held.because) == (FEE, "case_ended")
    counter.harness.sweep("issue_receipts")
    assert counter.order(order.application_id).receipt is None
