"""A correction on the pages of its case: whose answer is missing is named, and which round brought what."""

from __future__ import annotations

import re

import pytest
from materials.testing.sample_files import text_pdf

from tests.one_process import System
from tests.pages.test_closing import newcomer, post, signed_in

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
