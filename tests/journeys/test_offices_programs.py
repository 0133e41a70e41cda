"""The office's own programs do by the API what administrators and customer service do by their pages."""

from __future__ import annotations

from datetime import date, timedelta
from secrets import token_hex

import pytest
from registry_infra.portal import Portal

from tests.journeys.conftest import Problem
from tests.staff import Staff

pytestmark = pytest.mark.requirement("W-06")


@pytest.mark.requirement("I-11")
def test_a_clerk_is_invited_and_made_an_examiner_by_two_administrators(staff: Staff, problem: Problem) -> None:
    first, second = staff("administrator"), staff("administrator", 1)
    login = f"clerk-{token_hex(4)}"
    asked = {"login": login, "name": "张敏", "roles": ["intake"], "reason": "接替退休的同事"}
    account = first.post("/staff/members", asked)["account_id"]
    assert problem(first, "POST", "/staff/members", asked)["code"] == "staff_login_taken"
    assert first.post(f"/staff/members/{account}/code")["code"]
    grant = {"step": "grant", "role": "examiner", "reason": "通过审查员考核"}
    first.post(f"/staff/members/{account}/changes", grant)
    [waits] = first.get(f"/staff/members/{account}")["changes"]
    confirm = f"/staff/member-changes/{waits['change_id']}/decision"
    assert problem(first, "POST", confirm, {"decision": "confirm"})["code"] == "staff_second_person"
    second.post(confirm, {"decision": "confirm"})
    found = second.get(f"/staff/members/{account}")
    assert set(found["member"]["roles"]) == {"intake", "examiner"}
    assert [one["login"] for one in first.get(f"/staff/members?text={login}")["items"]] == [login]
    second.call("DELETE", f"/staff/members/{account}/sessions")
    assert problem(staff("examiner"), "GET", "/staff/members")["code"] == "forbidden"


def test_an_enquiry_is_noted_and_its_call_settled(staff: Staff, visitor: Portal, problem: Problem) -> None:
    desk = staff("customer_service")
    today = date.fromisoformat(visitor.get("/tariff")["on"])
    noted = {
        "subject": "nobody",
        "caller": "一位编辑",
        "text": "问系列作品怎样计费。",
        "telephone": "13800138000",
        "call_back_on": str(today + timedelta(days=1)),
    }
    enquiry = desk.post("/staff/enquiries", noted)["enquiry_id"]
    assert enquiry in {one["enquiry_id"] for one in desk.get("/staff/callbacks?scope=open&limit=200")["items"]}
    calls = f"/staff/enquiries/{enquiry}/calls"
    assert problem(desk, "POST", calls, {"outcome": "postponed"})["code"] == "callback_day_missing"
    settled = desk.post(calls, {"outcome": "reached", "text": "已说明收费标准。"})
    assert [step["outcome"] for step in settled["steps"]] == ["reached"]
    assert problem(desk, "POST", calls, {"outcome": "reached"})["code"] == "callback_settled"
    assert desk.get(f"/staff/enquiries/{enquiry}")["text"] == noted["text"]
