"""Walk 36: one work filed twice, or by two people, is pointed out; nobody learns what strangers file."""

from __future__ import annotations

import pytest
from chassis.testing import person

from contracts import filing

from .conftest import Office

pytestmark = pytest.mark.requirement("F-06")


def pointed_out(view: filing.ApplicationView) -> list[tuple[str, object, object, object]]:
    assert view.report is not None
    return [
        (one.code, one.params["title"], one.params["number"], one.params.get("applicant"))
        for one in view.report.problems
        if one.code.startswith("sample_filed_")
    ]


def test_who_files_the_same_work_twice_is_told(office: Office) -> None:
    first = office.submitted(title="长江边的石头")
    number = office.view(first).serial_number
    second = office.ready(title="长江边的石头（二）")
    assert pointed_out(office.view(second)) == [("sample_filed_before", "长江边的石头", number, None)]
    view = office.view(second)
    assert view.report is not None
    assert {one.severity for one in view.report.problems} == {"warning"}, "it can be filed all the same"
    office.submit(second, office.evidence(office.prepare(second)))


def test_another_file_and_a_proof_are_not(office: Office) -> None:
    office.submitted()
    draft = office.draft().application_id
    office.attach(draft, data=b"%PDF-1.4 another")
    office.attach(draft, role="other")
    office.finish_checks()
    assert pointed_out(office.view(draft)) == []


def test_a_file_that_was_taken_out_is_none(office: Office) -> None:
    held = office.ready()
    office.call(filing.DISCARD_APPLICATION, office.applicant, application_id=held)
    first = office.draft(title="第一件").application_id
    office.call(
        filing.REMOVE_MATERIAL, office.applicant, application_id=first, material_id=office.attach(first).material_id
    )
    assert pointed_out(office.view(office.ready(title="第二件"))) == []


def test_strangers_learn_nothing_and_the_examiner_everything(office: Office) -> None:
    office.verify(office.other, "李雷")
    theirs = {"authors": [{"name": "李雷"}], "owners": [{"name": "李雷", "applicant": True}]}
    first = office.ready(office.other, title="江边石头", **theirs)
    evidence = office.evidence(office.prepare(first, office.other), signer=office.other.subject, name="李雷")
    office.submit(first, evidence, office.other)
    number = office.view(first, office.other).serial_number
    second = office.ready(title="长江边的石头")
    assert pointed_out(office.view(second)) == []
    draft = office.draft(office.other, title="没有提交的").application_id
    office.attach(draft, actor=office.other)
    office.finish_checks()
    claimed = office.claimed(title="第三件")
    seen = pointed_out(office.view(claimed, office.examiner))
    assert seen == [("sample_filed_by_others", "江边石头", number, "李雷")]


def test_what_strangers_have_filed_hides_nothing_of_ones_own(office: Office) -> None:
    for number in range(6):
        stranger = person(f"acc-stranger-{number}")
        office.verify(stranger, "李雷")
        theirs = {"authors": [{"name": "李雷"}], "owners": [{"name": "李雷", "applicant": True}]}
        case = office.ready(stranger, title=f"江边石头{number}", **theirs)
        evidence = office.evidence(office.prepare(case, stranger), signer=stranger.subject, name="李雷")
        office.submit(case, evidence, stranger)
    mine = office.submitted(title="自己的")
    assert [title for _, title, *_ in pointed_out(office.view(office.ready(title="又一件")))] == ["自己的"]
    assert office.view(mine).state == "submitted"


def test_a_refused_work_may_be_filed_again_and_the_examiner_knows(office: Office) -> None:
    refused = office.claimed(title="不予登记的")
    office.decide(refused, "refuse", reason="说明书不完整")
    office.claim(refused, office.second)
    office.decide(refused, "refuse", examiner=office.second, reason="同意")
    number = office.view(refused).acceptance_number
    assert pointed_out(office.view(office.ready(title="再次提交的"))) == []
    claimed = office.claimed(title="第三次的")
    assert pointed_out(office.view(claimed, office.examiner)) == [
        ("sample_filed_by_others", "不予登记的", number, "王小明")
    ]
