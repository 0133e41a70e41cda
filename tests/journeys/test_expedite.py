"""加急 over HTTP and on the pages: asked for, granted by a senior examiner, paid, and decided by the promised day."""

from __future__ import annotations

import pytest
from materials.testing.sample_files import numbered_pdf
from registry_infra.portal import Portal, unless, wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person, Staff, decide


@pytest.mark.requirement("F-16")
def test_a_case_is_hurried_from_the_request_to_the_decision(
    author: Person, visitor: Portal, staff: Staff, problem: Problem
) -> None:
    offer = wait_for("the sandbox's tiers", lambda: visitor.get("/expedite")["items"], 120)
    assert [tier["working_days"] for tier in offer] == [3, 7, 15]
    case = author.accepted_with_paper()
    path = f"/applications/{case}/expedites"
    asked = {"tier": "days_3", "because": "dispute", "reason": "下周开庭"}
    asked["evidence"] = [author.me.upload(numbered_pdf(1), "传票.pdf")]
    request = author.me.post(path, asked)
    assert problem(author.me, "POST", path, asked)["code"] == "expedite_open"
    senior = staff("senior_examiner")
    [waits] = [one for one in senior.get("/staff/expedites?limit=200")["items"] if one["application_id"] == case]
    assert waits["steps"] == ["grant", "refuse"]
    senior.post(f"/staff/expedites/{request['expedite_id']}/grant", {"answer": "已看到传票"})

    ordered = f"/applications/{case}/order?purpose=expedite"
    order = wait_for("the fee's order", lambda: unless("order_pending", lambda: author.me.get(ordered)))
    assert (order["purpose"], order["amount"]) == ("expedite", 80_000)
    author.provider(author.me.post(f"/orders/{order['order_id']}/payments", {"method": "wechat"})["payment_id"])

    def hurried() -> dict[str, object] | None:
        found: dict[str, object] = author.case(case)["expedite"]
        return found if found["state"] == "active" else None

    promise = wait_for("the promise", hurried)
    examiner = staff("examiner")

    def queued() -> dict[str, object] | None:
        queue = examiner.get("/staff/examinations?queue=unclaimed&limit=200")["items"]
        return next((one for one in queue if one["application_id"] == case and one["hurried"]), None)

    assert wait_for("its place in the queue", queued)["due_on"] == promise["due_on"]
    examiner.post(f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    decide(examiner, case, "approve")
    assert author.case(case)["expedite"]["state"] == "kept"
    expected = {"expedite_requested", "expedite_granted", "expedite_active", "expedite_kept"}

    def told() -> bool | None:
        return expected <= {message["template"] for message in author.sms()} or None

    assert wait_for("a message of each step", told)
    assert visitor.get("/statistics/queue")["days"]
