"""What the wizard promises: nothing typed is lost, every problem leads to its field, no script is needed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser]
WORDS = filing.WORDS["zh"]


@pytest.fixture
def draft(open_window: Callable[..., Visit], office: Office, author: Author) -> tuple[Visit, str]:
    """A verified author's window at the list of steps of a new draft, and the draft's address."""
    visit = open_window(name="wizard")
    filing.sign_up(visit, office, author, WORDS)
    filing.get_verified(visit, office, author, WORDS)
    visit.go("/registration/work")
    visit.page.locator("button.category", has_text=WORDS["written"]).click()
    visit.page.wait_for_url("**/registration/applications/*")
    return visit, visit.page.url.removeprefix(visit.url)


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-02")
def test_entries_survive_a_lost_network_problems_lead_to_their_fields_and_plain_forms_do_the_same(
    draft: tuple[Visit, str], open_window: Callable[..., Visit], author: Author
) -> None:
    visit, address = draft
    page = visit.page

    visit.go(f"{address}/description")
    page.context.set_offline(True)
    visit.fill("description.purpose", "写给在江边长大的人。")
    visit.press(WORDS["save"])
    expect(page.locator(".draft-notice")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator('[id="field-description.purpose"]')).to_have_value("写给在江边长大的人。")
    page.get_by_role("button", name="保存，以后再填").click()
    page.wait_for_url(f"**{address}")

    visit.go(f"{address}/work")
    visit.fill("title", "绘画教程")
    visit.press(WORDS["save"])
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("绘画教程")
    summary.get_by_role("link").first.click()
    expect(page.locator("#field-title")).to_be_focused()
    visit.look("problems")

    page.context.set_offline(True)
    visit.fill("title", "江边的石头")
    visit.press(WORDS["save"])
    expect(page.locator(".draft-notice")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#field-title")).to_have_value("江边的石头")
    visit.fill("title", "绘画教程")

    visit.go(f"{address}/check")
    expect(summary).to_contain_text("创作过程")
    expect(summary).to_contain_text("作品样本")

    plain = open_window(name="plain", script=False)
    plain.go("/sign-in")
    plain.fill("login", author.mobile)
    plain.fill("password", author.password)
    plain.page.locator("form .btn-main").click()
    plain.page.wait_for_url("**/account")
    plain.go(f"{address}/description")
    expect(plain.page.locator('[id="field-description.purpose"]')).to_have_value("写给在江边长大的人。")
    plain.fill("description.process", "2025 年冬天动笔。")
    plain.fill("description.originality", "独立创作。")
    plain.press(WORDS["save"])
    plain.page.wait_for_url("**/materials")
    plain.upload("materials.sample", author.novel())
    plain.page.get_by_role("button", name="加入申请").first.click()
    expect(plain.page.locator(".material-name").first).to_contain_text("novel.pdf")
    plain.look("materials")


PURPOSE = '[id="field-description.purpose"]'


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("W-03")
def test_what_was_typed_survives_a_closed_page_and_of_two_pages_neither_overwrites_the_other(
    draft: tuple[Visit, str], open_window: Callable[..., Visit], author: Author
) -> None:
    visit, address = draft
    step = f"{address}/description"
    visit.go(step)
    visit.fill("description.purpose", "写到一半，去吃饭了。")
    expect(visit.page.locator("[data-kept]")).to_contain_text("已自动保存")
    visit.fill("description.purpose", "写到一半，去吃饭了，页面关了。")
    visit.go("/guides")

    home = open_window("phone", name="elsewhere", language="en", script=False)
    page = home.page
    home.go("/sign-in")
    home.fill("login", author.mobile)
    home.fill("password", author.password)
    page.locator("form .btn-main").click()
    page.wait_for_url("**/account")
    home.go(step)
    for _again in range(20):  # what a page sends as it is left arrives a moment later
        if "页面关了" in page.locator(PURPOSE).input_value():
            break
        page.reload()
    expect(page.locator(PURPOSE)).to_have_value("写到一半，去吃饭了，页面关了。")
    home.look("restored")
    page.locator("form[data-drops] button").click()
    page.wait_for_url(f"**{step}")
    expect(page.locator(PURPOSE)).to_have_value("")
    expect(page.locator("form[data-drops]")).to_have_count(0)

    visit.go(step)
    visit.fill("description.process", "先画草图。")
    visit.fill("description.purpose", "早先打开的页面。")
    home.fill("description.purpose", "后来打开的页面。")
    home.press("Save for later")
    page.wait_for_url(f"**{address}")
    visit.press(WORDS["save"])
    versions = visit.page.locator(".version-words")
    expect(versions).to_have_count(2)
    visit.look("two-versions")
    expect(versions.nth(0)).to_have_text("早先打开的页面。")
    expect(versions.nth(1)).to_have_text("后来打开的页面。")
    visit.page.get_by_role("button", name="按选择保存").click()
    visit.page.wait_for_url("**/description?check=saved")
    home.go(step)
    expect(page.locator(PURPOSE)).to_have_value("早先打开的页面。")
    expect(page.locator('[id="field-description.process"]')).to_have_value("先画草图。")

    visit.go(step)
    expect(visit.page.locator("form[data-drops]")).to_have_count(0)
    home.fill("description.purpose", "又改了一次。")
    home.press("Save for later")
    page.wait_for_url(f"**{address}")
    visit.fill("description.purpose", "两边又都改了。")
    visit.fill("description.process", "再着色。")
    visit.press(WORDS["save"])
    visit.go(step)
    expect(visit.page.locator(PURPOSE)).to_have_value("两边又都改了。")
    visit.press(WORDS["save"])
    visit.page.locator('[id="choose-description.purpose-saved"]').check()
    visit.page.get_by_role("button", name="按选择保存").click()
    visit.page.wait_for_url("**/description?check=saved")
    expect(visit.page.locator(PURPOSE)).to_have_value("又改了一次。")
    expect(visit.page.locator('[id="field-description.process"]')).to_have_value("再着色。")
    visit.go(step)
    expect(visit.page.locator("form[data-drops]")).to_have_count(0)


@pytest.mark.requirement("F-06")
def test_a_refused_file_never_holds_up_a_good_one(draft: tuple[Visit, str], author: Author) -> None:
    """Walk 6: whether it is chosen before or together with it; and the refusal stays to be read."""
    visit, address = draft
    refused = visit.page.locator('#role-sample .upload-item[data-state="failed"]')
    attached = visit.page.locator("#role-sample .material-list")
    visit.go(f"{address}/materials")
    visit.upload("materials.sample", author.photo("scan"))
    expect(refused).to_contain_text("scan.jpg")
    visit.upload("materials.sample", author.novel())
    expect(attached).to_contain_text("novel.pdf")
    expect(refused).to_contain_text("scan.jpg")
    visit.look("refused-and-attached")
    refused.get_by_role("button", name="移除").click()
    expect(refused).to_have_count(0)
    visit.page.reload()
    expect(refused).to_have_count(0)
    visit.page.locator('[name="materials.sample_file"]').set_input_files([author.photo("other"), author.script()])
    expect(attached).to_contain_text("script.pdf")
    expect(refused).to_contain_text("other.jpg")


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("I-03")
def test_whoever_is_signed_out_while_writing_signs_in_again_and_finds_what_they_wrote(
    draft: tuple[Visit, str], author: Author
) -> None:
    visit, address = draft
    page = visit.page
    visit.go(f"{address}/description")
    visit.fill("description.purpose", "写到一半，登录失效了。")
    page.context.clear_cookies()
    visit.press(WORDS["save"])
    expect(page.locator(".notice-warning")).to_contain_text("登录已经失效")
    visit.look("signed-out")
    visit.fill("login", author.mobile)
    visit.fill("password", author.password)
    visit.send()
    page.wait_for_url(f"**{address}/description")
    expect(page.locator('[id="field-description.purpose"]')).to_have_value("写到一半，登录失效了。")
    visit.press(WORDS["save"])
    expect(page).to_have_url(re.compile("check=saved"))
    page.reload()
    expect(page.locator('[id="field-description.purpose"]')).to_have_value("写到一半，登录失效了。")


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("W-03")
def test_a_photo_that_is_too_small_and_a_wrong_file_are_explained_in_place(
    open_window: Callable[..., Visit], office: Office, author: Author
) -> None:
    visit = open_window(name="photos")
    filing.sign_up(visit, office, author, WORDS)
    filing.agree_to_face(visit)
    visit.upload("documents.id_front", author.novel())
    refused = visit.page.locator('.upload-item[data-state="failed"]')
    expect(refused).to_contain_text("novel.pdf")
    visit.look("wrong-file")
    refused.get_by_role("button", name="移除").click()
    visit.upload("documents.id_front", author.photo("small", (400, 300)))
    for role in ("id_back", "handheld"):
        visit.upload(f"documents.{role}", author.photo(role))
    expect(visit.page.locator(".placed .tag-good")).to_have_count(2)
    visit.press(WORDS["verify"])
    expect(visit.page.locator(".finding-error")).to_contain_text("400×300")
    visit.look("photo-too-small")
