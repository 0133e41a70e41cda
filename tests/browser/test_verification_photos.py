"""Photos of a verification: what is missing is named, each is checked where it was put, one is replaced alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import expect
from registry_infra.portal import wait_for

from tests.browser import filing
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SAID = {
    "zh": {"missing": "证件人像面：还没有上传这份材料。", "blurred": "照片有些模糊", "kept": "不用换就不用重传"},
    "en": {
        "missing": "Front of the document (portrait): This material",
        "blurred": "somewhat blurred",
        "kept": "last submission is kept",
    },
}


def blurred(photo: Path) -> Path:
    Image.open(photo).filter(ImageFilter.GaussianBlur(9)).save(photo, "JPEG")
    return photo


def refuse(staff: Staff, name: str) -> None:
    reviewer = staff("reviewer")

    def checked() -> Any:
        waiting = reviewer.get("/staff/verifications?state=pending&limit=200")["items"]
        return next((item for item in waiting if item["name"] == name and item["check"] == "done"), None)

    number = wait_for(f"the check of {name}'s images", checked, 120)["verification_id"]
    reviewer.post(f"/staff/verifications/{number}/decision", {"decision": "refuse", "reasons": ["证件背面看不清。"]})


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("W-03")
@pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])
def test_each_photo_is_asked_for_checked_and_replaced_by_itself(
    open_window: Callable[..., Visit], office: Office, author: Author, staff: Staff, width: str, language: str
) -> None:
    visit, words, said = open_window(width, name="photos", language=language), filing.WORDS[language], SAID[language]
    page = visit.page
    filing.sign_up(visit, office, author, words)
    visit.look("empty")
    expect(page.locator('[id="field-documents.handheld"] input[type=file]')).to_have_count(0)
    filing.agree_to_face(visit)
    visit.press(words["verify"])
    summary, wrong = page.locator("#error-summary"), page.locator(".id-photo.field-wrong")
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(summary).to_contain_text(said["missing"])
    expect(wrong).to_have_count(3)
    visit.look("missing")

    visit.upload("documents.id_front", author.photo("front"))
    expect(page.locator("#placed-id_front .tag-good")).to_be_visible()
    expect(page.locator("#placed-id_front img")).to_be_visible()
    assert page.locator("#placed-id_front img").evaluate("image => image.naturalWidth") > 100
    expect(wrong).to_have_count(2)
    expect(summary.get_by_role("link")).to_have_count(2)
    visit.upload("documents.id_back", blurred(author.photo("back")))
    found = page.locator("#placed-id_back .finding-warning")
    expect(found).to_contain_text(said["blurred"])
    assert not any(character.isdigit() for character in found.inner_text()), "no measure, but what to do"
    visit.upload("documents.handheld", author.photo("handheld"))
    expect(page.locator("#placed-handheld .tag-good")).to_be_visible()
    expect(summary).to_have_count(0)
    visit.look("checked")
    page.reload()
    expect(page.locator(".placed img")).to_have_count(3)
    visit.press(words["verify"])
    expect(page.locator("[data-forget-uploads]")).to_be_attached()

    refuse(staff, author.name)
    visit.go("/account/verification")
    visit.click(page.locator(".notice-action .btn-main"))
    expect(page.locator(".placed img")).to_have_count(2)
    expect(page.locator("#placed-id_front")).to_contain_text(said["kept"])
    visit.look("kept")
    visit.upload("documents.id_back", author.photo("back-again"))
    expect(page.locator("#placed-id_back .tag-good")).to_be_visible()
    visit.upload("documents.handheld", author.photo("handheld-again"))
    expect(page.locator("#placed-handheld .tag-good")).to_be_visible()
    visit.press(words["verify"])
    expect(page.locator("[data-forget-uploads]")).to_be_attached()
    expect(page.locator(".notice-error")).to_have_count(0)
    visit.go("/notices/privacy")
    visit.look("privacy")
    visit.go("/account/sessions")
    visit.look("account")
    visit.go("/account/agreements")
    visit.look("agreements")
    visit.click(page.locator('form[action$="/face/withdrawal"] button'))
    visit.go("/account/verification")
    expect(page.locator("#field-face")).not_to_be_checked()
    expect(page.locator(".placed img")).to_have_count(2)


@pytest.mark.requirement("I-05")
def test_without_script_a_photo_that_came_stays_when_others_are_missing(
    open_window: Callable[..., Visit], office: Office, author: Author
) -> None:
    words = filing.WORDS["zh"]
    visit = open_window(name="photos-plain", script=False)
    filing.sign_up(visit, office, author, words)
    visit.upload("documents.id_front", author.photo("front"))
    filing.agree_to_face(visit)
    visit.press(words["verify"])
    expect(visit.page.locator(".id-photo.field-wrong")).to_have_count(2)
    expect(visit.page.locator("#placed-id_front")).to_contain_text("front.jpg")
    visit.upload("documents.id_back", author.photo("back"))
    visit.upload("documents.handheld", author.photo("handheld"))
    visit.press(words["verify"])
    expect(visit.page.locator("[data-forget-uploads]")).to_be_attached()
