"""公章与经办人: seen by the organisation alone, asked for on its page, compared at the reviewers' desk."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from chassis.testing import staff_actor
from identity.verification.image_worker import check_one
from materials.testing.sample_files import encoded, picture
from registry_infra.demo.people import new_applicant

from tests.author import IMAGE, Author
from tests.journeys.test_organisation import NAME, credit_code
from tests.one_process import System
from tests.pages.test_closing import TOKEN, signed_in

HERE = "/account/organisation"
PAPERS = ("business_licence", "authorisation_letter", "legal_representative_id")


def seal(seed: int) -> bytes:
    return encoded(picture(300, 300, seed=seed), "PNG")


def looked_at(system: System, drawn: bytes = b"") -> None:
    def look(path: Any, document: str) -> list[dict[str, Any]]:
        if document not in ("seal", "new_seal"):
            return []
        return [{"document": document, "code": "seal_not_seen", "severity": "warning", "params": {}}]

    assert check_one(system.services["identity"].runtime, look, draw=lambda path: drawn or seal(5))


def company(system: System, seed: int = 5) -> Author:
    author = Author(system, new_applicant(), system.client(), {})
    upload = author.upload(seal(seed), "公章.png", "seal")
    uscc = credit_code()
    author.sign_up(kind="organisation", organisation_name=NAME, uscc=uscc, seal_upload_id=upload)
    sent = {role: author.upload(IMAGE + role.encode(), f"{role}.jpg") for role in PAPERS}
    first = author.post("/verifications", sent)["verification_id"]
    looked_at(system)
    shown = signed_in(author).get("/account/verification").text
    assert re.search(f"<dt>统一社会信用代码</dt><dd>{uscc}</dd>", shown)
    assert "<dt>证件号码</dt>" not in shown
    desk = system.client(system.token(staff_actor("reviewer", id="acc-reviewer")))
    review = desk.get(f"/staff/verifications/{first}").text
    assert review.count("没有看到红色圆形印章") == 1, "of the seal of the sign-up"
    author.act("reviewer", f"/staff/verifications/{first}/decision", {"decision": "approve"})
    system.settle()
    return author


def sent(browser: Any, part: str, **entry: Any) -> Any:
    token = TOKEN.search(browser.get(HERE).text)
    assert token
    return browser.post(f"{HERE}/{part}", data=entry | {"csrf_token": token[1]}, follow_redirects=True)


def of_a_new_seal(seed: int) -> dict[str, Any]:
    return {
        "documents.new_seal_file": (io.BytesIO(seal(seed)), "新公章.png"),
        "documents.seal_statement_file": (io.BytesIO(IMAGE + bytes([seed])), "说明.jpg"),
        "why_seal": "原公章磨损",
    }


@pytest.mark.requirement("I-08")
def test_a_seal_is_seen_replaced_and_compared_on_the_pages(system: System) -> None:
    author = company(system)
    browser, desk = signed_in(author), system.client(system.token(staff_actor("reviewer", id="acc-reviewer")))
    shown = browser.get(HERE).text
    for said in (NAME, "公章.png", "注册时上传", "更换公章", "变更经办人", f"{HERE}/seal"):
        assert said in shown
    assert author.who.id_number not in shown
    assert "以前的公章" not in shown
    drawn = browser.get(f"{HERE}/seal")
    assert (drawn.mimetype, drawn.headers["Cache-Control"], drawn.data) == ("image/png", "no-store", seal(5))
    assert 'href="/account/organisation"' in browser.get("/account/sessions").text
    assert 'href="/account/organisation"' in browser.get("/account/verification").text

    lacking = sent(browser, "seal", why_seal="磨损")
    assert lacking.status_code == 422
    assert "新公章的图片" in lacking.text
    same = sent(browser, "seal", **of_a_new_seal(5))
    assert (same.status_code, "这就是现在保存的公章" in same.text) == (422, True)
    assert "作出决定之前现在的仍然有效" in sent(browser, "seal", **of_a_new_seal(6)).text
    looked_at(system, seal(6))
    waits = browser.get(HERE).text
    for said in ("更换公章正在审核", "最迟作出决定的日期", "等待审核的新公章", "原公章磨损", "撤回这次更换"):
        assert said in waits
    assert "提交更换公章" not in waits
    assert waits.count("一次只能办理一项") == 2, "nothing vanishes without a word"
    assert re.search("自动检查有提示.*?新公章的图片.*?没有看到红色圆形印章", waits, re.DOTALL)
    assert browser.get(f"{HERE}/seal").data == seal(5)
    assert browser.get(f"{HERE}/seal/asked").data == seal(6)
    assert "已通过实名认证" in browser.get("/account/verification").text, "who it is stays verified"

    asked = author.get("/organisation")["asked"]["verification_id"]
    assert re.search(rf"{asked}.*?更换公章", desk.get("/staff/verifications").text, re.DOTALL)
    review = desk.get(f"/staff/verifications/{asked}").text
    for said in ("现在的公章", "新公章", "更换公章的说明", "原公章磨损", "images/seal", "images/new_seal"):
        assert said in review
    assert "没有看到红色圆形印章" in review
    assert "手持照片与证件上的人不是同一人" not in review
    assert "提出撤回认证" not in review
    assert desk.get(f"/staff/verifications/{asked}/images/new_seal").data == seal(6)
    assert desk.get(f"/staff/verifications/{asked}/images/seal").data == seal(5)
    refused = {"decision": "refuse", "reasons": ["新公章与说明上盖的章不一致，请核对后重新上传。"]}
    author.act("reviewer", f"/staff/verifications/{asked}/decision", refused)
    told = browser.get(HERE).text
    for said in ("更换公章没有通过", "新公章与说明上盖的章不一致", "在下面重新提交", "提交更换公章"):
        assert said in told
    assert "The new seal differs from the one on the statement" in browser.get(f"{HERE}?lang=en").text
    browser.get(f"{HERE}?lang=zh")

    sent(browser, "seal", **of_a_new_seal(7))
    looked_at(system, seal(7))
    asked = author.get("/organisation")["asked"]["verification_id"]
    author.act("reviewer", f"/staff/verifications/{asked}/decision", {"decision": "approve"})
    done = browser.get(HERE).text
    assert "公章已更换" in done
    assert not re.search("ver-[0-9a-f-]{8}", done), "how it came is said in words"
    assert "更换，经审核通过" in done
    assert browser.get(f"{HERE}/seal").data == seal(7)
    for said in ("以前的公章", "使用到", "公章.png", "查看第 1 枚公章"):
        assert said in done
    assert browser.get(f"{HERE}/seal?version=1").data == seal(5)
    for none in (2, -1, 10**30):
        assert browser.get(f"{HERE}/seal?version={none}").status_code in (404, 410, 409, 422), none
    both = desk.get(f"/staff/verifications/{asked}").text
    assert "images/former_seal" in both
    assert 'images/seal"' not in both
    assert "通过有误" not in both


@pytest.mark.requirement("I-06")
def test_another_operator_is_asked_for_withdrawn_and_put(system: System) -> None:
    author = company(system)
    browser, other = signed_in(author), new_applicant()
    desk = system.client(system.token(staff_actor("reviewer", id="acc-reviewer")))

    def ask(number: str) -> Any:
        letter = (io.BytesIO(IMAGE + number.encode()), "授权书.jpg")
        who = {"operator.name": "李经办", "operator.id_type": "resident_id", "operator.id_number": number}
        return sent(browser, "operator", **who, **{"documents.authorisation_letter_file": letter})

    wrong = ask("110105")
    assert wrong.status_code == 422
    assert "李经办" in wrong.text, "what was entered stays"
    ask(other.id_number)
    looked_at(system)
    waits = browser.get(HERE).text
    assert "变更经办人正在审核" in waits
    assert "李经办" in waits
    assert other.id_number not in waits
    asked = author.get("/organisation")["asked"]["verification_id"]
    review = desk.get(f"/staff/verifications/{asked}").text
    for said in (other.id_number, author.who.name, "李经办", "images/authorisation_letter"):
        assert said in review
    assert "已撤回" in sent(browser, "withdrawal", verification_id=asked).text
    ask(other.id_number)
    looked_at(system)
    refused_id = author.get("/organisation")["asked"]["verification_id"]
    letter = "授权书没有写明经办人或授权范围，请补充。"
    author.act("reviewer", f"/staff/verifications/{refused_id}/decision", {"decision": "refuse", "reasons": [letter]})
    sent(browser, "seal", **of_a_new_seal(9))
    looked_at(system, seal(9))
    asked = author.get("/organisation")["asked"]["verification_id"]
    before = re.search("以前退回过.*?</ul>", desk.get(f"/staff/verifications/{asked}").text, re.DOTALL)
    assert before
    for said in (f'href="/staff/verifications/{refused_id}">变更经办人</a>', "不是这一项", "提交，", letter):
        assert said in before[0], said
    sent(browser, "withdrawal", verification_id=asked)
    assert author.get("/organisation")["operator_name"] == author.who.name
    ask(other.id_number)
    looked_at(system)
    asked = author.get("/organisation")["asked"]["verification_id"]
    author.act("reviewer", f"/staff/verifications/{asked}/decision", {"decision": "approve"})
    system.settle()
    assert "经办人已变更" in browser.get(HERE).text
    assert author.get("/organisation")["operator_name"] == "李经办"
    assert author.get("/me")["name"] == "李经办"


@pytest.mark.requirement("I-08")
def test_programs_do_the_same_and_hear_codes_and_remedies(system: System) -> None:
    author, stranger = company(system), company(system)
    assert author.me.get("/api/v1/organisation/seal").mimetype == "image/png"
    new, statement = author.upload(seal(8), "新.png", "seal"), author.upload(IMAGE + b"8", "说明.jpg")
    body = {"part": "seal", "new_seal": new, "why": "遗失"}
    lacking = author.me.post("/api/v1/organisation/replacements", json=body)
    assert (lacking.status_code, lacking.get_json()["code"]) == (422, "verification_documents_missing")
    assert lacking.get_json()["remedy"]
    asked = author.post("/organisation/replacements", body | {"seal_statement": statement})
    assert (asked["part"], asked["state"], asked["why"]) == ("seal", "pending", "遗失")
    here = f"/organisation/replacements/{asked['verification_id']}/withdrawal"
    theirs = stranger.me.post(f"/api/v1{here}", json={})
    assert (theirs.status_code, theirs.get_json()["code"]) == (404, "verification_unknown")
    assert author.get("/verifications")["items"][0]["part"] == "identity"
    assert author.get("/verifications?replacements=true")["items"][0]["part"] == "seal"
    assert author.post(here, {})["state"] == "replaced"
    again = author.me.post(f"/api/v1{here}", json={})
    assert (again.status_code, again.get_json()["code"]) == (409, "verification_decided")


@pytest.mark.requirement("S-01")
def test_persons_and_staff_have_no_such_page(system: System) -> None:
    person = Author(system, new_applicant(), system.client(), {})
    person.sign_up()
    desk = system.client(system.token(staff_actor("reviewer", id="acc-reviewer")))
    for path in (HERE, f"{HERE}/seal", "/api/v1/organisation", "/api/v1/organisation/seal"):
        assert person.me.get(path).status_code == 403, path
        assert desk.get(path).status_code == 403, path
        assert system.client().get(path).status_code in (303, 302, 401), path
