"""The office's desks by keyboard: the search of customer service, a registration that is asked for once, a claimed
case, paper at the counter; each looked at in both languages, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from registry_infra.testing import Stack

from tests.browser.cases import Filing, new_filing, sign_in
from tests.browser.visit import Visit
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
Open = Callable[..., Visit]


@pytest.fixture
def filing(stack: Stack, tmp_path: Path, staff: Staff) -> Filing:
    return new_filing(stack.url, tmp_path, staff)


def heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_have_text(text)


def look_in_both(desk: Visit, open_window: Open, name: str, what: str) -> None:
    """As it is at a desk, and on a phone in English."""
    desk.look(what)
    phone = open_window("phone", name=name, language="en")
    cookies = desk.page.context.cookies()
    phone.page.context.add_cookies([cookie for cookie in cookies if cookie["name"] != "lang"])
    phone.page.goto(desk.page.url)
    phone.look(what)


@pytest.mark.requirement("I-11")
@pytest.mark.requirement("F-14")
def test_customer_service_finds_a_case_and_its_account_without_a_mouse(
    stack: Stack, open_window: Open, filing: Filing
) -> None:
    filing.accepted(paper=False)
    case = filing.case()
    desk = open_window(name="service")
    page, keyboard = desk.page, desk.page.keyboard
    sign_in(page, stack.url, "service")
    look_in_both(desk, open_window, "service", "workbench")
    keyboard.press("/")
    heading(page, "查找")
    expect(page.locator("#field-text")).to_be_focused()
    keyboard.type(str(case["acceptance_number"]))
    keyboard.press("Escape")
    keyboard.press("p")
    expect(page.locator("#field-purpose")).to_be_focused()
    keyboard.press("ArrowDown")
    look_in_both(desk, open_window, "service", "search")
    page.locator("#field-text").press("Enter")
    expect(page.get_by_role("heading", name="案件")).to_be_visible()
    look_in_both(desk, open_window, "service", "found")
    keyboard.press("Escape")
    keyboard.press("j")
    expect(page.locator(":focus")).to_have_text(str(case["title"]))
    page.locator(":focus").press("Enter")
    heading(page, str(case["title"]))
    expect(page.get_by_text("等申请人寄来纸质材料")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    look_in_both(desk, open_window, "service", "case")
    page.locator("main .numbers a").press("Enter")
    expect(page.get_by_role("heading", name="实名认证")).to_be_visible()
    look_in_both(desk, open_window, "service", "account")
    page.goto(f"{stack.url}/staff/lookups?text=张")
    expect(page.get_by_text("请先选择用途")).to_be_visible()
    look_in_both(desk, open_window, "service", "no-purpose")


@pytest.mark.requirement("F-14")
def test_customer_service_promises_a_call_and_keeps_it(stack: Stack, open_window: Open, filing: Filing) -> None:
    filing.accepted(paper=False)
    desk = open_window(name="service")
    page = desk.page
    sign_in(page, stack.url, "service")
    page.goto(f"{stack.url}/staff/lookups/cases/{filing.application_id}?purpose=enquiry")
    page.keyboard.press("n")
    heading(page, "咨询记录")
    desk.fill("text", "问纸质材料寄到哪里；已告知地址，答应明天回电确认收到。")
    desk.fill("call_back_on", page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)"))
    desk.send()
    expect(page.locator("#error-summary")).to_be_visible()
    look_in_both(desk, open_window, "service", "note-without-number")
    desk.fill("telephone", "010-8888 1234")
    desk.send()
    expect(page.get_by_text("答应明天回电")).to_be_visible()
    look_in_both(desk, open_window, "service", "promised")
    desk.choose("outcome", "not_reached")
    desk.send()
    expect(page.locator("#error-summary")).to_be_visible()
    desk.fill("again_on", page.evaluate("new Date(Date.now() + 1728e5).toISOString().slice(0, 10)"))
    desk.send()
    expect(page.get_by_text("没有联系上", exact=False).first).to_be_visible()
    page.goto(f"{stack.url}/staff/enquiries?scope=open")
    look_in_both(desk, open_window, "service", "callbacks")
    desk.follow("问纸质材料寄到哪里；已告知地址，答应明天回电确认收到。")
    desk.choose("outcome", "reached")
    desk.send()
    expect(page.locator("main form")).to_have_count(0)
    desk.follow("打开案件")
    expect(page.get_by_text("答应明天回电")).to_be_visible()
    address = page.get_by_role("link", name="受理通知书").get_attribute("href")
    answer = page.request.get(f"{stack.url}{address}")
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
    assert page.request.get(f"{stack.url}{address}".replace("/documents/fil-", "/documents/pay-")).status == 404
    look_in_both(desk, open_window, "service", "case-with-notes")


@pytest.mark.requirement("F-11")
@pytest.mark.requirement("W-04")
def test_a_registration_is_confirmed_once_by_keyboard(stack: Stack, open_window: Open, filing: Filing) -> None:
    filing.accepted()
    case = filing.case()
    desk = open_window(name="examiner")
    page, keyboard = desk.page, desk.page.keyboard
    sign_in(page, stack.url, "examiner1")
    page.goto(f"{stack.url}/staff/examinations")
    look_in_both(desk, open_window, "examiner", "queue")
    page.goto(f"{stack.url}/staff/examinations/{filing.application_id}")
    keyboard.press("c")
    page.wait_for_load_state("domcontentloaded")
    if page.locator("#field-reason").count() and not page.locator("#decision").count():
        page.locator("#field-reason").fill("由测试领取")
        keyboard.press("Control+Enter")
    expect(page.locator("#decision")).to_be_visible()

    late = open_window(name="late")
    sign_in(late.page, stack.url, "examiner2")
    answer = late.page.evaluate(
        """path => fetch(path, {method: "POST", body: new URLSearchParams({csrf_token:
        document.querySelector("[name=csrf_token]").value})}).then(answer => answer.text())""",
        f"/staff/examinations/{filing.application_id}/claim",
    )
    assert "审查员 陈明" in answer

    page.wait_for_load_state("domcontentloaded")
    keyboard.press("a")
    keyboard.press("Control+Enter")
    heading(page, "准予登记，不能撤回")
    expect(page.get_by_text(str(case["acceptance_number"]))).to_be_visible()
    assert filing.case()["state"] == "under_examination"
    desk.look("approval")
    keyboard.press("u")
    expect(page.locator("#decision")).to_be_visible()
    page.wait_for_load_state("domcontentloaded")
    keyboard.press("a")
    keyboard.press("Control+Enter")
    heading(page, "准予登记，不能撤回")
    page.wait_for_load_state("domcontentloaded")
    keyboard.press("Control+Enter")
    expect(page.get_by_text("已准予登记")).to_be_visible()
    assert filing.case()["state"] in ("approved", "registered")


@pytest.mark.requirement("F-10")
def test_the_counter_notes_an_incomplete_parcel_by_keyboard(stack: Stack, open_window: Open, filing: Filing) -> None:
    filing.accepted(paper=False)
    number = str(filing.case()["acceptance_number"])
    desk = open_window(name="intake")
    page, keyboard = desk.page, desk.page.keyboard
    sign_in(page, stack.url, "intake")
    page.goto(f"{stack.url}/staff/paper")
    keyboard.press("Escape")
    keyboard.press("x")
    page.locator("#field-number").fill(number)
    keyboard.press("Enter")
    page.locator("input[name='papers']").first.check()
    page.locator("#field-missing").fill("身份证复印件")
    look_in_both(desk, open_window, "intake", "paper")
    page.locator("#field-missing").press("Control+Enter")
    expect(page.get_by_text("已通知申请人")).to_be_visible()
    page.locator("#field-serial_number").fill(number)
    keyboard.press("Enter")
    expect(page.locator(".scan-wrong")).to_contain_text("身份证复印件")
    assert not filing.case()["paper_received_at"]
    page.get_by_role("button", name="已经补齐，登记收到").press("Enter")
    expect(page.get_by_text("已登记收到")).to_be_visible()
    assert filing.case()["paper_received_at"]


@pytest.mark.requirement("I-11")
def test_an_administrator_invites_somebody_who_sets_up_an_authenticator(stack: Stack, open_window: Open) -> None:
    desk = open_window(name="admin")
    page = desk.page
    sign_in(page, stack.url, "admin")
    page.goto(f"{stack.url}/staff/members")
    look_in_both(desk, open_window, "admin", "members")
    page.keyboard.press("n")
    heading(page, "邀请工作人员")
    desk.fill("login", "newcomer")
    desk.fill("name", "高远")
    desk.fill("reason", "新到收件岗")
    page.get_by_label("收件员").check()
    page.get_by_label("出纳").check()
    look_in_both(desk, open_window, "admin", "invite")
    desk.press("建立账号")
    heading(page, "高远")
    look_in_both(desk, open_window, "admin", "member")
    desk.press("制作设置码")
    heading(page, "一次性设置码")
    desk.look("code")
    code = page.locator(".numbers code").inner_text()

    newcomer = open_window("phone", name="newcomer", language="en")
    newcomer.go("/staff-set-up")
    newcomer.fill("code", code)
    newcomer.look("code")
    newcomer.send()
    expect(newcomer.page.locator("#field-totp")).to_be_visible()
    newcomer.look("authenticator")
    newcomer.fill("password", "Bronze lantern 41")
    newcomer.fill("totp", pyotp.TOTP(newcomer.page.locator("code.number").inner_text().replace(" ", "")).now())
    newcomer.send()
    expect(newcomer.page.locator("h1")).to_have_text("Sign in")
