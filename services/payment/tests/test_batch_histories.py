"""Whatever works of a batch end, before and after its payment: it is told of once, and every fen is somewhere."""

from __future__ import annotations

from collections import Counter as Tally
from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.batches import BATCH_ORDER_CANCELLED, BATCH_ORDER_CREATED, BATCH_ORDER_PAID
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .conftest import FEE_OF_A_CASE as FEE

WORKS = 4
ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))

steps = st.lists(
    st.one_of(
        st.tuples(st.just("withdraw"), st.integers(0, WORKS - 1)),
        st.tuples(st.just("start"), st.sampled_from(["wechat", "alipay"])),
        st.tuples(st.just("pay"), st.booleans()),
        st.tuples(st.just("ask"), st.integers(1, WORKS), st.sampled_from([100, FEE])),
        st.tuples(st.just("approve")),
        st.tuples(st.just("carry")),
    ),
    max_size=12,
)


class BatchHistory:
    """The order of one batch, and what its organisation, cashiers and the provider do about it."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.order = counter.batch(WORKS)
        self.works: list[str] = counter.works_of(self.order)
        self.payments: list[Any] = []
        self.charged: list[Any] = []
        self.ended: list[str] = []
        self.open_at_payment: list[str] | None = None

    def withdraw(self, number: int) -> None:
        self.counter.withdraw(self.works[number])
        self.ended.append(self.works[number])

    def start(self, method: str) -> None:
        with suppress(Problem):
            self.payments.append(self.counter.start(self.order, method))

    def pay(self, again: bool) -> None:
        for payment in {one.payment_id: one for one in self.payments}.values():
            if payment.payment_id not in {one.payment_id for one in self.charged}:
                self.counter.pay(payment)
                self.charged.append(payment)
        notices = self.counter.notices()
        before = self.state()
        for notice in notices * (1 + again):
            self.counter.call_back(notice)
        if before == "pending" and self.state() != "pending":
            self.open_at_payment = [work for work in self.works if work not in self.ended]

    def ask(self, line: int, amount: int) -> None:
        with suppress(Problem):
            self.counter.ask(ANN, order_id=self.order.order_id, lines=[{"line": line, "amount": amount}])

    def approve(self) -> None:
        for refund in self.counter.refunds("held", ANN):
            with suppress(Problem):
                self.counter.ask(ANN, refund_id=refund.refund_id)
        for refund in self.counter.refunds("to_approve", BEA):
            with suppress(Problem):
                self.counter.decide(refund.refund_id, "approve", BEA)

    def carry(self) -> None:
        self.counter.carry()
        for notice in self.counter.notices():
            self.counter.call_back(notice)

    def state(self) -> str:
        return str(self.counter.order(self.works[0]).state)

    def said(self, event: Any) -> list[Any]:
        return [one for one in self.counter.harness.events(event) if one.batch_id == self.order.batch_id]


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("F-15")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
@example(steps=[("withdraw", 1), ("start", "wechat"), ("pay", True), ("withdraw", 2), ("approve",), ("carry",)])
@example(steps=[("start", "wechat"), *(("withdraw", number) for number in range(WORKS)), ("pay", False)])
@example(steps=[("start", "wechat"), ("start", "alipay"), ("withdraw", 0), ("pay", True), ("withdraw", 0)])
def test_whatever_ends_a_batch_is_told_of_once_and_every_fen_is_somewhere(counter: Any, steps: list[Any]) -> None:
    history = BatchHistory(counter)
    for name, *arguments in steps:
        getattr(history, name)(*arguments)
    history.approve()
    history.carry()
    check(history)


def check(history: BatchHistory) -> None:
    """Events, ledger and provider say the same of the batch."""
    books = history.counter.balances(history.order)
    trades = [history.counter.books.trade(one.method, one.payment_id) for one in history.charged]
    came = FEE * WORKS * len(history.charged)
    back = sum(one.amount for trade in trades for one in history.counter.books.refunds_of(trade))
    held = -books.get("suspense", 0) - books.get("refunds_sent", 0)
    assert sum(books.values()) == 0
    assert len(history.said(BATCH_ORDER_CREATED)) == 1
    assert back <= came
    told = history.said(BATCH_ORDER_PAID)
    if history.open_at_payment is None or not history.open_at_payment:
        assert told == []
        cancelled = set(history.ended) == set(history.works)
        assert len(history.said(BATCH_ORDER_CANCELLED)) == cancelled
        assert -books.get("fees", 0) == (0 if cancelled else FEE * WORKS)
        assert held + back == came, "what came for an order that is owed no more is its payer's"
        return
    assert [[work.application_id for work in one.works] for one in told] == [history.open_at_payment]
    assert history.said(BATCH_ORDER_CANCELLED) == []
    kept = -books.get("fees", 0)
    assert kept + held + back == came, "money in = fees + refunds + held"
    assert kept <= FEE * (WORKS - len(set(history.ended))), "no fee is kept of a work that ended"
    assert max(Tally(work.application_id for one in told for work in one.works).values()) == 1


@pytest.mark.requirement("F-15")
def test_a_thousand_works_are_ordered_and_paid_in_seconds(counter: Any) -> None:
    began = perf_counter()
    order = counter.batch(1000)
    opened = perf_counter()
    counter.paid(order)
    done = perf_counter()
    print(f"1,000 works: ordered in {opened - began:.2f} s, started and paid in {done - opened:.2f} s")
    [paid] = counter.harness.events(BATCH_ORDER_PAID)
    assert (len(paid.works), paid.amount) == (1000, 1000 * FEE)
    assert done - began < 30
