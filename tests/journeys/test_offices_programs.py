"""The office's own programs do by the API what administrators and customer service do by their pages."""

from __future__ import annotations

from datetime import date, timedelta
from secrets import token_hex
from urllib.parse import quote

import pytest
from registry_infra.portal import Portal, wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person
from tests.lives import examined
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


@pytest.mark.requirement("A-01")
def test_a_paper_certificate_is_asked_for_and_sent(staff: Staff, newcomer: Person, problem: Problem) -> None:
    person, archivist = newcomer.sign_up().verify(), staff("archivist")
    case = examined(person.accepted_with_paper(title="寄出去的证书"), person, "approve")
    number = quote(person.wait_until(case, "registration_number"))
    address = {
        "recipient": person.who.name,
        "telephone": "13800138000",
        "province": "北京市",
        "city": "北京市西城区",
        "street": "天桥南大街1号",
        "postcode": "100050",
    }
    asked = person.me.post(f"/registrations/{number}/parcel", address)

    def printable() -> bool | None:
        """Mine among those that wait: others may have asked before."""
        waiting = archivist.get("/staff/parcels?state=asked&limit=200")["items"]
        mine = [item for item in waiting if item["parcel_number"] == asked["parcel_number"]]
        return bool(mine and mine[0]["document_id"]) or None

    wait_for("the certificate to be printable", printable)
    archivist.post("/staff/parcel-batches", {"limit": 40})
    tracking = f"/staff/parcels/{asked['parcel_number']}/tracking"
    assert problem(archivist, "POST", tracking, {"tracking_number": "EE123456784CN"})["code"] == "tracking_number_wrong"
    assert archivist.post(tracking, {"tracking_number": "EE123456785CN"})["state"] == "sent"
    outcome = {"outcome": "returned", "reason": "not_reached"}
    archivist.post(f"/staff/parcels/{asked['parcel_number']}/outcome", outcome)
    found = person.me.get(f"/registrations/{number}/parcel")
    assert (found["asks"], found["parcel"]["state"]) == (True, "returned")
    assert problem(staff("cashier"), "GET", "/staff/parcels")["code"] == "forbidden"
