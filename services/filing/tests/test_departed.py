"""An examiner leaves: what they had claimed goes back to its queue, now and whenever it would come back to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from contracts.personnel import STAFF_CHANGED, StaffChanged

from contracts import examination

pytestmark = pytest.mark.requirement("I-11")


def leaves(office: Any, examiner: Any, *roles: str, active: bool = False) -> None:
    changed = StaffChanged(account_id=examiner.subject, roles=list(roles), active=active, changed_at=datetime.now(UTC))
    office.harness.deliver(STAFF_CHANGED, changed)
    office.harness.sweep("return_claims")


def queue(office: Any, name: str, examiner: Any) -> list[str]:
    found = office.call(examination.LIST_EXAMINATIONS, examiner, queue=name)
    return [item.application_id for item in found.items]


def test_what_an_examiner_had_claimed_is_claimed_by_another(office: Any) -> None:
    application_id = office.claimed()
    leaves(office, office.examiner, "examiner")
    assert application_id in queue(office, "unclaimed", office.second)
    assert office.view(application_id).actions[-1].action == "return_claim"
    assert office.claim(application_id, office.second).state == "under_examination"


def test_a_role_that_is_taken_away_returns_them_too_and_others_keep_theirs(office: Any) -> None:
    mine, other = office.claimed(), office.claimed()
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=other)
    office.claim(other, office.second)
    leaves(office, office.examiner, "intake", active=True)
    assert mine in queue(office, "unclaimed", office.second)
    assert other in queue(office, "mine", office.second)


def test_a_correction_that_is_answered_later_waits_for_somebody_else(office: Any) -> None:
    application_id = office.claimed()
    [defect] = office.ask_correction(application_id).defects
    leaves(office, office.examiner)
    assert office.view(application_id).state == "awaiting_correction"
    office.answer(application_id, answers=[{"defect_id": defect.defect_id, "text": "已核对"}], form={})
    office.harness.sweep("return_claims")
    assert application_id in queue(office, "unclaimed", office.second)


def test_a_proposed_refusal_stays_and_its_second_examiner_may_leave(office: Any) -> None:
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    office.claim(application_id, office.second)
    leaves(office, office.second)
    assert application_id in queue(office, "second", office.third)


def test_who_comes_back_keeps_what_they_claim(office: Any) -> None:
    leaves(office, office.examiner)
    leaves(office, office.examiner, "examiner", active=True)
    application_id = office.claimed()
    assert office.harness.sweep("return_claims") == 0
    assert application_id in queue(office, "mine", office.examiner)
