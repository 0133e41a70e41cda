"""The life of an old case as a table, and its clocks over weekends and holidays. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from chassis.calendar import CHINA, is_working_day
from chassis.errors import Problem
from contracts.legacy.cases import LegacyAction, LegacyState
from hypothesis import given
from hypothesis import strategies as st
from legacy_bridge.cases import model
from legacy_bridge.cases.policy import policies, policy_of
from legacy_bridge.mappings.model import mapping_of

pytestmark = pytest.mark.requirement("L-01")

FILED = date(2019, 6, 3)
POLICY = policy_of(FILED)
DECIDED = {"approve": "certificate_due", "correct": "correction_due", "refuse": "refused"}
LEADS = {
    "fee_due": {"pay": "submitted", "lapse": "lapsed"},
    "submitted": {"accept": "accepted", "refuse": "refused"} | dict.fromkeys(model.INSIDE, "submitted"),
    "accepted": DECIDED | dict.fromkeys(model.INSIDE, "accepted"),
    "examined": DECIDED | dict.fromkeys(model.INSIDE, "examined"),
    "correction_due": {"answer": "examined", "lapse": "lapsed"},
    "certificate_due": {"approve": "certificate_due", "correct": "correction_due", "complete": "registering"},
    "registering": {"register": "completed"},
    "completed": {},
    "refused": {},
    "lapsed": {},
}


@pytest.mark.parametrize("state", get_args(LegacyState))
@pytest.mark.parametrize("action", get_args(LegacyAction))
def test_each_action_leads_where_the_table_says_and_from_nowhere_else(state, action):
    if action in LEADS[state]:
        assert model.step(state, action) == LEADS[state][action]
    else:
        with pytest.raises(Problem) as refused:
            model.step(state, action)
        assert refused.value.code == "action_not_allowed"


def test_every_state_of_a_dump_is_one_that_a_case_can_go_on_from():
    taken_over = set(next(field for field in mapping_of("cases").fields if field.name == "state").choices.values())
    assert taken_over < set(model.OPEN)
    assert set(model.OPEN) | model.ENDED == set(get_args(LegacyState))
    assert {source for source, _ in model.TRANSITIONS} == set(model.OPEN)


def test_nobody_completes_what_has_no_particulars():
    assert model.actions_in("certificate_due", "applicant", stated=False) == []
    assert model.actions_in("certificate_due", "applicant", stated=True) == ["complete"]
    assert model.actions_in("examined", "applicant", stated=True) == []
    examining = model.office_actions("examined", model.Refusal(), stated=False)
    assert examining == ["approve", "correct", "propose_refusal"]


def test_a_refusal_is_two_peoples():
    """Who proposed it may take it back; another confirms it or sends it back, and then approves nothing alone."""
    mine, theirs = model.Refusal(proposed=True, mine=True), model.Refusal(proposed=True)
    for state in ("submitted", "accepted", "examined"):
        assert model.office_actions(state, mine, stated=False) == ["withdraw_refusal"]
        assert set(model.office_actions(state, theirs, stated=False)) == {"refuse", "oppose_refusal"}
        assert "refuse" not in model.office_actions(state, model.Refusal(), stated=False)
    opposed = model.Refusal(opposed_by_me=True)
    assert "approve" not in model.office_actions("examined", opposed, stated=False)


@pytest.mark.parametrize(
    ("clock", "kind", "since", "due"),
    [
        ("correction", "software", date(2026, 11, 2), date(2026, 12, 2)),
        ("correction", "work", date(2026, 9, 1), date(2026, 10, 8)),  # ends on the National Day holiday
        ("correction", "software", date(2020, 1, 2), date(2020, 2, 3)),  # ends on a Saturday of the long holiday
        ("examination", "software", date(2026, 11, 2), date(2027, 1, 4)),  # New Year's Day and the weekend behind it
        ("examination", "work", date(2026, 11, 2), date(2026, 12, 2)),
        ("payment", "work", date(2026, 9, 25), date(2026, 10, 22)),  # fifteen working days
    ],
)
def test_a_period_ends_on_the_day_that_the_old_rules_say(clock, kind, since, due):
    found = model.length(clock, since, kind, POLICY)
    assert is_working_day(found)
    assert found == due or CHINA.is_provisional(due), found


@given(
    st.sampled_from(["fee_due", "correction_due"]),
    st.sampled_from(["work", "software"]),
    st.none() | st.dates(date(2018, 1, 1), date(2027, 12, 31)),
    st.dates(date(2020, 8, 31), date(2027, 6, 30)),
)
def test_an_applicant_has_a_whole_period_from_the_day_it_is_served_and_never_less_than_before(state, kind, old, today):
    due = model.due_when_served(state, kind, old, today, POLICY)
    assert is_working_day(due)
    assert due >= model.length(model.CLOCK_OF[state], today, kind, POLICY)
    assert old is None or due >= old
    assert model.due_at_takeover(state, kind, old, today, POLICY) is None


@given(st.dates(date(2020, 8, 31), date(2027, 6, 30)), st.integers(0, 60), st.integers(0, 40))
def test_an_examination_stands_still_while_a_correction_is_awaited(asked, left, waited):
    due = asked + timedelta(days=left)
    answered = asked + timedelta(days=waited)
    kept = model.days_left(due, asked)
    found = model.due_after("examined", "answer", "software", answered, kept, POLICY)
    assert found is not None
    assert found >= answered + timedelta(days=left)
    assert is_working_day(found)
    assert (found - (answered + timedelta(days=left))).days <= 10


def test_a_case_keeps_the_rules_of_the_day_it_was_filed_on():
    assert policy_of(date(1980, 1, 1)) is policies()[-1]
    for policy in policies():
        assert policy_of(policy.valid_from) is policy
        assert {"payment", "correction", "software_examination", "work_examination"} == set(policy.legal_basis)
        assert all(basis["zh"] and basis["en"] for basis in policy.legal_basis.values())


@pytest.mark.parametrize(
    ("fee", "paid", "left"),
    [(25000, 0, 25000), (25000, 10000, 15000), (25000, 30000, 0), (None, None, 0), (100, None, 100)],
)
def test_what_is_owed_is_what_was_reckoned_less_what_came(fee, paid, left):
    assert model.owed(fee, paid) == left
