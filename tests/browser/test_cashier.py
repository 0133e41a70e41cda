"""The cashier's desk by keyboard alone: the work, one search for anything, an order with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from registry_infra.portal import Portal, wait_for
from registry_infra.testing import Stack

from tests.browser.cases import Filing, new_filing, sign_in
from tests.browser.visit import Visit
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]


@pytest.fixture
def filing(stack: Stack, tmp_path: Path, staff: Staff) -> Filing:
    return new_filing(stack.url, tmp_path, staff)


def send_statement(cashier: Portal, serial_number: str) -> str:
    """Money for an order that is paid already comes once more, by the bank; the row that waits for it."""
    lines = [
        "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要",
        f"2026-11-20,CNY,0.31,0.31,转账,某某公司,{serial_number}",
    ]
    upload_id = cashier.upload("\n".join(lines).encode(), f"{serial_number}.csv")
    sent = cashier.post("/staff/bank-statements", {"upload_id": upload_id})

    def read() -> dict[str, Any] | None:
        found: dict[str, Any] = cashier.get(f"/staff/bank-statements/{sent['statement_id']}")
        return found if found["state"] != "reading" else None

    assert wait_for("the statement to be read", read)["waiting"] == 1
    [row] = cashier.get(f"/staff/bank-rows?state=waiting&text={serial_number}")["items"]
    return str(row["row_id"])


def heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_have_text(text)


def look_in_both(desk: Visit, open_window: Callable[..., Visit], what: str) -> None:
    """As it is at a desk, and on a phone in English."""
    desk.look(what)
    phone = open_window("phone", name="cashier", language="en")
    cookies = desk.page.context.cookies()
    phone.page.context.add_cookies([cookie for cookie in cookies if cookie["name"] != "lang"])
    phone.page.goto(desk.page.url)
    phone.look(what)
    assert not [text for text in phone.page.locator("main h1, main h2, main th").all_inner_texts() if "缴" in text]


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_a_cashier_finds_an_order_by_any_of_its_numbers_without_a_mouse(
    stack: Stack, open_window: Callable[..., Visit], filing: Filing, staff: Staff
) -> None:
    filing.accepted(paper=False)
    case = filing.case()
    cashier = staff("cashier")
    row_id = send_statement(cashier, filing.serial_number)
    desk = open_window(name="cashier")
    page, keyboard = desk.page, desk.page.keyboard
    sign_in(page, stack.url, "cashier2")
    entries = page.get_by_role("navigation", name="工作台").get_by_role("link").all_inner_texts()
    assert entries[:3] == ["工作台首页", "出纳台", "银行流水"]

    keyboard.press("/")
    heading(page, "出纳台")
    expect(page.locator("#field-text")).to_be_focused()
    look_in_both(desk, open_window, "work")
    keyboard.press("Escape")
    keyboard.press("j")
    expect(page.locator(":focus")).to_have_text("待处理的银行流水")
    page.locator(":focus").press("Enter")
    heading(page, "银行流水")

    keyboard.press("/")
    expect(page.locator("#field-text")).to_be_focused()  # of this page itself
    page.goto(f"{stack.url}/staff/cashier?find=1")
    keyboard.type(str(case["acceptance_number"]))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="缴费单")).to_be_visible()
    look_in_both(desk, open_window, "found")
    keyboard.press("Escape")
    keyboard.press("j")
    expect(page.locator(":focus")).to_have_text(str(case["title"]))
    keyboard.press("ArrowDown")
    page.locator(":focus").press("Enter")
    page.wait_for_url("**/staff/orders/*")
    heading(page, str(case["title"]))
    expect(page.get_by_role("heading", name="账目")).to_be_visible()
    look_in_both(desk, open_window, "order")
    assert page.request.get(f"{page.url}/invoice.xml").text().count(filing.serial_number)
    receipt = wait_for("the receipt", lambda: _receipt(page), 60)
    assert receipt[:5] == b"%PDF-"

    page.goto(f"{stack.url}/staff/cashier?text={filing.serial_number}")
    page.get_by_role("region", name="银行流水").get_by_role("link").first.press("Enter")
    page.wait_for_url(f"**/staff/bank/rows/{row_id}")
    keyboard.press("e")
    expect(page.get_by_role("button", name="不是缴费，记下说明")).to_be_focused()
    look_in_both(desk, open_window, "row")
    page.goto(f"{stack.url}/staff/cashier?text=不存在的人")
    expect(page.get_by_text("没有找到")).to_be_visible()
    page.goto(f"{stack.url}/staff/orders?queue=mismatched")
    look_in_both(desk, open_window, "orders")


def _receipt(page: Page) -> bytes | None:
    answer = page.request.get(f"{page.url}/receipt.pdf")
    return answer.body() if answer.status == 200 else None
