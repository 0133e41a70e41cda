"""A correction on the pages of its case: whose answer is missing is named, and which round brought what."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from materials.testing.sample_files import encrypted_pdf, text_pdf

from tests.one_process import System
from tests.pages.test_closing import TOKEN, newcomer, post, signed_in
from tests.pages.test_office_desks import at_desk

MESSAGE = "作品名称与样本封面不一致，请核对。"


@pytest.mark.requirement("F-12")
@pytest.mark.requirement("W-02")
def test_missing_answers_are_told_apart_by_what_they_are_about(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    here, page = f"/account/applications/{case}/correction", f"/account/applications/{case}"
    author.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    sample = author.get(f"/applications/{case}")["materials"][0]
    targets = ["title", sample["material_id"], sample["material_id"]]
    defects = [{"target": target, "message": MESSAGE} for target in targets]
    author.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    browser = signed_in(author)
    shown = browser.get(here).text
    assert "请核对后保存" not in shown, "there is nothing to save here"
    assert "已恢复上次没有提交的答复" in shown
    asked = [each["defect_id"] for each in author.get(f"/applications/{case}")["corrections"][0]["defects"]]
    unchanged = {"title": author.get(f"/applications/{case}")["title"]}
    refused = post(browser, here, here, **unchanged, **{f"answers.{each}": "" for each in asked})
    summary = refused.text[refused.text.index('id="error-summary"') :]
    told = re.findall(r'<a href="#field-answers[^"]*">([^<]*)</a>', summary[: summary.index("</div>")])
    assert len(told) == len(set(told)) == 3
    assert told[0].startswith("对“作品名称”的答复：")
    assert told[2].startswith(f"对“{sample['file_name']}”第 2 条意见的答复：")

    assert "第 1 次补正意见" in browser.get(page).text
    assert "还没有答复" in browser.get(page).text
    upload = author.upload(text_pdf(["New", "Sample"]), "新的样本.pdf")
    author.post(f"/applications/{case}/materials", {"upload_id": upload, "role": sample["role"]})
    rest = browser.get(page).text
    new = rest[rest.index("新的样本.pdf") :]
    assert "第 1 次补正时提交" in new[: new.index("</li>")]


@pytest.mark.requirement("F-12")
@pytest.mark.requirement("P-01")
def test_both_sides_read_that_the_fee_stays_when_what_it_was_reckoned_by_is_corrected(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    author.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    desk = at_desk(system, "examiner", id="acc-examiner")
    for target, stays in (("category", True), ("title", False)):
        asked = {"decision": "correct", "defect_target": target, "defect_page": "", "defect_message": MESSAGE}
        page = desk.post(f"/staff/examinations/{case}/decision", data=asked | {"defect_standard": ""}).text
        assert "发出补正通知书，不能撤回" in page
        assert ("已缴的费用不变" in page) is stays
    defects = [{"target": target, "message": MESSAGE} for target in ("category", "title")]
    author.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    shown = signed_in(author).get(f"/account/applications/{case}/correction").text
    assert shown.count("费用以提交时为准：改正这一项，不补收，也不退差额。") == 1


@pytest.mark.requirement("F-12")
@pytest.mark.requirement("F-06")
def test_a_file_of_an_answer_is_repaired_from_the_page_of_the_answer(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    here = f"/account/applications/{case}/correction"
    author.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    sample = author.get(f"/applications/{case}")["materials"][0]
    defects = [{"target": sample["material_id"], "message": MESSAGE}]
    author.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    locked = author.upload(encrypted_pdf("一二三", pages=2), "加密的.pdf")
    author.post(f"/applications/{case}/materials", {"upload_id": locked, "role": sample["role"]})
    system.services["filing"].run_worker()
    browser = signed_in(author)
    link = re.search(r'href="(/tools/precheck/checks/[^"]+)"[^>]*>一键修复', browser.get(here).text)
    assert link, "the way to what the card asks for"
    path = link[1].replace("&amp;", "&")
    check = browser.get(path).text
    assert f'href="{here}#files"' in check
    place = dict(re.findall(r'type="hidden" name="(application|material|answers)" value="([^"]+)"', check))
    action = re.search(r'action="([^"]+/repair)"', check)
    assert action
    begun = browser.post(
        action[1], data=place | {"csrf_token": token(browser, path), "fix": "pdf_needs_password", "password": "一二三"}
    )
    assert begun.status_code == 303, begun.text
    system.services["filing"].run_worker()
    made = browser.get(begun.headers["Location"]).text
    action = re.search(r'action="([^"]+/use)"', made)
    assert action
    entered = dict(re.findall(r'type="hidden" name="(target|answers)" value="([^"]+)"', made))
    used = browser.post(action[1], data=entered | {"csrf_token": token(browser, path)})
    assert used.headers["Location"] == f"{here}#files", used.text
    system.services["filing"].run_worker()
    files = [each for each in author.get(f"/applications/{case}")["materials"] if each["role"] == sample["role"]]
    [new] = [each for each in files if each["material_id"] != sample["material_id"]]
    assert "pdf_needs_password" not in [found["code"] for found in new["precheck"]["findings"]]


def token(browser: FlaskClient, page: str) -> str:
    found = TOKEN.search(browser.get(page).text)
    assert found
    return found[1]
