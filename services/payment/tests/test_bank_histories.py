"""However a bank's bookings come in (in pieces, twice, in another order, between callbacks and refunds), each is kept
once, and every fen is somewhere."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.payment import OrderView
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from payment.refunds.store import Refund
from payment.statements.model import Row, Stand, places
from payment.statements.store import BankRow
from sqlalchemy import select

from .test_statements import CASHIER, account, decide, row, rows, take

__all__ = ["account"]  # pytest takes the fixture from here

FEE = 30_000
BEA = staff_actor("cashier", id="acc-cashier-bea")


@dataclass(frozen=True)
class Booked:
    """What the bank has booked. ``about``: which order's number the payer wrote down; None for none."""

    amount: int
    about: int | None
    payer: str
    day: str


class Bank:
    """Orders, what the bank booked for them, and the files that cashiers get of it."""

    def __init__(self, counter: Any, booked: Sequence[Booked], orders: int = 2) -> None:
        self.counter = counter
        self.orders: list[OrderView] = [counter.ordered() for _ in range(orders)]
        self.booked = booked
        self.charged: set[str] = set()
        self.sent: set[int] = set()

    def note(self, one: Booked) -> str:
        return "来款" if one.about is None else f"登记费 {self.orders[one.about].serial_number}"

    def file(self, picked: Iterable[int]) -> bytes:
        """Some bookings, in this order, without the balances between them."""
        self.sent.update(picked)
        lines = ["记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"]
        for one in (self.booked[at] for at in picked):
            lines.append(f"{one.day},CNY,{one.amount / 100:.2f},,转账,{one.payer},{self.note(one)}")
        return "\n".join(lines).encode()

    def send(self, picked: Sequence[int]) -> None:
        take(self.counter, self.file(picked))

    def call_back(self, at: int) -> None:
        order = self.orders[at]
        with suppress(Problem):
            payment = self.counter.start(order)
            if payment.payment_id not in self.charged:
                self.charged.add(payment.payment_id)
                self.counter.pay(payment)
        for notice in self.counter.notices():
            self.counter.call_back(notice)

    def withdraw(self, at: int) -> None:
        self.counter.withdraw(self.orders[at].application_id)

    def decide(self, step: str) -> None:
        """A cashier takes the first row that waits."""
        for one in rows(self.counter, state="waiting")[:1]:
            more: dict[str, Any] = {"note": "查过"}
            if step == "assign":
                candidates = row(self.counter, one.row_id).candidates
                more["order_ids"] = [candidate.order_id for candidate in candidates[:1]]
            with suppress(Problem):
                decide(self.counter, one.row_id, step, **more)

    def refund(self) -> None:
        """What is held is asked for by one cashier, and approved by another."""
        for held in self.counter.refunds("held", CASHIER):
            with suppress(Problem):
                self.counter.ask(CASHIER, refund_id=held.refund_id)
        for asked in self.counter.refunds("to_approve", BEA):
            with suppress(Problem):
                self.counter.decide(asked.refund_id, "approve", BEA)
        self.counter.carry()


def kept(counter: Any) -> list[BankRow]:
    with counter.harness.uow() as uow:
        return list(uow.session.scalars(select(BankRow)))


def check(bank: Bank) -> None:
    """Each booking is a row, once, as the bank said it; books, rows and refunds say the same, to the fen."""
    counter, found = bank.counter, kept(bank.counter)
    sent = [bank.booked[at] for at in sorted(bank.sent)]
    said = Tally((one.booked_on.isoformat(), one.amount, one.payer, one.note) for one in found)
    assert said == Tally((one.day, one.amount, one.payer, f"{bank.note(one)}\n转账") for one in sent)
    books = counter.balances()
    assert sum(books.values()) == 0
    counted = sum(one.amount for one in found if one.state in ("settled", "returned"))
    assert books.get("clearing_bank", 0) == counted
    with counter.harness.uow() as uow:
        refunds = list(uow.session.scalars(select(Refund)))
    gone = sum(one.amount for one in refunds if one.state == "done")
    held = sum(one.amount for one in refunds if one.state not in ("done", "asked", "refused", "divided"))
    came = sum(one.amount for one in found if one.amount > 0) + len(bank.charged) * FEE
    unmatched = sum(one.amount for one in found if one.amount > 0 and one.state in ("waiting", "explained"))
    owed = sum(order.amount for order in map(counter.order, (one.application_id for one in bank.orders)) if owes(order))
    assert books.get("receivable", 0) == owed
    assert came == -books.get("fees", 0) - owed + gone + held + unmatched, "in = fees + refunds + unmatched"
    assert -books.get("suspense", 0) - books.get("refunds_sent", 0) == held


def owes(order: OrderView) -> bool:
    return order.state == "pending"


booked = st.builds(
    Booked,
    amount=st.sampled_from([FEE, FEE, FEE, FEE // 3, FEE + 100, -500]),
    about=st.sampled_from([0, 1, None]),
    payer=st.sampled_from(["张三", "李四"]),
    day=st.sampled_from(["2026-11-20", "2026-11-20", "2026-11-21"]),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Booked], list[Any]]:
    """Bookings, and in which pieces and order files say them; other things happen between. Where bookings are alike,
    a last file has them all: pieces of them cannot be told apart."""
    truth = draw(st.lists(booked, min_size=1, max_size=5))
    everything = range(len(truth))
    piece = st.lists(st.sampled_from(everything), unique=True, min_size=1)
    step = st.one_of(
        st.tuples(st.just("send"), piece),
        st.tuples(st.just("send"), piece),
        st.tuples(st.just("call_back"), st.sampled_from([0, 1])),
        st.tuples(st.just("withdraw"), st.sampled_from([0, 1])),
        st.tuples(st.just("decide"), st.sampled_from(["assign", "return", "explain"])),
        st.tuples(st.just("refund")),
    )
    steps = draw(st.lists(step, max_size=6))
    if len(set(truth)) < len(truth) or draw(st.booleans()):
        steps.append(("send", draw(st.permutations(everything))))
    return truth, steps


A, B = (Booked(FEE, about, "张三", "2026-11-20") for about in (0, 1))


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-05")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
@example(history=([A, B], [("send", [1]), ("send", [0, 1])]))
@example(history=([A, B], [("send", [1]), ("send", [0])]))
@example(history=([A, A], [("send", [0]), ("refund",), ("send", [1, 0])]))
@example(history=([A, B], [("call_back", 0), ("send", [0, 1]), ("decide", "return"), ("refund",), ("withdraw", 1)]))
def test_each_booking_is_kept_once_and_every_fen_is_somewhere(
    counter: Any, history: tuple[list[Booked], list[Any]]
) -> None:
    truth, steps = history
    counter.harness.as_owner("TRUNCATE orders, money_received, ledger_entries, bank_statements CASCADE")
    bank = Bank(counter, truth)
    for name, *arguments in steps:
        getattr(bank, name)(*arguments)
    check(bank)


def said(note: str, *, payer: str = "张三", balance: int | None = None, reference: str = "") -> Row:
    return Row("2026-11-20", FEE, "CNY", 1, reference=reference, payer=payer, note=note, balance=balance)


FIRST = Stand(0, "张三", "登记费 A", 100)


@pytest.mark.requirement("P-03")
@pytest.mark.parametrize(
    ("file", "known", "expected"),
    [
        ([said("登记费 A")], [FIRST], [0]),
        ([said("登记费 B", balance=200)], [FIRST], [1]),
        ([said("登记费 B", balance=100)], [FIRST], [0]),
        ([said("登记费 B", reference="R1")], [FIRST], [0]),
        ([said("登记费 A 作品")], [FIRST], [0]),
        ([said("登记费 A 作品", payer="李四")], [FIRST], [1]),
        ([said("登记费 B", balance=200), said("登记费 A", balance=100)], [FIRST], [1, 0]),
        ([said("登记费 A", balance=200), said("登记费 A", balance=100)], [FIRST], [1, 0]),
        ([said("登记费 A")] * 2, [FIRST, Stand(1, "张三", "登记费 A", 200)], [0, 1]),
        ([said("登记费 A")] * 3, [], [0, 1, 2]),
    ],
    ids=[
        "same",
        "other",
        "corrected",
        "by reference",
        "completed",
        "other payer",
        "turned",
        "by balance",
        "two",
        "new",
    ],
)
def test_rows_alike_are_told_apart_by_what_they_say(file: list[Row], known: list[Stand], expected: list[int]) -> None:
    assert places(file, known) == expected
