"""A correction on the pages of its case: whose answer is missing is named, and which round brought what."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from materials.testing.sample_files import encrypted_pdf, text_pdf

from tests.one_process import System
from tests.pages.test_closing import TOKEN, newcomer, post, signed_in

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
