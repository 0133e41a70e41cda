"""Cases are looked up by whatever is known of them, for a purpose, and seen as their applicants see them."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from chassis.testing.lists import tables_read_whole
from contracts.lookups import LOOK_UP_CASES, MOST_LOOKED_UP, OPEN_CASE_DOCUMENT, OPEN_CASE_FILE, CaseFound

from contracts import filing

from .conftest import Office
from .test_lists import MANY, case, put

pytestmark = pytest.mark.requirement("F-14")
SERVICE = staff_actor("customer_service", id="acc-service")
ARCHIVIST = staff_actor("archivist", id="acc-archivist")
ADMINISTRATOR = staff_actor("administrator", id="acc-administrator")


def found(office: Office, text: str, actor: Any = SERVICE) -> list[CaseFound]:
    items: list[CaseFound] = office.call(LOOK_UP_CASES, actor, text=text, purpose="enquiry").items
    return items


def named(name: str) -> dict[str, object]:
    """Of a case that was refused to somebody."""
    return {"state": "refused", "applicant": {"name": name, "kind": "natural_person"}}


def ids(office: Office, text: str) -> list[str]:
    return [item.application_id for item in found(office, text)]


def written(office: Office, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    return list(
        office.harness.as_owner("SELECT actor, subject, facts FROM audit WHERE action = %s ORDER BY id", action)
    )


def test_a_filed_case_is_found_by_each_of_its_numbers_by_title_and_by_applicant_and_a_draft_never(
    office: Office,
) -> None:
    application_id, draft = office.accepted(title="长江边的石头"), office.draft(title="长江边的草稿")
    view = office.view(application_id)
    for text in (view.serial_number, view.acceptance_number, application_id, view.account_id):
        assert ids(office, str(text)) == [application_id], text
    assert ids(office, str(view.serial_number).lower()) == [application_id], "in either case of letters"
    assert ids(office, f" {view.acceptance_number} ") == [application_id]
    assert ids(office, "长江边的") == ids(office, "王小明") == ids(office, "王小") == [application_id]
    for text in (
        "",
        " ",
        "王",
        "小明",
        "%",
        "_",
        "x' OR '1'='1",
        draft.application_id,
        "长江边的草稿",
        "\U0010ffff\U0010ffff",
    ):
        assert ids(office, text) == [], text


def test_only_the_desks_that_need_it_look_up_and_each_look_is_written_down(office: Office) -> None:
    office.accepted()
    for actor in (office.applicant, person("acc-other"), office.examiner, staff_actor("cashier"), office.clerk):
        with pytest.raises(Problem, match="forbidden"):
            found(office, "王小明", actor)
    assert written(office, "case.look_up") == []
    assert len(found(office, "王小明")) == 1
    found(office, "没有这个人")
    found(office, "11010519900307002X")
    assert [(actor, facts) for actor, _, facts in written(office, "case.look_up")] == [
        ("acc-service", {"text": "王小明", "purpose": "enquiry", "found": 1}),
        ("acc-service", {"text": "没有这个人", "purpose": "enquiry", "found": 0}),
        ("acc-service", {"text": "1101**********002X", "purpose": "enquiry", "found": 0}),
    ]


def test_a_search_that_comes_twice_answers_twice(office: Office) -> None:
    office.accepted()
    twice = [office.call(LOOK_UP_CASES, SERVICE, "req-twice", text="王小明", purpose="enquiry").items for _ in range(2)]
    assert twice[0] == twice[1] != []


def test_a_case_is_opened_as_its_applicant_sees_it_and_nothing_can_be_done_with_it(office: Office) -> None:
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="与已登记的作品相同")
    theirs = office.view(application_id)
    for actor in (SERVICE, ARCHIVIST):
        opened = office.call(OPEN_CASE_FILE, actor, application_id=application_id, purpose="complaint")
        assert opened.allowed_actions == []
        assert opened.model_copy(update={"allowed_actions": theirs.allowed_actions}) == theirs
        assert (opened.proposed_reason, opened.examiner_id) == ("", None)
    assert "与已登记的作品相同" not in opened.model_dump_json()
    assert [(actor, subject, facts["purpose"]) for actor, subject, facts in written(office, "case.open_file")] == [
        ("acc-service", application_id, "complaint"),
        ("acc-archivist", application_id, "complaint"),
    ]
    for actor in (office.applicant, office.examiner, ADMINISTRATOR):
        with pytest.raises(Problem, match="forbidden"):
            office.call(
                OPEN_CASE_DOCUMENT, actor, application_id=application_id, document_id="fil-1", purpose="enquiry"
            )
    office.call(OPEN_CASE_DOCUMENT, SERVICE, application_id=application_id, document_id="fil-1", purpose="enquiry")
    assert [(subject, facts) for _, subject, facts in written(office, "case.open_document")] == [
        (application_id, {"document": "fil-1", "purpose": "enquiry"})
    ]
    with pytest.raises(Problem, match="forbidden"):
        office.call(OPEN_CASE_FILE, office.examiner, application_id=application_id, purpose="enquiry")
    for unknown in ("app-unknown", office.draft().application_id):
        with pytest.raises(Problem, match="application_unknown"):
            office.call(OPEN_CASE_FILE, SERVICE, application_id=unknown, purpose="enquiry")


@pytest.mark.requirement("I-12")
def test_who_keeps_the_system_running_sees_the_course_of_a_case_and_no_contents(office: Office) -> None:
    application_id = office.claimed()
    office.ask_correction(application_id)
    [item] = found(office, "长江边的石头", ADMINISTRATOR)
    assert item.type == "work_registration"
    assert item.applicant_name == "王**"
    opened: filing.ApplicationView = office.call(
        OPEN_CASE_FILE, ADMINISTRATOR, application_id=application_id, purpose="supervision"
    )
    assert opened.state == "awaiting_correction"
    assert opened.deadlines
    assert opened.actions
    told = opened.model_dump_json()
    for secret in ("王小明", "13800138000", "记录长江", "请核对", "样本.pdf"):
        assert secret not in told, secret


def test_of_many_the_newest_are_told_and_nothing_is_read_whole(office: Office) -> None:
    """An index answers each way to look, also of names that many have."""
    put(office, [case(number, account_id=f"acc-{number}", state="registered") for number in range(0, MANY, 2)])
    put(office, [case(number, account_id=f"acc-{number}", **named(f"人{number:06}")) for number in range(1, MANY, 2)])
    put(office, [case(MANY + number, title="同名", **named("张三")) for number in range(50)])
    reply = office.call(LOOK_UP_CASES, SERVICE, text="张三", purpose="enquiry")
    assert len(reply.items) == MOST_LOOKED_UP
    assert reply.more
    assert [item.application_id for item in found(office, "人000777")] == ["app-000777"]
    assert [item.application_id for item in found(office, "DJ-000778")] == ["app-000778"]

    def ask() -> None:
        for text in ("人000777", "第 4321 件", "DJ-000778", "LS-000779", "SL-000780", "app-000781", "acc-782", "张三"):
            found(office, text)

    assert "cases" not in tables_read_whole(office.harness, ask)
