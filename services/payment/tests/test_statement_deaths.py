"""The worker of bank statements dies at each of its commits, once just before it and once just after: every row is kept
once, every order is paid once, and people are told once."""

from __future__ import annotations

import sys
from collections import Counter as Tally
from types import FrameType
from typing import Any

import pytest
from contracts.payment import ORDER_PAID
from contracts.statements import TAKE_STATEMENT, TakeStatement
from payment.statements import importing, keeping

from chassis import uow

from .test_bank_histories import FEE, Bank, Booked, check
from .test_statements import ACCOUNT, CASHIER, account

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = [pytest.mark.requirement("P-03"), pytest.mark.requirement("S-01")]

DAY = "2026-11-20"
BOOKED = [
    Booked(FEE, 0, "张三", DAY),
    Booked(FEE, 1, "张三", DAY),
    Booked(FEE, 1, "张三", DAY),
    Booked(FEE, None, "李四", DAY),
    Booked(FEE, None, "李四", DAY),
    Booked(FEE // 3, 2, "张三", DAY),
    Booked(-500, None, "银行", DAY),
]


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


class Reaper:
    """Kills at the first, fourth and seventh time that the worker comes to a point of one of its functions."""

    def __init__(self) -> None:
        self._reached = Tally[tuple[str, str]]()
        self.deaths = Tally[tuple[str, str]]()

    def failpoint(self, name: str) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not frame.f_code.co_filename.endswith("/importing.py"):
            frame = frame.f_back
        key = (frame.f_code.co_name if frame else "lease", name)
        self._reached[key] += 1
        if self._reached[key] in (1, 4, 7):
            self.deaths[key] += 1
            raise Killed


def worked_off(counter: Any, monkeypatch: pytest.MonkeyPatch) -> Tally[tuple[str, str]]:
    """The worker, again after each death, until nothing is left; where it died."""
    reaper = Reaper()
    with monkeypatch.context() as patched:
        patched.setattr(uow, "failpoint", reaper.failpoint)
        patched.setattr(importing, "failpoint", reaper.failpoint)
        while True:
            counter.harness.as_owner(
                "UPDATE bank_statements SET leased_until = NULL, attempts = 0 WHERE state = 'reading'"
            )
            try:
                while importing.read_next(counter.harness.runtime):
                    pass
            except Killed:
                continue
            return reaper.deaths


def bank_with_a_file(counter: Any, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    monkeypatch.setattr(importing, "JUDGED_AT_ONCE", 2)
    bank = Bank(counter, BOOKED, orders=3)
    data = f"账号：{ACCOUNT}\n".encode() + bank.file(range(len(BOOKED)))
    receipt = counter.harness.receipt(CASHIER.subject, data, "statement.csv")
    counter.harness.call(TAKE_STATEMENT, TakeStatement(receipt=receipt), CASHIER)
    return bank


def test_whenever_the_worker_dies_every_row_counts_once(counter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = bank_with_a_file(counter, monkeypatch)
    deaths = worked_off(counter, monkeypatch)
    around = {(place, f"uow.{when}_commit") for place in ("_keep", "_match", "_pay") for when in ("before", "after")}
    assert {*around, ("read_next", "uow.before_commit"), ("_keep", "statement.kept")} <= set(deaths), deaths
    check(bank)
    assert [counter.order(order.application_id).state for order in bank.orders] == ["paid", "paid", "pending"]
    told = Tally(event.order_id for event in counter.harness.events(ORDER_PAID))
    assert told == Tally(order.order_id for order in bank.orders[:2])


def test_without_knowing_rows_again_it_would_show(counter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_new(said: Any, known: Any) -> list[int]:
        return [max((one.place for one in known), default=-1) + 1 + at for at in range(len(said))]

    monkeypatch.setattr(keeping, "places", all_new)
    bank = bank_with_a_file(counter, monkeypatch)
    worked_off(counter, monkeypatch)
    with pytest.raises(AssertionError):
        check(bank)
