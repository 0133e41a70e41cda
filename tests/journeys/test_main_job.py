"""The main job over HTTP: from sign-up to a certificate that anyone can check; correction; refusal; withdrawal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from registry_infra.portal import Portal, wait_for
from registry_infra.testing import Stack

from tests.journeys.conftest import Problem
from tests.journeys.people import Person, Staff, decide

DOCUMENTS = {"declaration", "cover_sheet", "acceptance_notice", "receipt", "certificate"}


@pytest.mark.requirement("I-01")
@pytest.mark.requirement("I-05")
@pytest.mark.requirement("F-09")
@pytest.mark.requirement("F-10")
@pytest.mark.requirement("F-14")
@pytest.mark.requirement("P-01")
@pytest.mark.requirement("P-02")
@pytest.mark.requirement("A-01")
@pytest.mark.requirement("A-02")
@pytest.mark.requirement("A-04")
@pytest.mark.requirement("W-06")
def test_a_persons_text_work_goes_from_sign_up_to_a_certificate_that_anyone_can_check(
    newcomer: Person, visitor: Portal, staff: Staff, stack: Stack, tmp_path: Path
) -> None:
    newcomer.sign_up()
    assert newcomer.me.get("/me")["verification"] == "none"
    newcomer.verify()
    assert newcomer.me.get("/me")["verification"] == "approved"

    application_id = newcomer.ready_to_sign(pages=12)
    serial_number = newcomer.submit(application_id)
    order = newcomer.order(application_id)
    assert order["amount"] == 30000
    acceptance_number = newcomer.pay(application_id)
    assert serial_number[4:7] == acceptance_number[4:7] == "Z11"

    staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    examiner = staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
    decide(examiner, application_id, "approve")
    number = newcomer.wait_until(application_id, "registration_number")
    newcomer.wait_until(application_id, "state", "registered")

    kinds = wait_for("all documents", lambda: _all_documents(newcomer, application_id))
    certificate = newcomer.me.fetch(f"/documents/{kinds['certificate']['document_id']}")
    for document in kinds.values():
        answer = newcomer.me.send("GET", f"/documents/{document['document_id']}")
        assert answer.content.startswith(b"%PDF")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "filename" in answer.headers["Content-Disposition"]
    assert [item["registration_number"] for item in newcomer.me.get("/certificates")["items"]] == [number]

    progress = visitor.get(f"/progress/{acceptance_number}")
    assert [(node["name"], node["state"]) for node in progress["nodes"]] == [
        ("受理", "done"),
        ("审查", "done"),
        ("补正", "skipped"),
        ("制证", "done"),
    ]
    assert newcomer.who.name not in str(progress)
    check = visitor.get(f"/certificates/{number}")
    assert check["status"] == "valid"
    assert newcomer.who.name not in str(check)
    pdf = {"Content-Type": "application/pdf"}
    assert visitor.call("POST", "/certificate-checks", content=certificate, headers=pdf)["file_matches"] is True
    changed = certificate.replace(b"/Type", b"/Tipe", 1)
    judged = visitor.call("POST", "/certificate-checks", content=changed, headers=pdf)
    assert judged["status"] == "unknown"
    assert judged["problems"]

    file = tmp_path / "certificate.pdf"
    file.write_bytes(certificate)
    assert stack.command("verify", str(file)).returncode == 0


def _all_documents(person: Person, application_id: str) -> dict[str, dict[str, object]] | None:
    kinds = person.documents(application_id)
    return kinds if set(kinds) >= DOCUMENTS else None


@pytest.mark.requirement("W-05")
def test_the_applicant_hears_of_each_step_once(author: Person, staff: Staff) -> None:
    application_id = author.ready_to_sign(pages=4, title="每一步都有消息的书")
    serial_number = author.submit(application_id)
    author.pay(application_id)
    staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    examiner = staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
    decide(examiner, application_id, "approve")
    author.wait_until(application_id, "state", "registered")

    def heard() -> Counter[tuple[str, str]] | None:
        mine = [message for message in author.sms() if message["application_id"] == application_id]
        found = Counter((message["channel"], message["template"]) for message in mine)
        return found if any("certificate" in template for _, template in found) else None

    heard_of = wait_for("the message about the certificate", heard)
    assert set(heard_of.values()) == {1}
    in_app = [
        item for item in author.me.get("/messages?limit=200")["items"] if item["application_id"] == application_id
    ]
    assert len(in_app) >= 4
    author.me.post(f"/messages/{in_app[0]['message_id']}/read")


@pytest.mark.requirement("F-12")
def test_a_case_is_corrected_and_then_registered(
    author: Person, staff: Staff, problem: Problem, visitor: Portal
) -> None:
    application_id = author.accepted_with_paper(pages=5, title="需要补正的书")
    examiner = staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
    assert (
        problem(examiner, "POST", f"/staff/examinations/{application_id}/decision", {"decision": "correct"})["code"]
        == "defects_required"
    )
    defects = [
        {"target": "description.purpose", "message": "创作目的请写得更具体。"},
        {"target": "title", "message": "名称与样本封面不一致。"},
    ]
    asked = decide(examiner, application_id, "correct", defects=defects)
    assert asked["state"] == "awaiting_correction"

    case = author.case(application_id)
    told = {node["name"]: (node["state"], node["because"]) for node in case["nodes"]}
    assert (told["审查"], told["补正"]) == (("current", "paused"), ("current", ""))
    assert {deadline["kind"]: deadline["state"] for deadline in case["deadlines"]}["examination"] == "paused"
    marked = case["corrections"][0]["defects"]
    path = f"/applications/{application_id}/corrections"
    one_answer = {"answers": [{"defect_id": marked[0]["defect_id"], "text": "已补充。"}]}
    assert problem(author.me, "POST", f"{path}/declaration", one_answer)["code"] == "answers_missing"
    answers = [{"defect_id": defect["defect_id"], "text": "已更正。"} for defect in marked]
    description = case["form"]["description"] | {"purpose": "为江边的小镇留下一份可以查考的记录。"}
    answer = {"answers": answers, "form": {"title": "补正之后的书", "description": description}}
    declaration = author.me.post(f"{path}/declaration", answer)
    unsigned = problem(author.me, "POST", path, answer)
    assert {error["field"] for error in unsigned["errors"]} == {"otp"}, "nothing is registered that is not signed"
    code = author.code("sign")
    other = problem(author.me, "POST", path, answer | {"otp": code, "sha256": "0" * 64})
    assert other["code"] == "declaration_outdated"
    author.me.post(path, answer | {"otp": code, "sha256": declaration["sha256"]})

    corrected = examiner.get(f"/staff/examinations/{application_id}")
    assert {change["field"] for change in corrected["corrections"][0]["changes"]} >= {"title"}
    decide(examiner, application_id, "approve")
    number = author.wait_until(application_id, "registration_number")
    assert visitor.get(f"/certificates/{number}")["title"] == "补正之后的书"


@pytest.mark.requirement("F-11")
def test_a_refusal_takes_two_examiners_and_a_reason(author: Person, staff: Staff, problem: Problem) -> None:
    application_id = author.accepted_with_paper(pages=6, title="不予登记的书")
    first, second = staff("examiner"), staff("examiner", 1)
    path = f"/staff/examinations/{application_id}"
    first.post(f"{path}/claim", {"reason": "由测试领取"})
    assert problem(second, "POST", f"{path}/claim")["code"] == "examination_taken"
    assert problem(first, "POST", f"{path}/decision", {"decision": "refuse"})["code"] == "reason_required"
    assert decide(first, application_id, "refuse", reason="样本不是作品。")["state"] == "refusal_proposed"
    again = problem(first, "POST", f"{path}/decision", {"decision": "refuse", "reason": "样本不是作品。"})
    assert again["code"] == "second_examiner_required"
    assert author.case(application_id)["proposed_reason"] == ""
    second.post(f"{path}/claim", {"reason": "由测试领取"})
    assert decide(second, application_id, "refuse", reason="样本不是作品。")["state"] == "refused"
    refused = author.case(application_id)
    assert (refused["state"], refused["reason"]) == ("refused", "样本不是作品。")
    assert refused["registration_number"] is None
    wait_for("the refusal notice", lambda: author.documents(application_id).get("refusal_notice"))


@pytest.mark.requirement("F-01")
def test_an_application_is_withdrawn_and_its_order_is_cancelled(author: Person, problem: Problem) -> None:
    application_id = author.ready_to_sign(pages=7, title="撤回的书")
    author.submit(application_id)
    order = author.order(application_id)
    withdrawn = author.me.post(f"/applications/{application_id}/withdrawal", {"reason": "改变了主意"})
    assert withdrawn["state"] == "withdrawn"

    def cancelled() -> bool | None:
        return author.me.get(f"/orders/{order['order_id']}")["state"] == "cancelled" or None

    wait_for("the cancelled order", cancelled)
    paying = problem(author.me, "POST", f"/orders/{order['order_id']}/payments", {"method": "wechat"})
    assert paying["code"] == "order_not_payable"
