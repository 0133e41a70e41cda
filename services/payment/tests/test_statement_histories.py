"""Whatever statements come, overlapping, repeated and out of order, beside payments by phone and cases that end: each
row is counted once, and every fen that came is a fee, on its way back, or waits."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contracts import payment as contract

from .conftest import FEE_OF_A_CASE as FEE
from .test_statements import account, csv, decide, rows, take

__all__ = ["account"]
ORDERS = 3
DAYS = count()
"""Each history has a day of the bank's for itself: equal rows of a day are told apart by their order."""
AMOUNTS = {"exact": FEE, "part": 10_000, "over": FEE + 5_000, "nobody": 700, "out": -900}

steps = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.integers(0, ORDERS - 1), st.sampled_from(sorted(AMOUNTS))),
        st.tuples(st.just("state"), st.integers(1, 6)),
        st.tuples(st.just("pay"), st.integers(0, ORDERS - 1)),
        st.tuples(st.just("withdraw"), st.integers(0, ORDERS - 1)),
        st.tuples(st.just("clear")),
    ),
    max_size=12,
)


class BankHistory:
    """The office's account as the bank has it, and what cashiers and payers do."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.mark = new_id("account")[-8:]
        self.day = f"{date(2020, 1, 1) + timedelta(days=next(DAYS))}"
        self.before = counter.balances()
        self.orders = [counter.ordered() for _ in range(ORDERS)]
        self.booked: list[tuple[str, str, str]] = []
        self.by_phone = 0

    def book(self, order: int, kind: str) -> None:
        """The bank books a row; no two have the same words."""
        number = "" if kind in ("nobody", "out") else self.orders[order].serial_number
        self.booked.append((f"{AMOUNTS[kind] / 100:.2f}", "张三", f"{number} {self.mark} 第{len(self.booked)}笔"))

    def state(self, length: int) -> None:
        """The bank gives a statement of its day so far, or an older one once more."""
        if part := self.booked[:length]:
            take(self.counter, csv(*part, day=self.day))

    def pay(self, order: int) -> None:
        with suppress(Problem):
            self.counter.paid(self.orders[order])
            self.by_phone += FEE

    def withdraw(self, order: int) -> None:
        self.counter.withdraw(self.orders[order].application_id)

    def clear(self) -> None:
        """A cashier is done with whatever waits."""
        for waiting in self.rows("waiting"):
            decide(self.counter, waiting.row_id, *(("explain",) if waiting.amount < 0 else ("return",)), note="查过")

    def rows(self, state: str) -> list[Any]:
        return rows(self.counter, state=state, text=self.mark, limit=200)

    def books(self) -> dict[str, int]:
        """What this history has changed in them."""
        now = self.counter.balances()
        return {name: now.get(name, 0) - self.before.get(name, 0) for name in {*now, *self.before}}


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-05")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
@example(steps=[("book", 0, "exact"), ("state", 1), ("state", 1), ("book", 0, "exact"), ("state", 2), ("clear",)])
@example(steps=[("book", 0, "exact"), ("pay", 0), ("state", 6), ("withdraw", 0), ("clear",)])
@example(steps=[("book", 1, "exact"), ("withdraw", 1), ("state", 6), ("clear",), ("book", 1, "part"), ("state", 6)])
def test_every_row_counts_once_and_every_fen_is_somewhere(counter: Any, steps: list[Any]) -> None:
    history = BankHistory(counter)
    for name, *arguments in steps:
        getattr(history, name)(*arguments)
    history.state(len(history.booked))
    check(history)
    history.clear()
    check(history)
    assert history.rows("waiting") == []


def check(history: BankHistory) -> None:
    """Rows, ledger and orders say the same."""
    counter = history.counter
    kept = {state: history.rows(state) for state in ("waiting", "settled", "returned", "explained")}
    assert sum(len(found) for found in kept.values()) == len(history.booked), "each row of the bank once"
    assert sum(row.amount for found in kept.values() for row in found) == sum(
        round(float(amount) * 100) for amount, _, _ in history.booked
    )
    books = history.books()
    assert sum(books.values()) == 0
    entered = sum(row.amount for row in (*kept["settled"], *kept["returned"]))
    assert books.get("clearing_bank", 0) == entered, "what waits is not in the books; what is settled is, once"
    assert books.get("clearing_wechat", 0) == history.by_phone
    earned = -books.get("fees", 0)
    owed = books.get("receivable", 0)
    held = -books.get("suspense", 0)
    assert earned - owed + held == entered + history.by_phone, "money in = fees + what goes back"
    for order in history.orders:
        told = [event for event in counter.harness.events(contract.ORDER_PAID) if event.order_id == order.order_id]
        assert len(told) <= 1
