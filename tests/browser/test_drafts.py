"""Drafts: one for a choice, written before the verification is through, deleted for good; and messages that lead on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SAID = {
    "zh": {
        "delete": "删除草稿",
        "deleted": "草稿已删除。",
        "gone": "这份草稿已经不在了。",
        "another": "另写一份",
        "verify": "去认证",
        "first": "查看实名认证",
    },
    "en": {
        "delete": "Delete the draft",
        "deleted": "The draft has been deleted.",
        "gone": "This draft is gone already.",
        "another": "Begin another",
        "verify": "Verify now",
        "first": "See the identity verification",
    },
}
BOTH = pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])


def choose(visit: Visit, words: dict[str, str]) -> None:
    visit.go("/registration/work")
    visit.click(visit.page.locator("button.category", has_text=words["written"]))


def begin(visit: Visit, words: dict[str, str]) -> str:
    choose(visit, words)
    visit.page.wait_for_url("**/registration/applications/*")
    return visit.page.url.removeprefix(visit.url)


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("I-05")
@BOTH
def test_a_draft_is_begun_once_written_before_the_verification_and_deleted(
    open_window: Callable[..., Visit], office: Office, author: Author, width: str, language: str
) -> None:
    visit, words, said = open_window(width, name="drafts", language=language), filing.WORDS[language], SAID[language]
    page = visit.page
    filing.sign_up(visit, office, author, words)
    visit.go("/registration/work")
    expect(page.locator(".notice-warning").get_by_role("link", name=said["verify"])).to_be_visible()
    visit.look("not-verified")
    first = begin(visit, words)
    assert begin(visit, words) == first, "nothing was entered: it is the same one"
    visit.go(f"{first}/work")
    visit.fill("title", "江边的石头")
    visit.fill("word_count", "85000")
    visit.choose("creation_nature", "original")
    visit.press(words["save"])
    page.wait_for_url("**/creation")
    choose(visit, words)
    page.wait_for_url("**/begun?**")
    expect(page.locator(".case-row")).to_contain_text("江边的石头")
    visit.look("begun")
    page.reload()
    visit.press(said["another"])
    page.wait_for_url("**/registration/applications/*")
    second = page.url.removeprefix(visit.url)
    assert second != first

    visit.go(f"{first}/check")
    expect(page.locator(".notice-warning").first).to_be_visible()
    filing.get_verified(visit, office, author, words)
    visit.go(f"{first}/ownership")
    expect(page.locator("main")).to_contain_text(author.name)

    visit.go("/account/applications")
    expect(page.locator(".case-row")).to_have_count(2)
    visit.look("list")
    visit.go(second)
    visit.follow(said["delete"])
    visit.look("deletion")
    tab = page.context.new_page()
    tab.goto(page.url)
    visit.press(said["delete"])
    expect(page.locator(".notice-success")).to_contain_text(said["deleted"])
    expect(page.locator(".case-row")).to_have_count(1)
    tab.get_by_role("button", name=said["delete"]).click()
    expect(tab.locator(".notice-info")).to_contain_text(said["gone"])
    page.go_back()
    expect(page.locator(".notice-info")).to_contain_text(said["gone"])
    expect(page.locator(".case-row")).to_contain_text("江边的石头")


@pytest.mark.requirement("I-12")
@BOTH
def test_unread_messages_are_marked_on_every_page_of_the_account_and_lead_to_their_page(
    open_window: Callable[..., Visit], office: Office, author: Author, width: str, language: str
) -> None:
    visit, words, said = open_window(width, name="unread", language=language), filing.WORDS[language], SAID[language]
    page, marks = visit.page, visit.page.locator(".unread-mark")
    filing.sign_up(visit, office, author, words)
    for place in ("", "/applications", "/sessions", "/history", "/verification"):
        visit.go(f"/account{place}")
        expect(marks).to_have_count(2)
        expect(marks.first).to_contain_text("1")
    filing.get_verified(visit, office, author, words)
    visit.go("/account/messages")
    expect(marks.first).to_contain_text("3")
    visit.look("messages")
    visit.press(said["first"])
    page.wait_for_url("**/account/verification")
    expect(marks.first).to_contain_text("2")
    visit.go("/account/messages")
    visit.click(page.locator(".title-row button"))
    expect(marks).to_have_count(0)
    visit.go("/account/applications")
    expect(marks).to_have_count(0)
