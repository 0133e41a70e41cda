"""What is typed and not saved or sent yet: kept for its owner, offered back, dropped with a click, gone once sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory

from tests.one_process import System, running_system
from tests.pages.test_closing import TOKEN, newcomer, post, signed_in

TYPED = "名称以封面为准，已"


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.mark.requirement("F-10")
def test_what_was_typed_comes_back_in_another_browser(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    here = f"/account/applications/{case}/correction"
    author.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    defects = [{"target": "title", "message": "作品名称与样本封面不一致，请核对。"}]
    author.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    correction = author.get(f"/applications/{case}")["corrections"][0]
    answer = f"answers.{correction['defects'][0]['defect_id']}"
    browser = signed_in(author)
    token = TOKEN.search(browser.get(here).text)
    assert token
    entries = {"csrf_token": token[1], answer: TYPED, "title": "改过的名称", "draft.page": "one", "draft.turn": "1"}
    entries["draft.correction"] = correction["correction_id"]
    said = browser.post(f"{here}/unsaved", data=entries)
    assert "已自动保存" in said.get_json()["text"]
    another = signed_in(author)
    shown = another.get(here).text
    for part in ("您上次没有提交的答复已恢复", TYPED, "改过的名称", 'name="draft.seen" value="one:1"'):
        assert part in shown
    assert author.get(f"/applications/{case}")["title"] != "改过的名称", "nothing is saved by it"
    late = browser.post(f"{here}/unsaved", data=entries | {"draft.correction": "cor-earlier", "draft.turn": "2"})
    assert late.status_code == 409
    stranger = signed_in(newcomer(system))
    token = TOKEN.search(stranger.get("/account/closing").text)
    assert token
    assert stranger.post(f"{here}/unsaved", data=entries | {"csrf_token": token[1]}).status_code == 404
    post(another, f"{here}/unsaved/removal", here, **{"draft.page": "one"})
    assert TYPED not in browser.get(here).text


@pytest.mark.requirement("F-02")
@pytest.mark.parametrize("address", ["?check=saved", "?check=1"])
def test_what_was_typed_below_the_errors_of_a_step_comes_back_at_the_same_address(system: System, address: str) -> None:
    author = newcomer(system)
    draft = author.post("/applications", {"kind": "work", "form": {"title": "江南雨巷"}})
    here = f"/registration/applications/{draft['application_id']}/description"
    browser = signed_in(author)
    before = browser.get(here + address).text
    token = TOKEN.search(before)
    assert token
    hidden = dict(re.findall(r'name="(draft\.[a-z]+)" value="([^"]*)"', before))
    entries = {**hidden, "csrf_token": token[1], "description.purpose": TYPED, "draft.turn": "1"}
    assert "已自动保存" in browser.post(f"{here}/unsaved", data=entries).get_json()["text"]
    shown = signed_in(author).get(here + address).text
    assert TYPED in shown
    assert "您上次没有保存的内容已恢复" in shown
    assert "已保存，但有几项还没填好" not in shown, "nothing of it is saved"
    problems = re.findall(r'href="#field-([a-z.]+)"', shown)
    assert "description.purpose" not in problems, "it is written by now"
    assert "description.process" in problems, "the rest is told as before"
