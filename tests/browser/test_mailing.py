"""A paper certificate by post: asked for from the certificate's page, printed, sent with two scans, and come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from registry_infra.testing import Stack

from tests.browser.cases import sign_in
from tests.browser.visit import Visit
from tests.lives import Lives

pytestmark = [pytest.mark.stack, pytest.mark.browser]
EMS = "EE473124829CN"
ADDRESS = {
    "recipient": "林小雨",
    "telephone": "13800138000",
    "province": "北京市",
    "city": "北京市西城区",
    "street": "天桥南大街1号",
    "postcode": "100050",
}


@pytest.mark.requirement("A-01")
@pytest.mark.requirement("W-02")
def test_a_paper_certificate_is_posted_and_comes_back(
    open_window: Callable[..., Visit], stack: Stack, lives: Lives
) -> None:
    person = lives.person
    mine = open_window("phone", name="mailing", language="en")
    mine.sign_in(person.who)
    mine.go("/account/certificates")
    mine.follow("Paper certificate by post")
    mine.look("form")
    for field, words in (ADDRESS | {"postcode": "1000"}).items():
        mine.fill(field, words)
    mine.press("Ask for it by post")
    expect(mine.page.locator("#error-summary")).to_be_visible()
    mine.look("refused")
    mine.fill("postcode", ADDRESS["postcode"])
    mine.press("Ask for it by post")
    expect(mine.page.locator("main")).to_contain_text("To be printed")
    mine.look("asked")

    desk = open_window("desktop", name="post")
    sign_in(desk.page, stack.url, "archivist")
    desk.go("/staff/mailing")
    desk.look("queue")
    desk.press("取一批打印")
    desk.page.wait_for_url("**/staff/mailing/batches/*")
    desk.look("batch")
    for link in ("打印清单", "地址标签"):
        address = desk.page.get_by_role("link", name=link, exact=True).get_attribute("href")
        assert desk.page.request.get(f"{stack.url}{address}").body().startswith(b"%PDF-")
    row = desk.page.locator("tbody tr").first
    assert desk.page.request.get(f"{stack.url}{row.locator('a[target]').get_attribute('href')}").ok
    parcel = row.locator("code").first.inner_text()

    desk.go("/staff/mailing/tracking")
    desk.page.keyboard.type(f"{parcel}\n")
    desk.page.wait_for_url("**parcel=ZS*")
    desk.page.keyboard.type("EE473124828CN\n")
    expect(desk.page.locator("#error-summary")).to_be_visible()
    desk.look("wrong-number")
    desk.fill("numbers", f"邮件编号\tEMS 单号\n{parcel}\tEE473124828CN\nZS209900000001\t{EMS}")
    desk.press("登记这些")
    expect(desk.page.locator("table")).to_contain_text("没有这个邮件编号")
    desk.look("wrong-rows")
    desk.go(f"/staff/mailing/tracking?parcel={parcel}")
    desk.page.keyboard.type(f"{EMS}\n")
    expect(desk.page.locator("main")).to_contain_text(f"{parcel} 已寄出，EMS {EMS}")

    mine.go(f"/account/applications/{lives.registered}")
    expect(mine.page.locator("main")).to_contain_text(EMS)
    mine.look("case-sent")
    desk.fill("number", EMS)
    desk.page.locator("#field-outcome").select_option("returned")
    desk.page.locator("#field-reason").select_option("unknown_address")
    desk.press("登记结果")
    expect(desk.page.locator("main")).to_contain_text("被退回")
    mine.go("/account/certificates")
    mine.look("certificates")
    mine.follow("Check the address and send it again")
    expect(mine.page.locator("main")).to_contain_text("The address is incomplete or wrong")
    mine.look("returned")
    mine.fill("street", "天桥南大街3号")
    mine.press("Ask for it by post")
    expect(mine.page.locator("main")).to_contain_text("To be printed")
    mine.go("/account/messages")
    expect(mine.page.locator("main")).to_contain_text(EMS)
