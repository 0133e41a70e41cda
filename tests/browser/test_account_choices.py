"""Notification settings and the copy of one's own data, by somebody who has never done either."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SAID = {
    "zh": {
        "settings": "消息通知设置",
        "save": "保存设置",
        "data": "取得数据副本",
        "ask": "申请数据副本",
        "ready": "副本已备好",
        "fetch": "下载副本",
        "heading": "我的数据副本",
    },
    "en": {
        "settings": "Notification settings",
        "save": "Save settings",
        "data": "Get a copy of my data",
        "ask": "Ask for a copy of my data",
        "ready": "Your copy is ready",
        "fetch": "Download the copy",
        "heading": "A copy of my data",
    },
}


@pytest.mark.requirement("I-12")
@pytest.mark.requirement("W-05")
@pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])
def test_one_turns_messages_off_and_takes_ones_data_home(
    open_window: Callable[..., Visit], office: Office, author: Author, tmp_path: Path, width: str, language: str
) -> None:
    visit, said = open_window(width, name="choices", language=language), SAID[language]
    page = visit.page
    filing.sign_up(visit, office, author, filing.WORDS[language])
    visit.go("/account/sessions")
    visit.look("account")
    visit.follow(said["settings"])
    expect(page.locator('[id="field-security.sms"]')).to_be_disabled()
    page.locator('[id="field-progress.sms"]').uncheck()
    page.locator("#field-language-en").check()
    visit.look("settings")
    visit.press(said["save"])
    expect(page.locator('[id="field-progress.sms"]')).not_to_be_checked()
    expect(page.locator('[id="field-deadlines.sms"]')).to_be_checked()
    visit.look("settings-saved")
    visit.go("/account/sessions")
    visit.follow(said["data"])
    visit.look("data")
    visit.press(said["ask"])
    expect(page.get_by_role("heading", name=said["ready"])).to_be_visible()  # the page looks again by itself
    visit.look("data-ready")
    visit.fill("password", author.password)
    with page.expect_download() as fetched:
        visit.press(said["fetch"])
    fetched.value.save_as(copy := tmp_path / "copy.zip")
    with ZipFile(copy) as archive:
        [account] = json.loads(archive.read("identity/account.json"))
        archive.extract("index.html", tmp_path)
    assert account["facts"]["name"] == author.name
    with page.context.new_page() as reading:
        reading.goto((tmp_path / "index.html").as_uri())
        expect(reading.get_by_role("heading", name=said["heading"])).to_be_visible()
        reading.screenshot(path=tmp_path / "index.png")
