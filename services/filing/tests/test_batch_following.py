"""What becomes of the works of a batch after they were accepted is seen on the batch: how many stand where."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from filing.cases.store import find_case

from contracts import batches, filing
from tests.batch_sheets import work

from .conftest import Office
from .test_batches import filed, pay, rows_of

pytestmark = pytest.mark.requirement("F-15")


def stands(office: Office, batch_id: str) -> dict[str, int]:
    view: batches.BatchView = office.call(batches.GET_BATCH, office.company, batch_id=batch_id)
    return {one.state: one.works for one in view.by_case}


def examined(office: Office, case: str) -> None:
    """The paper has come and somebody examines it."""
    office.receive_paper(case)
    office.claim(case)


def test_each_work_goes_its_own_way_and_the_batch_says_how_many_stand_where(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = filed(office, [work(number) for number in range(1, 6)])
    assert stands(office, batch.batch_id) == {"submitted": 5}
    works = {row.key: row.application_id or "" for row in rows_of(office, batch.batch_id)}
    pay(office, batch, list(works.values()))
    assert stands(office, batch.batch_id) == {"accepted": 5}
    monkeypatch.setattr(office, "applicant", office.company)
    for key in ("W001", "W002", "W003", "W004"):
        examined(office, works[key])
    office.ask_correction(works["W001"])
    office.decide(works["W002"], "approve")
    office.certify(works["W002"])
    office.decide(works["W003"], "refuse", reason="样本不是作品")
    office.decide(works["W003"], "refuse", office.second, reason="属于通用表格")
    assert stands(office, batch.batch_id) == {
        "accepted": 1,
        "under_examination": 1,
        "awaiting_correction": 1,
        "registered": 1,
        "refused": 1,
    }
    told = {row.key: (row.state, row.case_state) for row in rows_of(office, batch.batch_id)}
    assert told["W001"] == ("accepted", "awaiting_correction")
    found = rows_of(office, batch.batch_id, case_state="awaiting_correction")
    assert [row.key for row in found] == ["W001"]
    assert rows_of(office, batch.batch_id, case_state="lapsed") == []


def test_what_accepted_works_await_of_their_organisation_is_told_with_its_days(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = filed(office, [work(number) for number in range(1, 5)])
    works = {row.key: row.application_id or "" for row in rows_of(office, batch.batch_id)}
    pay(office, batch, list(works.values()))
    monkeypatch.setattr(office, "applicant", office.company)
    for key in ("W001", "W002", "W003"):
        examined(office, works[key])
    office.ask_correction(works["W001"])
    office.decide(works["W002"], "approve")
    office.certify(works["W002"])
    view = office.call(batches.GET_BATCH, office.company, batch_id=batch.batch_id)
    told = {turn.waiting_for: (turn.works, turn.application_id) for turn in view.turns}
    assert told == {"applicant_correction": (1, works["W001"]), "paper": (1, works["W004"])}
    rows = {row.key: row for row in rows_of(office, batch.batch_id)}
    due = {turn.waiting_for: turn.due_on for turn in view.turns}
    assert (rows["W001"].waiting_for, rows["W001"].due_on) == ("applicant_correction", due["applicant_correction"])
    assert (rows["W004"].waiting_for, rows["W004"].due_on) == ("paper", due["paper"])
    case = office.call(filing.GET_APPLICATION, office.company, application_id=works["W001"])
    [running] = [one for one in case.deadlines if one.kind == "correction"]
    assert running.due_on == due["applicant_correction"]
    assert (rows["W002"].waiting_for, rows["W002"].due_on) == ("nobody", None)
    assert rows["W002"].registration_number
    assert (rows["W003"].waiting_for, rows["W003"].due_on) == ("examiner", None)
    for waiting_for, key in (("applicant_correction", "W001"), ("paper", "W004")):
        assert [row.key for row in rows_of(office, batch.batch_id, waiting_for=waiting_for)] == [key]

    def turn(**wanted: str) -> list[tuple[str, int]]:
        found = office.call(batches.LIST_BATCHES, office.company, **wanted)
        assert found.counts in ({"organisation": 1}, {"nobody": 1})
        return [(item.waits_for, len(item.turns)) for item in found.items]

    assert turn() == turn(waits_for="organisation") == [("organisation", 2)]
    assert turn(waits_for="nobody") == []
    for key in ("W001", "W004"):
        office.call(filing.WITHDRAW_APPLICATION, office.company, application_id=works[key], reason="")
    assert office.call(batches.GET_BATCH, office.company, batch_id=batch.batch_id).turns == []
    assert turn() == turn(waits_for="nobody") == [("nobody", 0)]


def test_works_that_went_to_another_account_await_nothing_of_the_former_one(office: Office) -> None:
    batch = filed(office, [work(1)])
    [row] = rows_of(office, batch.batch_id)
    pay(office, batch, [row.application_id or ""])
    with office.harness.runtime.unit_of_work() as uow:
        case = find_case(uow.session, row.application_id or "")
        assert case
        case.account_id = "acc-another"
    assert office.call(batches.GET_BATCH, office.company, batch_id=batch.batch_id).turns == []
    assert rows_of(office, batch.batch_id, waiting_for="paper") == []
    assert office.call(batches.LIST_BATCHES, office.company).counts == {"nobody": 1}


def test_an_examiner_is_told_of_the_other_works_that_they_may_read_and_of_no_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = filed(office, [work(number) for number in range(1, 5)])
    works = {row.key: row.application_id or "" for row in rows_of(office, batch.batch_id)}
    pay(office, batch, list(works.values()))
    monkeypatch.setattr(office, "applicant", office.company)
    examined(office, works["W001"])
    office.receive_paper(works["W002"])
    office.claim(works["W002"], office.second)
    office.call(filing.WITHDRAW_APPLICATION, office.company, application_id=works["W003"], reason="")

    def beside(key: str, actor: Any, **page: Any) -> tuple[int, list[str]]:
        found = office.call(batches.LIST_FILED_WITH, actor, application_id=works[key], **page)
        names = {case: name for name, case in works.items()}
        return found.works, [names[item.application_id] for item in found.items]

    assert beside("W001", office.examiner) == (4, ["W004"]), "neither a colleague's, nor one that was withdrawn"
    assert beside("W004", office.examiner) == (4, ["W001"])
    senior = staff_actor("senior_examiner", id="acc-senior")
    assert beside("W001", senior) == (4, ["W002", "W003", "W004"])
    first = office.call(batches.LIST_FILED_WITH, senior, application_id=works["W001"], limit=2)
    assert beside("W001", senior, limit=2, cursor=first.next_cursor) == (4, ["W004"])
    for actor, key in ((office.company, "W001"), (office.clerk, "W001"), (office.examiner, "W002")):
        with pytest.raises(Problem, match="forbidden"):
            beside(key, actor)
