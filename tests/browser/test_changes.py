"""A registered work gets another title: from its page to the check of the old certificate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from materials.testing.sample_files import encoded, picture
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.visit import Visit
from tests.journeys.people import Person, decide
from tests.lives import examined
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
LINK = {"zh": "作品登记变更或补充", "en": "Change or supplement of a work's registration"}
BEGIN = {"zh": "开始填写", "en": "Begin"}
NEW = "长江边的石头与那条无名的河（修订名）"


@pytest.fixture(scope="module")
def owner(staff: Staff) -> Person:
    """With two registered works."""
    return Person(staff.visitor, staff).sign_up().verify()


@pytest.mark.requirement("F-01")
@pytest.mark.requirement("A-03")
@pytest.mark.requirement("W-02")
@pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])
def test_a_registered_work_gets_another_title(
    open_window: Callable[..., Visit], owner: Person, tmp_path: Path, width: str, language: str
) -> None:
    case = examined(owner.accepted_with_paper(title=f"长江边的石头{language}"), owner, "approve")
    number = owner.wait_until(case, "registration_number")
    visit, words = open_window(width, name="change", language=language), filing.WORDS[language]
    page = visit.page
    visit.sign_in(owner.who)
    visit.go("/registration")
    visit.look("entry")
    visit.go(f"/account/applications/{case}")
    visit.look("registered")
    visit.follow(LINK[language])
    expect(page.locator('[id="field-number"]')).to_have_value(number)
    visit.look("begin")
    visit.send()
    page.wait_for_url("**/registration/applications/*")
    change = page.url.rsplit("/", 1)[1]
    visit.go(f"/registration/applications/{change}/change")
    expect(page.locator('[id="field-title"]')).to_be_hidden()
    visit.choose("change_items", "title")
    visit.choose("change_items", "owners")
    expect(page.locator(".holds-now").first).to_contain_text("长江边的石头")
    visit.fill("title", NEW)
    visit.look("new-title")
    visit.press(words["save"])
    expect(page.locator(".error-summary")).to_be_visible()
    visit.look("refused")
    page.locator('[id="field-change_items-owners"]').uncheck()
    visit.fill("change_reason", "书名有修订")
    visit.press(words["save"])
    page.wait_for_url("**/materials**")
    proof = tmp_path / "说明.jpg"
    proof.write_bytes(encoded(picture(1200, 1600)))
    visit.upload("materials.other", proof)
    expect(page.locator(".material .tag-good, .material .tag-attention")).to_have_count(1)
    visit.look("materials")
    visit.go(f"/registration/applications/{change}/check")
    expect(page.locator(".facts").first).to_contain_text(f"→ {NEW}")
    visit.look("check")
    owner.declare(change)
    owner.submit(change)
    owner.pay(change)
    examiner = owner.staff("examiner")
    examiner.post(f"/staff/examinations/{change}/claim", {"reason": "由测试领取"})
    decide(examiner, change, "approve")
    owner.wait_until(change, "registration_number")
    visit.go(f"/account/applications/{change}")
    visit.look("changed")
    visit.go("/account/certificates")
    visit.look("papers")
    visit.go(f"/verify/{number}")
    expect(page.locator(".changes-since")).to_contain_text(NEW)
    visit.look("check-afterwards")
