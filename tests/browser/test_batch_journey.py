"""An organisation files three works by a spreadsheet and by pages alone: a row is mended in the sheet that comes back;
then one signature, one payment, and three acceptance numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from registry_infra.portal import Portal

from tests.batch_sheets import archive, fill, paths_of, picture, proof, work
from tests.browser.inspection import begin_axe, sticks_out, violations
from tests.browser.office import Office
from tests.browser.visit import Visit
from tests.journeys.test_organisation import NAME, Organisation
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
WORKS = 3


@pytest.fixture
def company(visitor: Portal, staff: Staff) -> Organisation:
    organisation = Organisation(visitor, staff)
    organisation.sign_up().verify()
    return organisation


def look(visit: Visit, what: str) -> None:
    """A picture of the page; what axe finds on it, and what sticks out, are complaints of the window."""
    visit.page.wait_for_load_state()
    begin_axe(visit.page)
    found = violations(visit.page) + sticks_out(visit.page)
    visit.complaints += [f"{visit.page.url}: {complaint}" for complaint in found]
    visit.look(what)


def download(visit: Visit, name: str, folder: Path) -> Path:
    """The file behind a link of the page."""
    with visit.page.expect_download() as begun:
        visit.follow(name)
    file = folder / begun.value.suggested_filename
    begun.value.save_as(file)
    return file


@pytest.mark.requirement("F-15")
@pytest.mark.requirement("W-01")
def test_an_organisation_files_a_batch_by_its_pages(
    open_window: Callable[..., Visit], company: Organisation, office: Office, tmp_path: Path
) -> None:
    visit = open_window("desktop", name="batch")
    visit.sign_in(company.who, "/account/batches")
    bring(visit, tmp_path)
    mend(visit, tmp_path)
    sign(visit, office, company)
    pay(visit)
    see_where_they_stand(visit)
    numbers = numbers_of(download(visit, "下载号码（CSV）", tmp_path))
    assert len(set(numbers)) == WORKS
    assert all(number.startswith("2026Z11L") for number in numbers), numbers
    for number in numbers:
        expect(visit.page.locator(".batch-rows")).to_contain_text(number)


def bring(visit: Visit, folder: Path) -> None:
    """Fills the template; the second row has a date that is none."""
    look(visit, "new")
    own = {"authors__0__name": NAME}
    rows = [work(1, **own), work(2, completion_date="明年", **own), work(3, **own)]
    sheet, packed = folder / "作品.xlsx", folder / "材料.zip"
    sheet.write_bytes(fill(download(visit, "作品著作权登记：表格模板", folder).read_bytes(), rows))
    files = {f"W{number:03d}.jpg": picture(number) for number in range(1, WORKS + 1)}
    packed.write_bytes(archive(files | {"权属/创作证明.pdf": proof()}))
    visit.choose("type", "work_registration")
    visit.fill("name", "江边写生")
    visit.upload("spreadsheet", sheet)
    visit.upload("archive", packed)
    expect(visit.page.locator('.upload-item[data-state="done"]')).to_have_count(2)
    visit.press("上传并检查")
    expect(visit.page.locator(".next-step", has_text="1 行需要更正")).to_be_visible()
    look(visit, "failed")


def mend(visit: Visit, folder: Path) -> None:
    """Corrects the cell in the sheet that came back with comments, and sends that alone."""
    page = visit.page
    row = page.locator(".batch-rows tbody tr", has_text="W002")
    expect(row).to_contain_text("“明年”不是日期")
    visit.follow("“…”不是日期。")
    expect(page.locator(".batch-rows tbody tr")).to_have_count(1)
    came = download(visit, "下载需要更正的行（带批注）", folder)
    book = load_workbook(came)
    cells = book.worksheets[0]
    columns = paths_of(came.read_bytes())
    line = next(cell.row for cell in cells["A"] if cell.value == "W002")
    wrong = cells.cell(line, columns["completion_date"])
    assert wrong.comment is not None
    assert "不是日期" in wrong.comment.text
    wrong.value = "2026-03-02"
    book.save(came)
    visit.upload("spreadsheet", came)
    expect(page.locator('.upload-item[data-state="done"]')).to_have_count(1)
    visit.press("上传并重新检查")
    expect(page.locator(".next-step", has_text="检查完毕，都可以提交")).to_be_visible()
    look(visit, "ready")


def sign(visit: Visit, office: Office, company: Organisation) -> None:
    visit.press("生成 3 件作品的声明")
    expect(visit.page.locator("#sign")).to_be_visible()
    look(visit, "declaration")
    visit.press("获取验证码")
    visit.page.wait_for_url("**sent=1*")
    visit.fill("otp", "000000")
    visit.press("签名并提交整批")
    expect(visit.page.locator("#error-summary")).to_be_visible()
    visit.fill("otp", office.code_for(company.who.mobile))
    visit.press("签名并提交整批")
    expect(visit.page.locator(".next-step", has_text="请缴费")).to_be_visible()
    look(visit, "filed")


def pay(visit: Visit) -> None:
    """By the simulated provider; then the batch moves by itself until all of it is accepted."""
    visit.follow("去缴费 ¥900.00")
    visit.page.wait_for_url("**/payment")
    expect(visit.page.locator(".order-total")).to_contain_text("¥900.00")
    visit.press("支付宝")
    visit.press("模拟付款")
    visit.follow("查看这批作品")
    expect(visit.page.locator(".notice-success", has_text="3 件作品已受理")).to_be_visible()
    look(visit, "accepted")


def see_where_they_stand(visit: Visit) -> None:
    """The batch counts its works by what became of them, and shows those of one state; on a phone as well."""
    expect(visit.page.locator(".batch-stands li")).to_have_count(2)
    expect(visit.page.locator(".batch-stands li").last).to_contain_text("3 件")  # await their paper
    stands = visit.page.locator(".batch-stands li").first
    expect(stands).to_contain_text("已受理")
    expect(stands).to_contain_text("3 件")
    visit.page.set_viewport_size({"width": 390, "height": 844})
    stands.get_by_role("link").click()
    expect(visit.page.locator('.batch-stands a[aria-current="true"]')).to_have_count(1)
    expect(visit.page.locator(".batch-rows tbody tr")).to_have_count(WORKS)
    look(visit, "stands")
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def numbers_of(file: Path) -> list[str]:
    rows = csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))
    return [row["受理号"] for row in rows]
