"""Whatever is wrong is said clearly, with a code, a sentence and a remedy; nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from materials.testing.sample_files import encrypted_pdf, numbered_pdf, zip_of
from registry_infra.demo.people import new_applicant
from registry_infra.demo.work import essay
from registry_infra.portal import TUS, Portal, Refused, wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person


def fields(document: dict[str, Any]) -> dict[str, str]:
    return {error["field"]: error["code"] for error in document["errors"]}


@pytest.mark.requirement("I-01")
def test_a_wrong_sms_code_leaves_attempts_and_the_right_one_then_works(newcomer: Person, problem: Problem) -> None:
    code = newcomer.code("sign_up")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert problem(newcomer.visitor, "POST", "/accounts", newcomer.entry(otp=wrong))["code"] == "otp_wrong"
    assert newcomer.visitor.post("/accounts", newcomer.entry(otp=code))["account_id"]


@pytest.mark.requirement("I-01")
def test_a_used_sms_code_has_expired(author: Person, problem: Problem) -> None:
    code = author.code("sign_in")
    body = {"mobile": author.who.mobile, "otp": code}
    assert author.visitor.post("/sessions", body)["access_token"]
    assert problem(author.visitor, "POST", "/sessions", body)["code"] == "otp_expired"


@pytest.mark.requirement("I-03")
def test_five_wrong_passwords_slow_the_password_down_but_not_the_sms_code(newcomer: Person, problem: Problem) -> None:
    newcomer.sign_up()
    wrong = {"login": newcomer.who.mobile, "password": "not-the-password-9"}
    codes = [problem(newcomer.visitor, "POST", "/sessions", wrong)["code"] for _ in range(5)]
    assert set(codes) == {"sign_in_failed"}
    right = {"login": newcomer.who.mobile, "password": newcomer.who.password}
    slowed = problem(newcomer.visitor, "POST", "/sessions", right)
    assert slowed["code"] == "sign_in_slowed"
    assert slowed["status"] == 429
    by_code = {"mobile": newcomer.who.mobile, "otp": newcomer.code("sign_in")}
    assert newcomer.visitor.post("/sessions", by_code)["access_token"]


@pytest.mark.requirement("I-01")
def test_an_id_number_with_a_wrong_check_digit_is_refused_at_its_field(newcomer: Person, problem: Problem) -> None:
    number = newcomer.who.id_number
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    code = newcomer.code("sign_up")
    refused = problem(newcomer.visitor, "POST", "/accounts", newcomer.entry(otp=code, id_number=wrong))
    assert refused["code"] in ("id_number_invalid", "request_invalid")
    assert fields(refused) == {"id_number": "id_number_invalid"}
    assert newcomer.visitor.post("/accounts", newcomer.entry(otp=code))["account_id"]


@pytest.mark.requirement("I-01")
def test_a_taken_mobile_is_refused(author: Person, newcomer: Person, problem: Problem) -> None:
    other = new_applicant()
    code = author.code("sign_up")
    entry = newcomer.entry(mobile=author.who.mobile, otp=code, id_number=other.id_number)
    refused = problem(newcomer.visitor, "POST", "/accounts", entry)
    assert refused["code"] == "mobile_taken"


@pytest.mark.requirement("W-06")
def test_unknown_fields_and_malformed_bodies_are_refused(visitor: Portal, problem: Problem) -> None:
    unknown = problem(visitor, "POST", "/otp", {"mobile": "13800138000", "purpose": "sign_up", "colour": "red"})
    assert fields(unknown) == {"colour": "unknown_field"}
    json = {"Content-Type": "application/json"}
    assert problem(visitor, "POST", "/otp", content=b"{not json", headers=json)["code"] == "request_malformed"


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("wrong_type_renamed", lambda: zip_of({"a.txt": b"text" * 50})),
        ("pdf_needs_password", lambda: encrypted_pdf("secret")),
        ("pdf_truncated", lambda: essay("王小明")[:80_000]),
        ("pdf_truncated_recovered", lambda: numbered_pdf(40)[:900]),
        ("empty_file", lambda: b""),
    ],
)
def test_a_file_that_is_no_readable_pdf_is_found_out_and_explained(
    author: Person, problem: Problem, code: str, make: Callable[[], bytes]
) -> None:
    application_id = author.draft(title=f"有坏文件的书：{code}")
    check = author.attach(application_id, make())
    assert check["verdict"] != "pass"
    found = {finding["code"]: finding for finding in check["findings"]}
    assert found[code]["severity"] == "error"
    assert found[code]["message"]
    assert found[code]["remedy"]
    refused = problem(author.me, "POST", f"/applications/{application_id}/declaration")
    assert refused["status"] == 422
    assert "material_failed" in fields(refused).values()


@pytest.mark.requirement("F-08")
def test_a_file_over_the_limit_is_refused_before_it_is_sent(author: Person, problem: Problem) -> None:
    headers = {**TUS, "Upload-Length": str((200 << 20) + 1)}
    refused = problem(author.me, "POST", "/uploads", content=b"", headers=headers)
    assert (refused["code"], refused["status"]) == ("upload_too_large", 413)


@pytest.mark.requirement("F-03")
def test_every_problem_of_a_form_is_said_at_once(author: Person, problem: Problem) -> None:
    next_year = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    application_id = author.draft(title="绘画教程", completion_date=next_year)
    refused = problem(author.me, "POST", f"/applications/{application_id}/declaration")
    found = fields(refused)
    assert found["title"] == "title_generic"
    assert found["completion_date"] == "date_in_future"
    assert "material_missing" in found.values()
    kept = author.case(application_id)
    assert (kept["state"], kept["form"]["title"]) == ("draft", "绘画教程")


@pytest.mark.requirement("I-05")
def test_nothing_is_filed_before_the_verification(newcomer: Person, problem: Problem) -> None:
    newcomer.sign_up()
    application_id = newcomer.draft()
    newcomer.attach(application_id, numbered_pdf(2))
    assert problem(newcomer.me, "POST", f"/applications/{application_id}/declaration")["code"] == "not_verified"
    submission = f"/applications/{application_id}/submission"
    assert problem(newcomer.me, "POST", submission, {"otp": newcomer.code("sign")})["code"] in (
        "not_verified",
        "declaration_required",
    )
    assert newcomer.case(application_id)["state"] == "draft"


@pytest.mark.requirement("F-02")
def test_a_draft_that_changed_elsewhere_is_not_overwritten(author: Person, problem: Problem) -> None:
    application_id = author.draft(title="两处同时修改的书")
    path = f"/applications/{application_id}"
    change = {"form": {"title": "后来的名称"}}
    assert author.me.call("PATCH", path, change, headers={"If-Match": '"1"'})["version"] == 2
    late = problem(author.me, "PATCH", path, {"form": {"title": "过时的名称"}}, headers={"If-Match": '"1"'})
    assert late["code"] == "version_conflict"
    assert problem(author.me, "PATCH", path, change)["code"] == "version_required"
    assert author.case(application_id)["title"] == "后来的名称"


@pytest.mark.requirement("S-01")
def test_two_submissions_at_once_file_one_application_under_one_number(author: Person) -> None:
    application_id = author.ready_to_sign(pages=8, title="同时提交两次的书")
    code = author.code("sign")

    def submit(_: int) -> str:
        try:
            return str(author.me.post(f"/applications/{application_id}/submission", {"otp": code})["serial_number"])
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(2) as both:
        answers = set(both.map(submit, range(2)))
    number = author.case(application_id)["serial_number"]
    assert number in answers
    assert answers <= {number, "otp_wrong", "otp_expired", "action_not_allowed", "application_frozen"}
    orders = [order for order in author.me.get("/orders")["items"] if order["application_id"] == application_id]
    assert len(orders) <= 1


@pytest.mark.requirement("P-02")
def test_a_payment_of_a_wrong_amount_does_not_pay_the_order(author: Person) -> None:
    application_id = author.ready_to_sign(pages=9, title="少付了钱的书")
    author.submit(application_id)
    payment = author.start_payment(application_id)
    author.provider(payment["payment_id"], amount=1)

    def mismatched() -> dict[str, Any] | None:
        view: dict[str, Any] = author.me.get(f"/payments/{payment['payment_id']}")
        return view if view["state"] == "mismatched" else None

    view = wait_for("the mismatch", mismatched)
    assert (view["received_amount"], view["problem"]) == (1, "payment_amount_mismatch")
    assert author.order(application_id)["state"] == "pending"
    assert author.case(application_id)["state"] == "submitted"
    author.pay(application_id)


@pytest.mark.requirement("P-02")
def test_forged_notices_pay_nothing_and_repeated_ones_pay_once(author: Person, problem: Problem) -> None:
    application_id = author.ready_to_sign(pages=10, title="通知重复多次的书")
    author.submit(application_id)
    forged = {
        "Content-Type": "application/json",
        "Wechatpay-Signature": "bm90IGEgc2lnbmF0dXJl",
        "Wechatpay-Serial": "PUB_KEY_ID_0000000000000000000000000000",
        "Wechatpay-Nonce": "nonce",
        "Wechatpay-Timestamp": "1700000000",
    }
    refused = problem(author.visitor, "POST", "/callbacks/wechatpay", content=b'{"id":"1"}', headers=forged)
    assert refused["code"] in ("callback_invalid", "callback_stale")
    payment = author.start_payment(application_id)
    author.provider(payment["payment_id"], times=4)
    number = author.wait_until(application_id, "acceptance_number")
    assert author.order(application_id)["state"] == "paid"
    accepted = [action for action in author.case(application_id)["actions"] if action["action"] == "accept"]
    assert len(accepted) == 1
    assert author.case(application_id)["acceptance_number"] == number


@pytest.mark.requirement("A-03")
def test_a_number_that_nobody_knows_is_explained(visitor: Portal, problem: Problem) -> None:
    unknown = problem(visitor, "GET", "/progress/2026Z11L999999")
    assert unknown["code"] == "number_unknown"
    hints = {hint["code"]: hint for hint in unknown["hints"]}
    assert "两个工作日" in hints["not_yet_updated"]["message"]
    assert hints["customer_service"]["phone"] == "010-61092299"
    certificate = problem(visitor, "GET", "/certificates/国作登字-2026-A-99999999")
    assert certificate["code"] == "registration_number_unknown"
    assert {hint["code"] for hint in certificate["hints"]} >= {"not_yet_updated", "customer_service"}


@pytest.mark.requirement("L-02")
def test_a_number_of_the_old_system_leads_there(visitor: Portal, problem: Problem) -> None:
    old = problem(visitor, "GET", "/progress/2019Z11S000001")
    assert old["hints"][0]["code"] == "old_system"
    assert old["hints"][0]["url"] == "/legacy"


@pytest.mark.requirement("A-03")
def test_a_number_in_the_wrong_letter_case_is_spelled_right(author: Person, problem: Problem) -> None:
    application_id = author.ready_to_sign(pages=11, title="号码写错大小写的书")
    number = author.submit(application_id)
    wrong = problem(author.visitor, "GET", f"/progress/{number.lower()}")
    assert wrong["hints"][0]["code"] == "letter_case"
    assert wrong["hints"][0]["suggestion"] == number
    assert author.visitor.get(f"/progress/{number}")["number"] == number
