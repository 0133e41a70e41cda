"""Whatever is asked, decided, lost, repeated or killed: nothing is refunded twice and every fen is somewhere."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from payment.providers.model import ProviderUnavailable
from payment.refunds import sending
from payment.refunds.store import Refund
from payment.settlement.store import MoneyReceived
from sqlalchemy import select, update

from chassis import uow as units
from contracts import payment as contract
from contracts import refunds

FEE = 30_000
CASHIERS = tuple(staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
POINTS = ("uow.before_commit", "uow.after_commit", "refunds.claimed", "refunds.before_call", "refunds.after_call")


class Killed(BaseException):
    """The process ended here."""


@contextmanager
def dying(point: str | None) -> Iterator[None]:
    """The process ends when it comes to this point; what it had not committed is lost."""

    def failpoint(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(units, "failpoint", failpoint)
        patched.setattr(sending, "failpoint", failpoint)
        with suppress(Killed):
            yield


class History:
    """Two payments of one order, and what cashiers, the provider and accidents do about them."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.order: contract.OrderView = counter.ordered()
        self.payments = [counter.start(self.order, method) for method in ("wechat", "alipay")]
        for payment in self.payments:
            counter.pay(payment)
        self.notices: list[contract.ProviderCallback] = counter.notices()
        for notice in self.notices:
            counter.call_back(notice)

    def rows(self) -> list[Refund]:
        with self.counter.harness.uow() as uow:
            return list(uow.session.scalars(select(Refund).where(Refund.order_id == self.order.order_id)))

    def tried(self, call: Any, *args: Any, **more: Any) -> None:
        with suppress(Problem):
            call(*args, **more)

    def ask(self, who: int, amount: int) -> None:
        actor = CASHIERS[who]
        for row in self.rows():
            if row.state in ("held", "failed"):
                self.tried(self.counter.ask, actor, refund_id=row.refund_id, amount=min(amount, row.amount))
        self.tried(self.counter.ask, actor, order_id=self.order.order_id, lines=[{"line": 1, "amount": amount}])

    def decide(self, who: int, step: str) -> None:
        for row in self.rows():
            self.tried(self.counter.decide, row.refund_id, step, CASHIERS[who])

    def carry(self, point: str | None = None) -> None:
        """One round of the sweeper, which may die anywhere in it."""
        with self.counter.harness.uow() as uow:
            due = update(Refund).where(Refund.next_poll_at.is_not(None)).values(next_poll_at=uow.now())
            uow.session.execute(due)
        for _ in range(3):
            with dying(point), self.counter.harness.runtime.unit_of_work() as uow:
                sending.carry_refunds(uow)

    def hear(self, point: str | None, *, twice: bool) -> None:
        fresh = self.counter.notices()
        self.notices += fresh
        for notice in [*fresh, *(self.notices if twice else ())]:
            with dying(point):
                self.tried(self.counter.call_back, notice)

    def plan(self, outcome: str) -> None:
        for payment in self.payments:
            self.counter.books.plan(payment.payment_id, outcome)

    def calm(self) -> None:
        """The provider works again, and everything that is under way arrives."""
        self.plan("SUCCESS")
        for row in self.rows():
            if row.state == "failed":
                self.tried(self.counter.decide, row.refund_id, "send", CASHIERS[0])
        for _ in range(3 + len(self.rows())):  # a refund takes two steps, and a question more on a slow machine
            self.carry()
        self.hear(None, twice=True)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from([0, 1]), st.sampled_from([100, FEE // 2, FEE])),
        st.tuples(
            st.just("decide"), st.sampled_from([0, 1]), st.sampled_from(["approve", "approve", "decline", "send"])
        ),
        st.tuples(st.just("carry"), st.sampled_from([None, *POINTS])),
        st.tuples(st.just("hear"), st.sampled_from([None, *POINTS[:2]]), st.booleans()),
        st.tuples(st.just("plan"), st.sampled_from(["SUCCESS", "PROCESSING", "ABNORMAL", "CLOSED"])),
    ),
    max_size=12,
)
ONE = [("ask", 0, FEE), ("decide", 1, "approve")]


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("P-05")
@pytest.mark.requirement("S-01")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
@example(steps=[*ONE, ("carry", "refunds.after_call"), ("hear", "uow.before_commit", True), ("carry", None)])
@example(steps=[*ONE, ("carry", "uow.after_commit"), ("carry", "refunds.claimed"), ("carry", "refunds.before_call")])
@example(steps=[*ONE, ("plan", "CLOSED"), ("carry", None), ("plan", "SUCCESS"), ("decide", 0, "send")])
@example(steps=[*ONE, ("plan", "ABNORMAL"), ("carry", None), ("decide", 0, "send"), ("hear", None, True)])
def test_nothing_is_refunded_twice_and_every_fen_is_somewhere(counter: Any, steps: list[Any]) -> None:
    history = History(counter)
    for name, *arguments in steps:
        match name:
            case "hear":
                history.hear(arguments[0], twice=arguments[1])
            case _:
                getattr(history, name)(*arguments)
    history.calm()
    check(counter, history)


def check(counter: Any, history: History) -> None:
    """Provider, refunds and ledger say the same, to the fen."""
    rows, books = history.rows(), counter.balances(history.order)
    assert sum(books.values()) == 0
    with counter.harness.uow() as uow:
        method = {money.money_id: money.method for money in uow.session.scalars(select(MoneyReceived))}
    done = Tally[str]()
    for row in rows:
        done[method[row.money_id]] += row.amount if row.state == "done" else 0
        assert row.state not in ("approved", "sent"), "the provider works, so nothing is left under way"
    for payment in history.payments:
        trade = counter.books.trade(payment.method, payment.payment_id)
        paid = [one for one in counter.books.refunds_of(trade) if one.state == "SUCCESS"]
        assert sum(one.amount for one in paid) == done[payment.method], "once, and none that is not in the books"
        assert books.get(f"clearing_{payment.method}", 0) == FEE - done[payment.method]
    waits = sum(row.amount for row in rows if row.state in ("held", "requested", "failed"))
    assert -books.get("suspense", 0) == waits
    kept = -books.get("fees", 0)
    assert kept + sum(done.values()) + waits == 2 * FEE, "money in = fees + refunds + held"
    told = [
        event for event in counter.harness.events(refunds.ORDER_REFUNDED) if event.order_id == history.order.order_id
    ]
    assert Tally(event.refund_id for event in told) == Tally(row.refund_id for row in rows if row.state == "done")
    shown = counter.order(history.order.application_id)
    assert (shown.state in ("returning", "refunded")) == (kept == 0)


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize("point", POINTS)
def test_a_death_anywhere_leaves_one_refund(counter: Any, point: str) -> None:
    history = History(counter)
    history.ask(0, FEE)
    history.decide(1, "approve")
    for _ in range(3):
        history.carry(point)
    history.calm()
    check(counter, history)
    paid = Tally(one.out_trade_no for one in counter.provider_refunds())
    assert set(paid.values()) == {1}
    assert sum(one.amount for one in counter.provider_refunds()) == 2 * FEE


@pytest.mark.requirement("P-04")
def test_a_sender_that_takes_a_new_number_each_time_would_pay_twice(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check bites: without our number for it, an answer that is lost is paid again."""
    history = History(counter)
    history.ask(0, FEE // 2)
    history.decide(1, "approve")
    numbers = iter(range(1000))
    real = sending.RefundOrder

    def fresh(**values: Any) -> Any:
        return real(**{**values, "refund_number": f"{values['refund_number']}-{next(numbers)}"})

    monkeypatch.setattr(sending, "RefundOrder", fresh)
    history.carry("refunds.after_call")
    history.carry("refunds.after_call")
    monkeypatch.undo()
    history.calm()
    with pytest.raises(AssertionError):
        check(counter, history)


@pytest.mark.requirement("P-04")
def test_a_provider_that_does_not_answer_is_asked_again(counter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(counter)
    history.ask(0, FEE)
    history.decide(1, "approve")

    def away(*_: Any) -> Any:
        raise ProviderUnavailable("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(sending, "provider_for", away)
        history.carry()
    assert {row.state for row in history.rows()} == {"sent"}
    history.calm()
    check(counter, history)
