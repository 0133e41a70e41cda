"""The main job as an applicant lives it: by keyboard alone at a desk, and click by click on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.mark.requirement("W-01")
@pytest.mark.requirement("F-02")
@pytest.mark.requirement("F-14")
@pytest.mark.requirement("A-01")
@pytest.mark.requirement("W-04")
@pytest.mark.parametrize(("width", "language", "mouse"), [("desktop", "zh", False), ("phone", "en", True)])
def test_somebody_signs_up_files_a_novel_corrects_it_and_downloads_the_certificate(
    open_window: Callable[..., Visit], office: Office, author: Author, width: str, language: str, mouse: bool
) -> None:
    words = filing.WORDS[language]
    visit = open_window(width, name="journey", language=language, mouse=mouse)
    page = visit.page
    filing.sign_up(visit, office, author, words)
    filing.get_verified(visit, office, author, words)
    application_id = filing.fill_in(visit, author, words, "长江边的石头")
    serial_number = filing.sign(visit, office, author, words)
    beside = page.context.new_page()
    beside.goto(f"{visit.url}/account/applications/{application_id}")
    expect(beside.locator(".next-step-mine")).to_be_visible()
    filing.pay(visit, words)

    expect(page.locator(".case-numbers .number")).to_have_count(2)
    expect(beside.locator(".case-numbers .number")).to_have_count(2)  # it goes on by itself
    beside.close()
    visit.look("accepted")
    for step in ("work", "materials", "check", "declaration"):  # pages of the draft lead to the case that it became
        visit.go(f"/registration/applications/{application_id}/{step}")
        page.wait_for_url(f"**/account/applications/{application_id}")
    office.receive_paper(serial_number)
    office.claim(application_id)
    office.decide(
        application_id, "correct", defects=[{"target": "title", "message": "作品名称与样本封面不一致，请核对。"}]
    )

    page.reload()
    expect(page.locator(".next-step-mine")).to_be_visible()
    visit.look("correction-asked")
    visit.click(page.locator(".next-action a"))
    answer = page.locator('textarea[name^="answers."]').get_attribute("name")
    visit.fill(str(answer), "名称以封面为准，已更正。")
    expect(page.locator(".marked", has=page.locator(f'[name="{answer}"]')).locator("#field-title")).to_be_visible()
    expect(page.locator("#field-word_count")).to_be_hidden()
    visit.fill("title", "长江边的石头（修订版）")
    expect(page.locator("[data-kept]")).not_to_be_empty()
    beside = page.context.new_page()  # as after a tab that was lost
    beside.goto(f"{visit.url}/account/applications/{application_id}/correction")
    expect(beside.locator(f'[name="{answer}"]')).to_have_value("名称以封面为准，已更正。")
    expect(beside.locator("#field-title")).to_have_value("长江边的石头（修订版）")
    beside.close()
    visit.look("correction")
    visit.click(page.locator("form[data-draft] .form-actions .btn-main"))
    visit.look("correction-to-sign")
    earlier = office.code_for(author.mobile)
    visit.click(page.locator("#sign .btn-main"))
    visit.fill("otp", office.code_for(author.mobile, unlike=earlier))
    visit.look("correction-signing")
    visit.click(page.locator("#sign .btn-main"))
    page.wait_for_url(f"**/{application_id}*")
    expect(page.locator("h1")).to_have_text("长江边的石头（修订版）")

    office.decide(application_id, "approve")
    page.reload()
    expect(page.locator("#case .notice-success")).to_be_visible()
    visit.look("registered")
    visit.go("/account/certificates")
    visit.look("certificates")
    with page.expect_download() as download:
        visit.click(page.locator(".certificate .btn-main"))
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename.startswith("国作登字-")
    for place in ("", "/dossiers", f"/dossiers/{application_id}", "/messages", "/history", "/sessions", "/batches"):
        visit.go(f"/account{place}")
        visit.look(f"account{place.split('/', 2)[1] if place else ''}")


@pytest.mark.requirement("W-04")
def test_the_keyboard_skips_to_the_text_and_from_the_problems_to_their_fields(
    open_window: Callable[..., Visit],
) -> None:
    visit = open_window(name="keyboard", mouse=False)
    page = visit.page
    visit.go("/sign-up/person")
    page.keyboard.press("Tab")
    skip = page.locator(".skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()
    for field, text in (("name", "林小雨"), ("id_number", "11010519900101123X"), ("mobile", "139"), ("password", "a")):
        visit.fill(field, text)
    filing.agree(visit)
    visit.page.locator("#field-password").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    visit.click(page.locator('#error-summary a[href="#field-mobile"]'))
    expect(page.locator("#field-mobile")).to_be_focused()
