"""Cases of one account become another's, some at a time, once, and go back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import utc_now
from chassis.errors import Problem
from chassis.testing import person
from contracts.filing import APPLICATION_MOVED, MOVED_CASE_USED
from contracts.identity import (
    ACCOUNT_CASES_MOVED,
    ACCOUNT_CASES_RETURNED,
    AccountCasesMoved,
    AccountCasesReturned,
)
from filing.moves import handlers

from contracts import examination, filing

pytestmark = pytest.mark.requirement("I-09")
HEIR, THIRD = person("acc-heir"), person("acc-third")


def move(office: Any, move_id: str, source: Any, target: Any) -> None:
    moved = AccountCasesMoved(
        move_id=move_id, account_id=target.subject, from_account_id=source.subject, moved_at=utc_now()
    )
    office.harness.deliver(ACCOUNT_CASES_MOVED, moved)


def back(office: Any, move_id: str, source: Any, target: Any) -> None:
    returned = AccountCasesReturned(
        move_id=move_id, account_id=source.subject, from_account_id=target.subject, returned_at=utc_now()
    )
    office.harness.deliver(ACCOUNT_CASES_RETURNED, returned)


def sweep(office: Any) -> None:
    office.harness.sweep("carry_on_moves")


def mine(office: Any, actor: Any) -> set[str]:
    return {item.application_id for item in office.call(filing.LIST_APPLICATIONS, actor).items}


def test_some_at_a_time_each_once_and_new_ones_stay(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "AT_ONCE", 2)
    office.verify(HEIR, "王小明")
    filed = office.submitted()
    drafts = {office.draft().application_id for _ in range(4)}
    own = office.draft(HEIR).application_id
    for _ in range(2):
        move(office, "rec-1", office.applicant, HEIR)
    with office.harness.uow() as uow:
        assert handlers.carry_on(uow) == 2
    assert len(mine(office, office.applicant)) == 3
    sweep(office)
    assert mine(office, HEIR) == {filed, own, *drafts}
    later = office.draft().application_id
    move(office, "rec-1", office.applicant, HEIR)
    sweep(office)
    assert mine(office, office.applicant) == {later}
    [said] = office.harness.events(APPLICATION_MOVED)
    assert (said.application_id, said.account_id) == (filed, HEIR.subject), "of drafts nobody is told"
    with pytest.raises(Problem, match="application_unknown"):
        office.view(filed)
    back(office, "rec-1", office.applicant, HEIR)
    sweep(office)
    assert mine(office, HEIR) == {own}
    assert [event.account_id for event in office.harness.events(APPLICATION_MOVED)] == [
        HEIR.subject,
        office.applicant.subject,
    ]


def test_undone_before_it_was_heard_of_nothing_moves(office: Any) -> None:
    case = office.draft().application_id
    back(office, "rec-2", office.applicant, HEIR)
    move(office, "rec-2", office.applicant, HEIR)
    sweep(office)
    assert mine(office, office.applicant) == {case}


def test_what_was_moved_on_does_not_come_back_with_the_first_move(office: Any) -> None:
    case = office.draft().application_id
    move(office, "rec-3", office.applicant, HEIR)
    sweep(office)
    move(office, "rec-4", HEIR, THIRD)
    sweep(office)
    back(office, "rec-3", office.applicant, HEIR)
    sweep(office)
    assert mine(office, THIRD) == {case}


def test_identity_hears_when_the_new_owner_goes_on_and_of_the_office_nothing(office: Any) -> None:
    office.verify(HEIR, "王小明")
    case = office.accepted()
    move(office, "rec-5", office.applicant, HEIR)
    sweep(office)
    serial = office.view(case, HEIR).serial_number
    office.call(examination.RECEIVE_PAPER, office.clerk, serial_number=serial)
    assert office.harness.events(MOVED_CASE_USED) == []
    office.call(filing.WITHDRAW_APPLICATION, HEIR, application_id=case, reason="不再登记")
    [used] = office.harness.events(MOVED_CASE_USED)
    assert (used.application_id, used.move_id) == (case, "rec-5")
    assert utc_now() - used.used_at < timedelta(minutes=5)


@pytest.mark.parametrize("point", ["uow.before_commit", "uow.after_commit"])
def test_killed_at_a_commit_a_case_is_moved_once(office: Any, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    case = office.submitted()
    move(office, "rec-6", office.applicant, HEIR)

    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("chassis.uow.failpoint", die)
        with pytest.raises(Killed):
            office.harness.sweep("carry_on_moves")
    sweep(office)
    assert mine(office, HEIR) == {case}
    assert len(office.harness.events(APPLICATION_MOVED)) == 1
