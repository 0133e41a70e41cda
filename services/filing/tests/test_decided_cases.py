"""Cases that are decided: found again by the examiners who had a part in them, and to be read only."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from chassis.testing.lists import every_page

from contracts import examination

from .conftest import Office
from .test_lists import case, put


@pytest.mark.requirement("F-11")
def test_a_decided_case_is_found_again_by_who_had_a_part_in_it(office: Office) -> None:
    """A question by telephone, a revocation: the decision is looked at again, and not taken again."""
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    ends = ("approved", "registered", "refused", "withdrawn", "lapsed")
    own = {"accepted_at": at, "examiner_id": "acc-examiner"}
    rows = [case(n, state=ends[n % 5], updated_at=at + timedelta(minutes=1 + n), **own) for n in range(10)]
    others = {"accepted_at": at, "examiner_id": "acc-other", "updated_at": at}
    rows += [
        case(20, state="refused", **others | {"second_examiner_id": "acc-examiner"}),
        case(21, state="registered", **others | {"opposed_by": "acc-examiner"}),
        case(22, state="registered", **others),
        case(23, state="withdrawn"),
        case(24, state="under_examination", **own),
    ]
    put(office, rows)
    named = {"kind": "natural_person", "name": "林小雨", "id_type": "resident_id", "masked_id_number": "1**********1"}
    office.harness.as_owner("UPDATE cases SET applicant = %s WHERE state IN ('refused', 'lapsed')", json.dumps(named))
    examiner = staff_actor("examiner", id="acc-examiner")
    senior = staff_actor("senior_examiner", id="acc-senior")
    asked = examination.ListExaminations(queue="decided", limit=3)

    def found(actor: Actor, **wanted: object) -> list[str]:
        items = office.call(examination.LIST_EXAMINATIONS, actor, queue="decided", **wanted).items
        return [item.application_id for item in items]

    mine = [f"app-{n:06}" for n in (*range(9, -1, -1), 21, 20)]
    listed = every_page(office.harness, examination.LIST_EXAMINATIONS, asked, examiner)
    assert [item.application_id for item in listed] == mine, "the newest first, of one's own"
    assert [(item.decided_on, item.due_on) for item in listed] == [(date(2026, 11, 20), None)] * 12
    whole = every_page(office.harness, examination.LIST_EXAMINATIONS, asked, senior)
    assert {item.application_id for item in whole} == {*mine, "app-000022"}, "without what was never accepted"
    for text in ("LS-000001", " sl-000001", "DJ-000001", "第 1 件"):
        assert found(examiner, text=text) == ["app-000001"], text
    assert found(examiner, text="林小", kind="work") == [f"app-{n:06}" for n in (9, 7, 4, 2, 20)]
    assert (found(examiner, text="DJ-000022"), found(senior, text="DJ-000022")) == ([], ["app-000022"])
    assert (found(examiner, text="%"), found(examiner, kind="software")) == ([], [])
    said = "SELECT actor, facts FROM audit WHERE action = 'examination.search' ORDER BY id"
    searches = office.harness.as_owner(said)
    assert len(searches) == 8, "each search is written down"
    assert searches[0] == ("acc-examiner", {"text": "LS-000001", "found": 1})

    for application_id in found(examiner, text="林小"):
        seen = office.view(application_id, examiner)
        assert (seen.application_id, seen.allowed_actions) == (application_id, []), "to be read only"
    with pytest.raises(Problem, match="forbidden"):
        office.view("app-000022", examiner)
    for actor in (staff_actor("intake"), staff_actor("archivist"), person("acc-many")):
        with pytest.raises(Problem, match="forbidden"):
            found(actor)
