"""The table of transitions, the nodes people see, and the clocks: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from chassis.errors import Problem
from filing.cases.model import ENDED, TRANSITIONS, Happening, actions_in, nodes, step, waiting_for
from filing.cases.store import STATES
from filing.clocks import model as clocks
from filing.forms.policy import policies
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 23, 2, tzinfo=UTC)


def test_every_state_but_the_ends_can_be_left_and_every_state_is_reached() -> None:
    left = {source for (source, _), transition in TRANSITIONS.items() if transition.to != source}
    reached = {transition.to for transition in TRANSITIONS.values()}
    assert left == set(STATES) - set(ENDED)
    assert reached == set(STATES) - {"draft"}


@given(st.data())
def test_any_walk_through_the_table_ends_where_nothing_more_happens(data: st.DataObject) -> None:
    state, happened = "draft", []
    for number in range(30):
        actions = actions_in(state, "applicant", "examiner", "intake", "system")
        if not actions:
            break
        action = data.draw(st.sampled_from(actions))
        target = step(state, action).to
        happened.append(Happening(action, START + timedelta(days=number), state, target))
        state = target
        waits_for = waiting_for(state, order_state="pending", paper_awaited=True, accepted=False)
        shown = nodes(state, happened, waits_for)
        assert [node.name for node in shown] == ["受理", "审查", "补正", "制证"]
        assert all(node.at is not None for node in shown if node.state in ("done", "current"))
        if state in ENDED:
            assert not any(node.state in ("current", "pending") or node.because for node in shown)
        reasons = {node.name: node.because for node in shown}
        assert (reasons["受理"] == "payment") == (state == "submitted")
        assert reasons["审查"] == {"accepted": "paper", "awaiting_correction": "paused"}.get(state, "")
        assert (reasons["补正"] == "if_needed") == (shown[2].state == "pending")
    if state in ENDED:
        assert {step(state, action).to for action in actions_in(state, "system")} <= {state}


def test_an_illegal_action_lists_the_allowed_ones() -> None:
    with pytest.raises(Problem) as caught:
        step("accepted", "approve")
    assert caught.value.code == "action_not_allowed"
    assert caught.value.params == {
        "state": "accepted",
        "allowed": "receive_paper,note_deficient_paper,take_back_paper,correct_paper_day,claim,withdraw",
    }


@pytest.mark.requirement("F-13")
def test_periods_follow_policy_and_the_working_day_calendar() -> None:
    policy = policies().on("work_registration", date(2026, 11, 20))
    friday = date(2026, 11, 20)
    assert clocks.period("acceptance", friday, policy).due == date(2026, 11, 23)
    examination = clocks.period("examination", friday, policy)
    assert (examination.nominal, examination.due) == (date(2027, 1, 19), date(2027, 1, 19))
    correction = clocks.period("correction", friday, policy)
    assert (correction.nominal, correction.due) == (date(2026, 12, 20), date(2026, 12, 21))


def deadline(due: date) -> SimpleNamespace:
    return SimpleNamespace(state="running", nominal_due_on=due, due_on=due, paused_on=None, done_on=None)


@pytest.mark.requirement("F-12")
def test_a_pause_keeps_the_days_that_are_left() -> None:
    clock = deadline(date(2026, 12, 31))
    clocks.apply("pause", clock, date(2026, 12, 1))
    assert clock.state == "paused"
    clocks.apply("resume", clock, date(2026, 12, 15))
    assert (clock.state, clock.nominal_due_on) == ("running", date(2027, 1, 14))


@pytest.mark.requirement("F-13")
def test_what_is_done_too_late_stays_missed() -> None:
    clock = deadline(date(2026, 12, 1))
    clocks.apply("meet", clock, date(2026, 12, 2))
    assert (clock.state, clock.done_on) == ("missed", date(2026, 12, 2))
    clocks.apply("end", clock, date(2026, 12, 3))
    assert clock.state == "missed"
