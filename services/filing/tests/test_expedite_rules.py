"""加急 and the queue, their pure rules: the life of a request, the promised day, the order, what is told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import get_args

import pytest
from chassis.calendar import is_working_day, working_days_between
from chassis.errors import Problem
from contracts.expedite import ExpediteState
from filing.expedite import model
from filing.expedite.model import OPEN, TRANSITIONS, Step
from filing.expedite.tiers import read_tiers
from filing.queue.model import GENESIS, chained, event_of, needs_reason, percentile, place, told
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

pytestmark = pytest.mark.requirement("F-16")
MONDAY = date(2026, 11, 30)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SHIPPED = """
[[tier]]
code = "days_3"
working_days = 3
pay_working_days = 2
tariff = "expedite_3"
types = ["work_registration"]
title = { zh = "3个工作日", en = "3 working days" }
"""


@dataclass
class Promise:
    state: ExpediteState = "active"
    due_on: date | None = MONDAY
    paused_on: date | None = None


@pytest.mark.parametrize(("state", "step"), list(product((None, *get_args(ExpediteState)), get_args(Step))))
def test_a_request_goes_only_where_the_table_says(state: ExpediteState | None, step: Step) -> None:
    expected = {
        (None, "ask"): "requested",
        ("requested", "grant"): "granted",
        ("requested", "refuse"): "refused",
        ("requested", "withdraw"): "withdrawn",
        ("requested", "end"): "ended",
        ("granted", "pay"): "active",
        ("granted", "lapse"): "lapsed",
        ("granted", "end"): "ended",
        ("active", "keep"): "kept",
        ("active", "miss"): "missed",
        ("active", "end"): "ended",
    }.get((state, step))
    if expected:
        assert model.next_state(state, step) == expected
    else:
        with pytest.raises(Problem, match="action_not_allowed"):
            model.next_state(state, step)


def test_what_is_done_with_stays_so() -> None:
    assert {state for state, _ in TRANSITIONS if state} == set(OPEN)


@pytest.mark.parametrize(
    ("paid", "today", "working_days", "due"),
    [
        pytest.param(date(2026, 11, 27), date(2026, 11, 27), 3, date(2026, 12, 2), id="over a weekend"),
        pytest.param(date(2026, 9, 29), date(2026, 9, 29), 3, date(2026, 10, 9), id="over the National Day holiday"),
        pytest.param(
            date(2026, 2, 12), date(2026, 2, 12), 3, date(2026, 2, 24), id="over the Spring Festival, a Saturday worked"
        ),
        pytest.param(date(2026, 11, 28), date(2026, 11, 28), 1, date(2026, 11, 30), id="paid on a day off"),
        pytest.param(date(2026, 11, 27), date(2026, 12, 1), 3, date(2026, 12, 2), id="heard of late"),
        pytest.param(date(2026, 12, 9), date(2026, 11, 27), 3, date(2026, 12, 2), id="dated ahead"),
    ],
)
def test_the_promised_day_counts_working_days_from_payment(
    paid: date, today: date, working_days: int, due: date
) -> None:
    assert model.promised(paid, today, working_days) == due


@given(start=days, working_days=st.integers(1, 15), paused=st.integers(0, 25), answered=st.integers(0, 60))
def test_a_correction_takes_no_working_day_of_the_promise(
    start: date, working_days: int, paused: int, answered: int
) -> None:
    promise = Promise(due_on=model.promised(start, start, working_days))
    assert promise.due_on is not None
    day = min(start + timedelta(days=paused), promise.due_on)
    left, resumed = working_days_between(day, promise.due_on), day + timedelta(days=answered)
    model.pause(promise, day)
    assert not model.overdue(promise, resumed + timedelta(days=400))
    model.resume(promise, resumed)
    assert promise.paused_on is None
    assert promise.due_on >= resumed
    assert is_working_day(promise.due_on)
    if left:
        assert working_days_between(resumed, promise.due_on) == left


@pytest.mark.parametrize(
    ("happening", "state", "today", "step"),
    [
        ("decided", "active", MONDAY, "keep"),
        ("decided", "active", MONDAY + timedelta(days=1), "miss"),
        ("decided", "requested", MONDAY, "end"),
        ("decided", "granted", MONDAY, "end"),
        ("decided", "missed", MONDAY, None),
        ("decided", "refused", MONDAY, None),
        ("ended", "active", MONDAY, "end"),
        ("ended", "active", MONDAY + timedelta(days=1), "miss"),
        ("ended", "requested", MONDAY, "end"),
        ("correction_awaited", "active", MONDAY, None),
        ("correction_awaited", "active", MONDAY + timedelta(days=1), "miss"),
        ("correction_awaited", "granted", MONDAY, None),
        ("correction_answered", "active", MONDAY + timedelta(days=1), None),
    ],
)
def test_a_day_that_has_passed_was_missed_whoever_sees_it_first(
    happening: model.Happening, state: ExpediteState, today: date, step: Step | None
) -> None:
    assert model.step_for(happening, Promise(state=state), today) == step


def test_a_paused_promise_is_not_missed() -> None:
    promise = Promise(paused_on=MONDAY)
    assert model.step_for("decided", promise, MONDAY + timedelta(days=90)) == "keep"


def test_nothing_is_offered_until_an_operator_names_a_day() -> None:
    [tier] = read_tiers(SHIPPED)
    assert not any(tier.offered(day) for day in (date(2020, 8, 31), MONDAY, date(2099, 1, 1)))
    [tried] = read_tiers(SHIPPED, sandbox=True)
    assert tried.offered(MONDAY)


def test_a_tier_is_offered_from_its_first_to_its_last_day() -> None:
    text = SHIPPED + "first_day = 2026-12-01\nlast_day = 2026-12-31\n"
    [tier] = read_tiers(text, sandbox=True)
    offered = [tier.offered(date(2026, 12, 1) + timedelta(days=day)) for day in (-1, 0, 30, 31)]
    assert offered == [False, True, True, False]


@pytest.mark.parametrize("text", [SHIPPED + SHIPPED, SHIPPED.replace("= 3\n", "= 0\n", 1), SHIPPED + "fee = 1\n"])
def test_tiers_that_cannot_be_told_apart_or_kept_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read_tiers(text)


@given(
    st.lists(
        st.tuples(st.none() | days, st.none() | days, st.none() | st.datetimes(timezones=st.just(UTC)), st.uuids()),
        max_size=12,
    )
)
def test_the_order_depends_on_days_and_acceptance_alone(
    cases: list[tuple[date | None, date | None, datetime | None, object]],
) -> None:
    keys = [place(law, promised, accepted, str(name)) for law, promised, accepted, name in cases]
    shuffled = random.Random(1).sample(keys, len(keys))
    assert sorted(keys) == sorted(shuffled)
    for first, second in pairwise(sorted(keys)):
        assert first[0] <= second[0]
        assert first[0] < second[0] or first[1] <= second[1]


def test_a_promise_moves_a_case_before_those_due_later_and_never_before_those_due_earlier() -> None:
    accepted = datetime(2026, 11, 2, tzinfo=UTC)
    ordinary = place(date(2026, 12, 31), None, accepted, "a")
    hurried = place(date(2027, 1, 10), date(2026, 12, 4), accepted + timedelta(days=9), "b")
    late = place(date(2026, 12, 3), None, accepted + timedelta(days=1), "c")
    assert sorted([ordinary, hurried, late]) == [late, hurried, ordinary]
    assert place(MONDAY, date(2027, 1, 10), accepted, "d")[0] == MONDAY


@pytest.mark.parametrize(
    ("due", "earliest", "needed"),
    [(MONDAY, None, False), (MONDAY, MONDAY, False), (MONDAY, MONDAY - timedelta(days=1), True)],
)
def test_only_who_passes_over_an_earlier_day_needs_a_reason(due: date, earliest: date | None, needed: bool) -> None:
    assert needs_reason(due, earliest) is needed


@pytest.mark.parametrize(
    ("action", "before", "after", "paper", "event"),
    [
        ("accept", "submitted", "accepted", False, "entered"),
        ("accept", "submitted", "accepted", True, None),
        ("receive_paper", "accepted", "accepted", False, "entered"),
        ("receive_paper", "submitted", "submitted", False, None),
        ("claim", "accepted", "under_examination", False, "claimed"),
        ("claim", "refusal_proposed", "refusal_proposed", False, None),
        ("release", "under_examination", "accepted", False, "returned"),
        ("release", "refusal_proposed", "refusal_proposed", False, None),
        ("withdraw", "accepted", "withdrawn", False, "left"),
        ("withdraw", "accepted", "withdrawn", True, None),
        ("withdraw", "under_examination", "withdrawn", False, None),
        ("approve", "under_examination", "approved", False, None),
    ],
)
def test_what_enters_and_leaves_the_queue(action: str, before: str, after: str, paper: bool, event: str | None) -> None:
    assert event_of(action, before, after, paper_awaited=paper) == event


def test_the_chain_depends_on_number_entry_and_everything_before() -> None:
    first = chained(GENESIS, 1, {"id": 1, "reason": "甲"})
    changes = [(GENESIS, 2, {"id": 1, "reason": "甲"}), (GENESIS, 1, {"id": 1, "reason": "乙"}), (first, 1, {"id": 1})]
    assert len({first, *(chained(*change) for change in changes)}) == 4


@pytest.mark.parametrize(
    ("waiting", "share", "expected"),
    [
        ({}, 0.5, None),
        ({3: 1}, 0.9, 3),
        ({1: 5, 10: 5}, 0.5, 1),
        ({1: 5, 10: 5}, 0.9, 10),
        ({1: 90, 40: 9, 60: 1}, 0.9, 1),
        ({1: 89, 40: 10, 60: 1}, 0.9, 40),
    ],
)
def test_percentiles_of_waiting_days(waiting: dict[int, int], share: float, expected: int | None) -> None:
    assert percentile(waiting, share) == expected


def test_small_numbers_are_not_told() -> None:
    assert [told(number) for number in (0, 1, 4, 5, 600)] == [0, None, None, 5, 600]
