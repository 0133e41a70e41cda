"""An approval that was wrong is withdrawn by two reviewers; its holder is told, and may submit again."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.identity import ListVerifications
from contracts.identity.events import IDENTITY_REOPENED
from contracts.identity.reopening import REOPEN_VERIFICATION, TOTAL_REOPENINGS, ReopenVerification

from contracts import identity

from .test_renaming import renamed

pytestmark = pytest.mark.requirement("I-07")
ANN, BEA = (staff_actor("reviewer", id=f"acc-reviewer-{name}") for name in ("ann", "bea"))
WHY = "手持照片与证件上的人不是同一人"


def step(office: Any, verification_id: str, named: str, actor: Any, reason: str = "") -> Any:
    asked = ReopenVerification.model_validate({"verification_id": verification_id, "step": named, "reason": reason})
    return office.call(REOPEN_VERIFICATION, asked, actor)


def verified(office: Any) -> tuple[Any, str]:
    person = office.sign_up()
    submitted = office.submit(person)
    office.harness.run_worker()
    assert office.decide(submitted.verification_id, "approve").state == "approved"
    return person, submitted.verification_id


def standing(office: Any, person: Any) -> str:
    return str(office.call(identity.GET_ACCOUNT, Empty(), person.actor).verification)


def waiting(office: Any) -> list[str]:
    found = office.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(state="reopening"), BEA)
    return [one.verification_id for one in found.items]


def to_settle(office: Any, actor: Any) -> int:
    return int(office.call(TOTAL_REOPENINGS, Empty(), actor).count)


def test_two_reviewers_withdraw_an_approval_and_its_holder_may_submit_again(office: Any) -> None:
    person, verification_id = verified(office)
    proposed = step(office, verification_id, "propose", ANN, WHY)
    assert (proposed.state, proposed.reopening.reason, proposed.reopening.mine) == ("approved", WHY, True)
    assert standing(office, person) == "approved", "one person's word changes nothing"
    assert waiting(office) == [verification_id]
    assert (to_settle(office, ANN), to_settle(office, BEA)) == (0, 1)
    with pytest.raises(Problem, match="second_reviewer_required"):
        step(office, verification_id, "confirm", ANN)
    with pytest.raises(Problem, match="reopening_pending"):
        step(office, verification_id, "propose", BEA, WHY)
    done = step(office, verification_id, "confirm", BEA)
    assert (done.state, done.reasons, done.reopening) == ("refused", [WHY], None)
    assert (standing(office, person), waiting(office), to_settle(office, BEA)) == ("refused", [], 0)
    assert done.history[1].at < done.decided_at <= done.history[-1].at, "the day of the withdrawal, not of the approval"
    assert [one.action for one in done.history] == ["submit", "approve", "propose", "reopen"]
    assert [one.note for one in done.history[2:]] == [WHY, WHY]
    (event,) = office.harness.events(IDENTITY_REOPENED)
    assert (event.account_id, event.verification_id, event.reason) == (person.account_id, verification_id, WHY)
    assert WHY in office.messages(person.account_id)[0].body
    with pytest.raises(Problem, match="verification_not_approved"):
        step(office, verification_id, "confirm", BEA)
    again = office.submit(person)
    office.harness.run_worker()
    assert office.decide(again.verification_id, "approve").state == "approved"
    assert standing(office, person) == "approved"


def test_a_colleague_lets_it_stand_and_who_proposed_it_may_take_it_back(office: Any) -> None:
    person, verification_id = verified(office)
    for settles in (BEA, ANN):
        step(office, verification_id, "propose", ANN, WHY)
        assert step(office, verification_id, "dismiss", settles).reopening is None
        with pytest.raises(Problem, match="reopening_unknown"):
            step(office, verification_id, "confirm", BEA)
    assert (standing(office, person), office.harness.events(IDENTITY_REOPENED)) == ("approved", [])


def test_only_reviewers_withdraw_and_only_what_is_approved_with_a_reason(office: Any) -> None:
    person, verification_id = verified(office)
    for actor in (person.actor, staff_actor("administrator"), staff_actor("examiner")):
        with pytest.raises(Problem, match="forbidden"):
            step(office, verification_id, "propose", actor, WHY)
    with pytest.raises(Problem, match="verification_reasons_required"):
        step(office, verification_id, "propose", ANN, " \n")
    with pytest.raises(Problem, match="verification_unknown"):
        step(office, "ver-0", "propose", ANN, WHY)
    other = office.sign_up()
    pending = office.submit(other)
    with pytest.raises(Problem, match="verification_not_approved"):
        step(office, pending.verification_id, "propose", ANN, WHY)
    mine = office.call(identity.LIST_MY_VERIFICATIONS, ListVerifications(), person.actor).items
    assert [(one.reopening, one.history) for one in mine] == [(None, [])], "the office's own"


def test_with_another_name_on_its_way_nothing_of_it_is_left(office: Any, make_photograph: Any) -> None:
    person, verification_id = verified(office)
    asked = renamed(office, make_photograph, person, "张 三丰")
    step(office, verification_id, "propose", ANN, WHY)
    step(office, verification_id, "confirm", BEA)
    mine = office.call(identity.LIST_MY_VERIFICATIONS, ListVerifications(), person.actor).items
    assert {one.verification_id: one.state for one in mine} == {
        verification_id: "refused",
        asked.verification_id: "replaced",
    }
    assert standing(office, person) == "refused"


def test_an_approved_name_is_withdrawn_with_the_identity(office: Any, make_photograph: Any) -> None:
    person, _ = verified(office)
    asked = renamed(office, make_photograph, person, "张 三丰")
    office.harness.run_worker()
    office.decide(asked.verification_id, "approve")
    step(office, asked.verification_id, "propose", ANN, WHY)
    step(office, asked.verification_id, "confirm", BEA)
    assert standing(office, person) == "refused"
    again = office.submit(person)
    office.harness.run_worker()
    assert office.decide(again.verification_id, "approve").state == "approved"
