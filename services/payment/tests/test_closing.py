"""Trial balance and daily close: the books balance on every day, and a closed day never changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from contracts.base import Empty
from contracts.books import INCOME, LIST_CLOSINGS, TRIAL_BALANCE, ListClosings, TrialBalance, TrialBalanceOf
from hypothesis import given
from hypothesis import strategies as st
from payment.closing.model import Figures, balances_are_zero, day_of, digest, read, stored
from sqlalchemy import text

ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
FEE = 30_000


def trial(counter: Any, day: date | None = None) -> TrialBalance:
    found: TrialBalance = counter.harness.call(TRIAL_BALANCE, TrialBalanceOf(day=day), ANN)
    assert sum(line.closing for line in found.lines) == 0
    assert sum(line.debit for line in found.lines) == sum(line.credit for line in found.lines)
    assert found.agrees
    return found


def closings(counter: Any) -> list[date]:
    found = counter.harness.call(LIST_CLOSINGS, ListClosings(), ANN)
    return [one.day for one in found.items]


def shown(balance: TrialBalance) -> dict[str, tuple[int, int, int, int]]:
    return {line.account: (line.opening, line.debit, line.credit, line.closing) for line in balance.lines}


@pytest.mark.requirement("P-05")
def test_every_day_balances_and_begins_where_the_day_before_ended(counter: Any) -> None:
    counter.paid(counter.ordered())
    today = trial(counter).day
    assert shown(trial(counter)) == {
        "clearing_wechat": (0, FEE, 0, FEE),
        "fees": (0, 0, FEE, -FEE),
        "receivable": (0, FEE, FEE, 0),
    }
    counter.harness.advance(1)
    counter.ordered()
    tomorrow = trial(counter)
    assert tomorrow.day == today + timedelta(days=1)
    assert shown(tomorrow)["fees"] == (-FEE, 0, FEE, -2 * FEE)
    assert shown(trial(counter, today))["fees"] == (0, 0, FEE, -FEE)
    assert shown(trial(counter, today - timedelta(days=1))) == {}
    assert (tomorrow.entries, trial(counter, today).entries) == (1, 2)


@pytest.mark.requirement("P-05")
def test_a_closed_day_is_frozen_and_what_comes_later_belongs_to_the_next(counter: Any) -> None:
    order = counter.ordered()
    today = trial(counter).day
    counter.harness.sweep("close_days")
    assert closings(counter) == [], "not before it is over"
    counter.harness.advance(2)
    assert counter.harness.sweep("close_days") == 1
    frozen = trial(counter, today)
    assert (frozen.closed, len(frozen.sha256 or "")) == (True, 64)
    with counter.harness.uow() as uow:
        uow.session.execute(text("UPDATE legal_clock SET offset_days = 0"))
    counter.paid(order)
    assert trial(counter, today) == frozen.model_copy(update={"today": today}), (
        "the clock says that it is still that day"
    )
    later = trial(counter, today + timedelta(days=1))
    assert (later.closed, shown(later)["clearing_wechat"]) == (False, (0, FEE, 0, FEE))


@pytest.mark.requirement("P-05")
def test_closings_are_a_chain_and_days_without_entries_are_closed_with_the_next(counter: Any) -> None:
    counter.ordered()
    first = trial(counter).day
    counter.harness.advance(3)
    counter.ordered()
    counter.harness.advance(2)
    assert counter.harness.sweep("close_days") == 2
    assert closings(counter) == [first + timedelta(days=3), first]
    between = trial(counter, first + timedelta(days=1))
    assert (between.closed, between.sha256, shown(between)["fees"]) == (True, None, (-FEE, 0, 0, -FEE))
    rows = counter.harness.as_owner("SELECT sha256, before FROM ledger_closings ORDER BY day")
    assert rows[1][1] == rows[0][0]
    assert rows[0][1] == ""
    assert counter.harness.sweep("close_days") == 0


@pytest.mark.requirement("P-05")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_postings SET amount = amount * 2",
        "UPDATE ledger_closings SET figures = jsonb_set(figures, '{fees,2}', '1')",
        "UPDATE ledger_entries SET reference = reference || 'x'",
    ],
)
def test_whoever_changes_a_closed_day_is_seen(counter: Any, change: str) -> None:
    counter.ordered()
    day = trial(counter).day
    counter.harness.advance(2)
    counter.harness.sweep("close_days")
    trial(counter, day)
    counter.harness.as_owner(change)
    assert not counter.harness.call(TRIAL_BALANCE, TrialBalanceOf(day=day), ANN).agrees


@pytest.mark.requirement("P-05")
def test_the_service_itself_cannot_open_a_day_again(counter: Any) -> None:
    counter.ordered()
    counter.harness.advance(2)
    counter.harness.sweep("close_days")
    for statement in ("UPDATE ledger_closings SET entries = 9", "DELETE FROM ledger_closings"):
        with pytest.raises(Exception, match="permission denied"), counter.harness.uow() as uow:
            uow.session.execute(text(statement))


@pytest.mark.requirement("P-05")
def test_two_that_close_at_once_close_a_day_once(counter: Any) -> None:
    counter.ordered()
    counter.harness.advance(2)
    with ThreadPoolExecutor(4) as pool:
        closed = list(pool.map(lambda _: counter.harness.sweep("close_days"), range(4)))
    assert sorted(closed) == [0, 0, 0, 1]


@pytest.mark.requirement("P-04")
def test_income_by_month_and_method(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)
    counter.paid(counter.ordered(), "alipay")
    [wish] = counter.ask(ANN, order_id=order.order_id, lines=[{"line": 1, "amount": 1_000}])
    counter.decide(wish.refund_id, "approve", BEA)
    counter.carry()
    found = counter.harness.call(INCOME, Empty(), ANN).items
    assert [(one.method, one.received, one.refunded) for one in found] == [("alipay", FEE, 0), ("wechat", FEE, 1_000)]
    with pytest.raises(Problem, match="forbidden"):
        counter.harness.call(INCOME, Empty(), person())


movements = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3
)


@given(opening=st.dictionaries(st.sampled_from(["a", "b", "d"]), st.integers(-9, 9)), booked=movements)
def test_figures_are_kept_as_they_are(opening: dict[str, int], booked: dict[str, tuple[int, int]]) -> None:
    figures = day_of(opening, booked)
    assert read(stored(figures)) == figures
    zero = sum(opening.values()) == 0 and sum(debit - credit for debit, credit in booked.values()) == 0
    if zero:
        assert balances_are_zero(figures)
    other = {**figures, "z": Figures(0, 1, 1)}
    day = date(2026, 11, 29)
    assert digest(day, figures, 1, "", "") != digest(day, other, 1, "", "")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "2200-01-01"])
def test_a_day_beyond_all_books_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match="day"):
        TrialBalanceOf.model_validate({"day": day})
