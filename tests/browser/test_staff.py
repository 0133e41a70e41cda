"""The workbench in a real browser: by clicks, by scanner, and by keyboard alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from registry_infra.demo.job import Demo
from registry_infra.demo.software import SoftwareFiling, interface_manual
from registry_infra.portal import wait_for
from registry_infra.testing import Stack

from tests.browser.cases import Filing, new_filing, sign_in
from tests.browser.visit import Visit
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
NewPage = Callable[[], Page]


@pytest.fixture
def filing(stack: Stack, tmp_path: Path, staff: Staff) -> Filing:
    return new_filing(stack.url, tmp_path, staff)


def go_to_row(page: Page, name: str) -> None:
    """Walks down the table with J until the row's link has the focus, and opens it."""
    for _ in range(60):
        page.keyboard.press("j")
        if name in str(page.evaluate("document.activeElement.closest('tr').innerText")):
            page.locator(":focus").press("Enter")  # waits for the page that it leads to
            return
    raise AssertionError(f"{name} is not in the table")


@pytest.mark.requirement("I-07")
@pytest.mark.requirement("I-11")
def test_a_reviewer_compares_images_and_refuses_with_reasons(stack: Stack, new_page: NewPage, filing: Filing) -> None:
    filing.ask_for_verification()
    page = new_page()
    sign_in(page, stack.url, "reviewer")
    assert page.get_by_role("navigation", name="工作台").get_by_role("link").all_inner_texts() == [
        "工作台首页",
        "实名审核",
    ]
    page.get_by_role("link", name="实名审核", exact=True).click()
    page.get_by_role("link", name=filing.applicant.name).last.click()
    expect(page.get_by_text(filing.applicant.id_number)).to_be_visible()
    images = page.locator(".id-images img")
    expect(images).to_have_count(3)
    for number in range(3):
        expect(images.nth(number)).to_have_js_property("complete", True)
    assert images.evaluate_all("images => images.every(image => image.naturalWidth > 0)")

    approval = page.get_by_label("通过：证件真实")
    page.keyboard.press("?")
    page.get_by_role("button", name="关闭单键快捷键").click()
    page.keyboard.press("a")
    expect(approval).not_to_be_checked()
    page.get_by_role("button", name="打开单键快捷键").click()
    page.keyboard.press("a")
    expect(approval).to_be_checked()

    page.get_by_label("退回：说明理由").check()
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_label("证件照片不清楚").check()
    page.get_by_role("button", name="作出决定").click()
    expect(page.get_by_text(f"已退回：{filing.applicant.name}")).to_be_visible()

    decided = filing.me.get(f"/verifications/{filing.verification_id}")
    assert decided["state"] == "refused"
    assert decided["reasons"] == ["证件照片不清楚，请在光线充足处重新拍摄。"]


@pytest.mark.requirement("F-10")
def test_intake_scans_sheets_without_touching_the_mouse(stack: Stack, new_page: NewPage, filing: Filing) -> None:
    filing.accepted(paper=False)
    page = new_page()
    sign_in(page, stack.url, "intake")
    page.goto(f"{stack.url}/staff/paper")
    result, field = page.locator(".scan-result"), page.locator("[name=serial_number]")
    expect(page.get_by_role("cell", name=filing.serial_number)).to_be_visible()
    for said in ("已登记收到", "没有重复登记"):
        expect(field).to_be_focused()
        page.keyboard.type(filing.serial_number)
        page.keyboard.press("Enter")
        expect(result).to_contain_text(said)
    assert filing.case()["paper_received_at"]
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(result).to_contain_text("没有找到这个号码")
    expect(field).to_be_focused()


@pytest.mark.requirement("F-11")
@pytest.mark.requirement("F-12")
def test_an_examiner_asks_for_correction_at_a_field_and_at_a_page(
    stack: Stack, new_page: NewPage, filing: Filing
) -> None:
    filing.accepted()
    page = new_page()
    sign_in(page, stack.url, "examiner1")
    page.goto(f"{stack.url}/staff/examinations")
    number = str(filing.case()["acceptance_number"])
    page.get_by_role("row", name=re.compile(number)).get_by_role("button", name="领取").click()
    expect(page.get_by_text("由您承办", exact=True)).to_be_visible()
    address = page.locator(".viewer iframe").get_attribute("src")
    shown = page.request.get(f"{stack.url}{address}")
    assert (shown.headers["content-type"], shown.body()[:5]) == ("application/pdf", b"%PDF-")
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]

    page.get_by_label("要求补正").check()
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator("#error-summary")).to_contain_text("补正")
    page.locator("#target-0").select_option("completion_date")
    page.locator("#message-0").fill("完成日期与说明书不一致，请核对。")
    page.get_by_role("button", name="再加一条").click()
    expect(page.locator("#message-0")).to_have_value("完成日期与说明书不一致，请核对。")
    page.locator("#target-1").select_option(index=1)
    page.locator("#page-1").fill("3")
    page.locator("#message-1").fill("这一页看不清楚，请重新扫描。")
    cookies = page.context.cookies()
    page.context.clear_cookies()  # the session is lost while the decision is written
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator(".notice-warning")).to_contain_text("登录已经失效")
    page.context.add_cookies(cookies)
    page.goto(f"{stack.url}/staff/examinations/{filing.application_id}")
    expect(page.locator("#message-1")).to_have_value("这一页看不清楚，请重新扫描。")
    expect(page.locator("#message-0")).to_have_value("完成日期与说明书不一致，请核对。")
    page.get_by_role("button", name="作出决定").click()
    page.get_by_role("button", name="发出补正通知书").click()
    expect(page.get_by_text("补正通知已发给申请人")).to_be_visible()

    case: dict[str, Any] = filing.case()
    assert case["state"] == "awaiting_correction"
    defects = case["corrections"][0]["defects"]
    material = case["materials"][0]["material_id"]
    assert [(defect["target"], defect["page"]) for defect in defects] == [("completion_date", None), (material, 3)]


class OtherLanguage(SoftwareFiling):
    """Software whose form names a language that its source code is not written in; the deposit is built in the case."""

    def form(self, person: Any) -> list[dict[str, Any]]:
        return [step | ({"languages": ["Go"]} if "languages" in step else {}) for step in super().form(person)]

    def send(self, demo: Demo) -> None:
        asked = {
            "source": [demo.me.upload(self.sources(), "sources.zip")],
            "document": demo.me.upload(interface_manual(), "manual.pdf"),
        }
        job = demo.me.post(f"{demo.path}/deposits", asked)["job_id"]
        demo.wait("the deposit", lambda: demo.me.get(f"/jobs/{job}")["state"] == "done" or None, 180)
        demo.me.post(f"{demo.path}/deposits/{job}")


def make_the_deposit_anew(visit: Visit, filing: Filing, archive: Path) -> str:
    """From the correction's page and back to it, without script; the job that made it."""
    page = visit.page
    visit.press("Make it from the source code")
    visit.upload("source", archive)
    visit.look("deposit-anew")
    visit.press("Make the deposit")
    job = page.locator("input[name=job]").get_attribute("value")
    wait_for("the deposit", lambda: filing.me.get(f"/jobs/{job}")["state"] == "done" or None, 180)
    visit.press("Refresh to see what has happened")
    visit.look("deposit-made")
    visit.press("Put it into the correction")
    return str(job)


@pytest.mark.requirement("F-11")
@pytest.mark.requirement("F-12")
def test_software_is_sent_back_with_standard_defects_and_answered_with_a_new_deposit(
    stack: Stack, open_window: Callable[..., Visit], filing: Filing, tmp_path: Path
) -> None:
    filing.accepted(OtherLanguage())
    number = str(filing.case()["acceptance_number"])
    desk = open_window(name="examiner-of-software")
    page = desk.page
    sign_in(page, stack.url, "examiner1")
    page.goto(f"{stack.url}/staff/examinations?kind=work")
    expect(page.get_by_text(number)).to_have_count(0)
    page.get_by_role("navigation", name="登记种类").get_by_role("link", name="计算机软件著作权登记").click()
    desk.look("queue-of-software")
    page.get_by_role("row", name=re.compile(number)).get_by_role("button", name="领取").click()
    expect(page.locator("details", has_text="申请表与文件的核对").first).to_contain_text("编程语言")
    expect(page.locator("#fact-languages .field-note")).to_be_visible()

    page.keyboard.press("b")
    page.keyboard.press("s")
    expect(page.locator("#standard-0")).to_be_focused()
    page.locator("#standard-0").select_option("software_last_page_cut")
    program = next(item for item in filing.me.get(filing.path)["materials"] if item["role"] == "program")
    expect(page.locator("#target-0")).to_have_value(program["material_id"])
    assert page.locator("#message-0").input_value()
    page.locator("#page-0").fill("60")
    page.get_by_role("button", name="再加一条").click()
    page.locator("#standard-1").select_option("software_functions_not_in_code")
    page.locator("#page-1").fill("1")
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator("#error-summary")).to_contain_text("{…}")
    desk.look("blank-left")
    page.locator("#standard-1").select_option("software_names_inconsistent")
    expect(page.locator("#message-1")).not_to_have_value(re.compile("…"))
    page.locator("#target-1").select_option("full_name")
    page.locator("#page-1").fill("")
    page.get_by_role("button", name="作出决定").click()
    page.get_by_role("button", name="发出补正通知书").click()
    expect(page.get_by_text("补正通知已发给申请人")).to_be_visible()

    archive = tmp_path / "sources.zip"
    with zipfile.ZipFile(io.BytesIO(SoftwareFiling().sources())) as whole, zipfile.ZipFile(archive, "w") as less:
        for name in whole.namelist():
            if name.startswith("chassis/"):
                less.writestr(name, whole.read(name))
    phone = open_window("phone", name="correcting-software", language="en", script=False)
    phone.go(f"/sign-in?next=/account{filing.path}/correction")
    for field, text in (("login", filing.applicant.mobile), ("password", filing.applicant.password)):
        phone.page.locator(f"[name={field}]").fill(text)
    phone.send()
    answers = phone.page.locator('textarea[name^="answers."]')
    expect(answers).to_have_count(2)
    for index in range(answers.count()):
        answers.nth(index).fill(f"Answer {index}")
    phone.look("correction-of-software")
    expect(phone.page.locator("#field-short_name")).to_be_hidden()
    phone.page.locator("form details.unmarked summary").first.click()
    phone.fill("short_name", "登记平台")
    job = make_the_deposit_anew(phone, filing, archive)
    assert filing.me.get(f"/jobs/{job}")["report"]["asked"]["short_name"] == "登记平台"
    assert [answers.nth(index).input_value() for index in range(answers.count())] == ["Answer 0", "Answer 1"]
    expect(phone.page.locator("#field-short_name")).to_be_visible()
    expect(phone.page.locator("#field-short_name")).to_have_value("登记平台")
    expect(phone.page.locator("#files .material")).to_have_count(1)
    phone.look("correction-with-its-deposit")


@pytest.mark.requirement("F-11")
@pytest.mark.requirement("W-04")
def test_two_examiners_refuse_by_keyboard_alone(stack: Stack, new_page: NewPage, filing: Filing) -> None:
    filing.accepted()
    number = str(filing.case()["acceptance_number"])
    first = new_page()
    sign_in(first, stack.url, "examiner1")
    first.goto(f"{stack.url}/staff/examinations")
    go_to_row(first, number)
    first.wait_for_url("**/examinations/app-*")
    first.wait_for_load_state("domcontentloaded")
    first.keyboard.press("c")
    expect(first.get_by_text("由您承办", exact=True)).to_be_visible()
    first.wait_for_load_state("domcontentloaded")
    first.keyboard.press("r")
    first.keyboard.press("Control+Enter")
    expect(first.locator("#error-summary")).to_be_focused()
    expect(first.locator("#error-summary")).to_contain_text("理由")
    first.keyboard.press("y")
    first.keyboard.type("与已登记的作品实质相同。")
    first.locator("#field-basis").focus()
    first.keyboard.press("End")
    first.keyboard.press("Control+Enter")
    expect(first.get_by_text("等待另一位审查员复核")).to_be_visible()
    assert filing.case()["state"] == "refusal_proposed"

    second = new_page()
    sign_in(second, stack.url, "examiner2")
    second.goto(f"{stack.url}/staff/examinations")
    second.keyboard.press("3")
    expect(second.locator(".tabs [aria-current]")).to_contain_text("待复核的不予登记")
    second.wait_for_load_state("domcontentloaded")
    go_to_row(second, number)
    expect(second.get_by_text("另一位审查员建议不予登记")).to_be_visible()
    expect(second.locator(".notice", has_text="与已登记的作品实质相同。")).to_be_visible()
    second.wait_for_load_state("domcontentloaded")
    second.keyboard.press("c")
    expect(second.locator("#decision")).to_be_visible()
    second.wait_for_load_state("domcontentloaded")
    second.keyboard.press("r")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_text("不予登记，不能撤回")).to_be_visible()
    assert filing.case()["state"] == "refusal_proposed"
    second.wait_for_load_state("domcontentloaded")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_text("已决定不予登记")).to_be_visible()
    case = filing.case()
    assert (case["state"], case["reason"]) == ("refused", "与已登记的作品实质相同。")


@pytest.mark.requirement("I-11")
def test_the_workbench_is_closed_to_others(stack: Stack, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{stack.url}/staff/examinations")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    sign_in(page, stack.url, "intake")
    answer = page.goto(f"{stack.url}/staff/verifications")
    assert answer is not None
    assert answer.status == 403
