"""更正 and 撤销 by the office on the pages: from the holder's report to the new certificate, with two people."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import unquote

import pytest
from chassis.testing import staff_actor
from flask.testing import FlaskClient
from lxml import html
from materials.testing.sample_files import numbered_pdf
from registry_infra.demo.people import new_applicant

from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_changes import Owner

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-05")]
CONFIRMED = {"step": "confirm", "confirmed": "1"}
NEW, QUEUE = "/staff/office-acts/new", "/staff/office-acts"


@pytest.fixture(scope="module")
def owner(system: System) -> Owner:
    return Owner.registered(system)


@pytest.fixture(scope="module")
def browser(owner: Owner) -> FlaskClient:
    return sign_in(owner)[0]


def office(system: System, role: str, subject: str) -> FlaskClient:
    return system.client(system.token(staff_actor(role, id=subject)))


def evidence() -> dict[str, Any]:
    """With a plain form."""
    return {"evidence_file": (io.BytesIO(numbered_pdf(1)), "原申请表.pdf")}


def words_of(answer: Any) -> Any:
    return html.fromstring(answer.text).find(".//main")


def issue(owner: Owner) -> None:
    owner.system.settle()
    owner.system.insist(owner.system.services["archive"].run_worker)
    owner.system.settle()


def test_a_reported_error_is_corrected_by_two_people(owner: Owner, browser: FlaskClient) -> None:
    number = owner.ids["registration_number"]
    assert "/account/office-acts/new" in browser.get("/account/certificates").text
    start = f"/account/office-acts/new?number={number}"
    sent = post(browser, "/account/office-acts/new", start, number=number, report="完成日期应为二月一日")
    page = sent.headers["Location"]
    act = page.rsplit("/", 1)[1]
    assert "完成日期应为二月一日" in browser.get(page).text
    again = post(browser, "/account/office-acts/new", start, number=number, report="再报一次")
    assert (again.status_code, "没有办结" in again.text) == (409, True)

    first = office(owner.system, "archivist", "acc-a")
    assert act in first.get(QUEUE).text
    assert first.get(f"{NEW}?number=2026SR9999999").status_code == 404
    form = first.get(f"{NEW}?number={number}&report={act}").text
    assert f'value="{act}"' in form
    stated = first.get(f"/api/v1/staff/registrations/{number}").get_json()
    entry = {name: stated[name] or "" for name in ("title", "publication_date")}
    entry |= {"authors": "\n".join(stated["authors"]), "owners": "\n".join(stated["owners"]), "number": number}
    corrected = entry | {
        "title": "更正后的名称",
        "completion_date": "2026-02-01",
        "ground": "clerical_error",
        "act_id": act,
    }
    nothing = entry | {"completion_date": stated["completion_date"], "ground": "clerical_error", "act_id": act}
    for wrong, words in ((nothing | {"statement": "录入有误"}, "完全一样"), (corrected, "field-statement")):
        refused = first.post(NEW, data=wrong | evidence())
        assert (refused.status_code, words in refused.text) == (422, True)
    without = first.post(NEW, data=corrected | {"statement": "录入有误"})
    assert (without.status_code, "field-evidence" in without.text) == (422, True), "who confirms has to see why"
    assert first.post(NEW, data=corrected | {"statement": "录入有误"} | evidence()).status_code == 303
    assert "复核确认" not in first.get(f"{QUEUE}/{act}").text.partition("<main")[2]
    assert first.post(f"{QUEUE}/{act}", data={"step": "confirm"}).status_code == 409
    second = office(owner.system, "senior_examiner", "acc-b")
    asked = second.post(f"{QUEUE}/{act}", data={"step": "confirm"})
    assert (asked.status_code, "更正登记簿，不能撤回" in asked.text) == (200, True), "asked once"
    for shown in (second.get(f"{QUEUE}/{act}").text, asked.text):
        signed = re.search(rf'href="({QUEUE}/{act}/documents/[^"]+)"', shown)
        for words in ("2026年2月1日", "提出人"):
            assert words in shown, words
        assert signed is not None, "the signed form lies beside what is proposed"
        assert second.get(signed.group(1)).data.startswith(b"%PDF")
    assert owner.get(f"/office-acts/{act}")["state"] == "proposed", "nothing yet"
    assert owner.get(f"/office-acts/{act}")["proposed_by"] is None
    assert second.get(f"{QUEUE}/{act}/documents/doc-of-another").status_code == 404
    assert second.post(f"{QUEUE}/{act}", data=CONFIRMED).status_code == 303
    issue(owner)
    new, old = owner.get("/certificates")["items"]
    assert [(one["edition"], one["status"]) for one in (new, old)] == [(2, "valid"), (1, "replaced")]
    assert "已经更正" in browser.get(page).text
    told = owner.system.client().get(f"/verify/{number}").text
    assert "登记机构已更正" in told
    assert "2026年2月1日" in told
    assert owner.get(f"/certificates/{number}")["completion_date"] == "2026-02-01"
    assert owner.get("/office-acts")["items"][0]["state"] == "confirmed"
    case = f"/staff/lookups/cases/{owner.ids['application_id']}"
    shown = words_of(first.get(f"{case}?purpose=records"))
    assert shown.xpath("string(.//h1)") == "更正后的名称"
    assert "申请时的名称" in shown.text_content()
    course, kept = shown.find_class("history")
    assert "更正登记簿，换发证书" in course.text_content()
    assert "更正登记簿，换发证书" in kept.text_content()
    standing = [line for line in shown.xpath(".//ul[@class='document-list']/li") if "登记证书" in line.text_content()]
    assert sorted("现行" in line.text_content() for line in standing) == [False, True]
    assert sorted("已被新证书取代" in line.text_content() for line in standing) == [False, True]
    assert "更正登记簿" in browser.get(f"/account/applications/{owner.ids['application_id']}").text


def test_who_finds_their_work_registered_by_another_objects_and_has_an_answer(owner: Owner) -> None:
    number, system = owner.ids["registration_number"], owner.system
    start = f"/account/office-acts/objections/new?number={number}"
    public = html.fromstring(system.client().get(f"/verify/{number}").text)
    [link] = [one for one in public.xpath("//main//a[@href]") if "提出异议" in one.text_content()]
    assert unquote(link.get("href")) == start
    assert system.client().get(start).headers["Location"].startswith("/sign-in"), "and back, when signed in"
    stranger = Owner(system, new_applicant(), system.client(), {})
    stranger.sign_up()
    browser = sign_in(stranger)[0]
    send = start.partition("?")[0]
    empty = post(browser, send, start, number=number, statement="")
    assert (empty.status_code, "field-statement" in empty.text) == (422, True)
    said = {
        "number": number,
        "statement": "这是我三年前发表的画",
        "evidence_file": (io.BytesIO(numbered_pdf(1)), "底稿.pdf"),
    }
    sent = post(browser, send, start, **said)
    page = sent.headers["Location"]
    act = page.rsplit("/", 1)[1]
    shown = words_of(browser.get(page)).text_content()
    for words in ("您的异议", "这是我三年前发表的画", "底稿.pdf", "正在核对"):
        assert words in shown, words
    again = post(browser, send, start, number=number, statement="再提一次")
    assert (again.status_code, "还没有答复" in again.text) == (409, True)
    holder = sign_in(owner)[0]
    assert holder.get(page).status_code == 404
    assert act not in holder.get("/account/office-acts").text
    refused = post(holder, send, start, number=number, statement="自己的")
    assert (refused.status_code, "在您自己名下" in refused.text) == (409, True)

    first = office(system, "archivist", "acc-a")
    listed = words_of(first.get(QUEUE)).text_content()
    assert "异议" in listed
    desk = first.get(f"{QUEUE}/{act}").text
    for words in ("这是对登记的异议", "提出撤销", f"{NEW}?number=", "底稿.pdf"):
        assert words in desk, words
    file = re.search(rf'href="({QUEUE}/{act}/files/[^"]+)"', desk)
    assert file is not None
    assert first.get(file.group(1)).data.startswith(b"%PDF")
    assert first.post(f"{QUEUE}/{act}", data={"step": "dismiss", "reason": "底稿没有日期"}).status_code == 303
    system.settle()
    assert "底稿没有日期" in browser.get(page).text
    assert any("不予撤销" in one["subject"] for one in stranger.get("/messages")["items"])
    assert not any("异议" in one["subject"] for one in owner.get("/messages")["items"])
    assert page.rsplit("/", 1)[0] in browser.get("/account/messages").text


def test_a_revocation_is_proposed_heard_and_confirmed(owner: Owner, browser: FlaskClient) -> None:
    number = owner.ids["registration_number"]
    first, second = (office(owner.system, "archivist", f"acc-{one}") for one in "ab")
    facts = {"number": number, "ground": "untrue", "statement": "作品并非本人创作"}
    without = first.post(NEW, data=facts)
    assert (without.status_code, "field-evidence" in without.text) == (422, True)
    asked = first.post(NEW, data=facts | evidence())
    assert (asked.status_code, "提出撤销这项登记？" in asked.text) == (200, True)
    assert not owner.get("/office-acts")["items"] or owner.get("/office-acts")["items"][0]["act"] == "corrected"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text.partition("<main")[2]))
    assert hidden["confirmed"] == "1"
    proposed = first.post(NEW, data=hidden)
    act = proposed.headers["Location"].rsplit("/", 1)[1]
    owner.system.settle()
    page = f"/account/office-acts/{act}"
    assert page in browser.get("/account/office-acts").text
    assert any(one["subject"].startswith("拟撤销") for one in owner.get("/messages")["items"])
    assert second.post(f"{QUEUE}/{act}", data={"step": "confirm"}).status_code == 409
    shown = browser.get(page).text
    link = shown.partition(f"{page}/files/")[2].partition('"')[0]
    assert browser.get(f"{page}/files/{link}").data.startswith(b"%PDF")
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    assert token is not None
    said = {
        "csrf_token": token.group(1),
        "statement": "作品是我写的",
        "evidence_file": (io.BytesIO(numbered_pdf(1)), "手稿.pdf"),
    }
    assert browser.post(page, data=said).status_code == 303
    for shown in (second.get(f"{QUEUE}/{act}").text, browser.get(page).text):
        assert "作品是我写的" in shown
        assert "手稿.pdf" in shown
    assert second.post(f"{QUEUE}/{act}", data=CONFIRMED | {"reason": "证据确凿"}).status_code == 303
    assert second.post(f"{QUEUE}/{act}", data=CONFIRMED).status_code == 409, "once"
    issue(owner)
    told = owner.system.client().get(f"/verify/{number}").text
    assert "登记已被撤销" in told
    assert "登记事项与事实不符" in told
    assert {one["status"] for one in owner.get("/certificates")["items"] if one["paper"] == "certificate"} == {
        "revoked"
    }
    ended = first.post(NEW, data=facts | {"ground": "judgment", "confirmed": "1"} | evidence())
    assert (ended.status_code, "不再有效" in ended.text) == (409, True)
