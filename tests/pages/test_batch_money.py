"""What a batch costs is said before it is signed, in words for many; the payer reads what invoices are made from."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from filing.batches import work as hands
from filing.batches.store import BatchRow, BatchWork
from materials.testing.sample_files import numbered_pdf
from openpyxl import load_workbook
from sqlalchemy import update

from tests.author import Author
from tests.batch_sheets import archive, fill, paths_of, picture, proof, work
from tests.forms.filers import COMPANY, Filer
from tests.one_process import System


def page(filer: Filer, path: str, language: str = "zh") -> str:
    filer.browser.set_cookie("lang", language)
    answer = filer.browser.get(path)
    filer.browser.set_cookie("lang", "zh")
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def prepared(company: Filer) -> str:
    """Three works of two categories, as far as their signature."""
    blank = company.me.get("/api/v1/batch-templates/work_registration").data
    rows = [work(1), work(2), work(3, category="G")]
    files = {f"W00{number}.jpg": picture(number) for number in (1, 2, 3)} | {"权属/创作证明.pdf": proof()}
    sheet = company.upload(fill(blank, rows), "作品.xlsx", "batch_sheet")
    packed = company.upload(archive(files), "材料.zip", "batch_archive")
    made = company.post(
        "/batches", {"type": "work_registration", "spreadsheet": sheet, "archive": packed, "name": "b1"}
    )
    work_off(company.system)
    company.post(f"/batches/{made['batch_id']}/declaration")
    work_off(company.system)
    return str(made["batch_id"])


def work_off(system: System) -> None:
    while hands.work_off(system.services["filing"].runtime):
        pass
    system.settle()


@pytest.mark.requirement("P-01")
@pytest.mark.requirement("P-04")
@pytest.mark.requirement("F-15")
def test_a_batch_says_its_fee_before_it_is_signed_and_speaks_of_many_when_it_is_paid(system: System) -> None:
    company = Filer.organisation(system)
    batch_id = prepared(company)
    view = company.get(f"/batches/{batch_id}")
    assert view["state"] == "prepared"
    shown = page(company, f"/account/batches/{batch_id}")
    total = f"¥{view['fee']['amount'] / 100:.2f}"
    fee = shown.split('id="fee"', 1)[1].split("</section>", 1)[0]
    assert total in fee
    assert "× 2" in fee, "the reasons: a line for each category, with how many works it is for"
    assert shown.index('id="fee"') < shown.index('id="sign"')

    company.post(f"/batches/{batch_id}/submission", {"otp": company.code("sign")})
    for _ in range(3):
        work_off(system)
    rows = company.get(f"/batches/{batch_id}/rows")["items"]
    order = company.get(f"/applications/{rows[0]['application_id']}/order")
    assert (order["amount"], order["works"]) == (view["fee"]["amount"], 3)
    assert company.get(f"/batches/{batch_id}")["fee"] is None
    address = f"/account/applications/{rows[0]['application_id']}/payment"
    asked = words(page(company, address, "en"))
    assert "3 works" in asked
    assert "all applications of this batch are deemed withdrawn" in asked
    assert not [row for row in rows if row["serial_number"] in asked], "no number of one work stands for all"
    assert 'id="invoices"' not in page(company, address)

    company.pay(order)
    paid = page(company, address, "en")
    assert "The applications of this batch are accepted one by one within 1 working day" in words(paid)
    told = words(paid.split('id="invoices"', 1)[1].split("</section>", 1)[0])
    number = company.get("/me")["uscc"]
    for said in ("not an invoice", order["order_id"], COMPANY, number, total, "tax digital account"):
        assert said in told
    assert "data-print" in paid


WARNED = {
    "column": "C",
    "heading": "名称",
    "field": "title",
    "code": "file_unreadable",
    "severity": "warning",
    "params": {"file_name": "1200"},
}

DOUBTS = ("压缩包里的“1200”读不出来", "按问题查看", "问题与办法", "封底.jpg")


def doubted(company: Filer, batch_id: str) -> None:
    """As if the checks had warned of every work, and of a file that nothing names."""
    with company.system.services["filing"].uow() as uow:
        warned = update(BatchWork).where(BatchWork.batch_id == batch_id).values(problems=[WARNED])
        uow.session.execute(warned)
        noted = [{"code": "files_unnamed", "params": {"count": 1, "names": "封底.jpg"}}]
        uow.session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(notes=noted))


@pytest.mark.requirement("F-15")
def test_what_can_be_changed_no_more_is_not_warned_of_when_works_are_filed(system: System) -> None:
    company = Filer.organisation(system)
    batch_id = prepared(company)
    doubted(company, batch_id)
    address = f"/account/batches/{batch_id}"
    before = words(page(company, address))
    assert [part in before for part in DOUBTS] == [True] * 4
    commented = load_workbook(io.BytesIO(company.browser.get(f"{address}/sheet.xlsx?rows=all").data))
    assert any("1200" in one.comment.text for row in commented.worksheets[0] for one in row if one.comment)
    company.post(f"/batches/{batch_id}/submission", {"otp": company.code("sign")})
    for _ in range(3):
        work_off(system)
    doubted(company, batch_id)
    after = words(page(company, address))
    assert [part in after for part in DOUBTS] == [False] * 4
    rows = company.get(f"/batches/{batch_id}/rows")["items"]
    assert all(row["serial_number"] in after for row in rows)
    commented = load_workbook(io.BytesIO(company.browser.get(f"{address}/sheet.xlsx?rows=all").data))
    assert not any("1200" in one.comment.text for row in commented.worksheets[0] for one in row if one.comment)


@pytest.mark.requirement("F-15")
def test_the_draft_of_a_row_that_was_left_out_says_where_it_can_be_filed(system: System) -> None:
    company = Filer.organisation(system)
    blank = company.me.get("/api/v1/batch-templates/work_registration").data
    rows = [work(1), work(2, completion_date="2099-01-01")]
    sheet = company.upload(fill(blank, rows), "作品.xlsx", "batch_sheet")
    files = {f"W00{number}.jpg": picture(number) for number in (1, 2)} | {"权属/创作证明.pdf": proof()}
    packed = company.upload(archive(files), "材料.zip", "batch_archive")
    asked = {"type": "work_registration", "spreadsheet": sheet, "archive": packed, "name": "b2"}
    batch_id = company.post("/batches", asked)["batch_id"]
    work_off(system)
    behind = company.get(f"/batches/{batch_id}/rows")["items"][1]["application_id"]
    draft, back = f"/registration/applications/{behind}", f"/account/batches/{batch_id}"
    assert "回到那一批重新检查" in page(company, draft)
    company.post(f"/batches/{batch_id}/declaration", {"without_failed": True})
    work_off(system)
    company.post(f"/batches/{batch_id}/submission", {"otp": company.code("sign")})
    for _ in range(3):
        work_off(system)
    shown = page(company, draft)
    assert ("请把它单独提交，或者放进新的一批" in shown, "回到那一批重新检查" in shown) == (True, False)
    assert f'href="{draft}/check"' in shown
    assert f'href="{back}"' in shown


@pytest.mark.requirement("F-15")
def test_a_problem_names_its_column_or_says_why_the_sheet_has_none(system: System) -> None:
    company = Filer.organisation(system)
    blank = company.me.get("/api/v1/batch-templates/work_registration").data
    changes = {"authors.0.name": "李四", "ownership": "合作作品"}
    book = load_workbook(io.BytesIO(fill(blank, [{**work(1), **changes}, {**work(2), "owners.1.kind": "单位"}])))
    book.worksheets[0].delete_cols(paths_of(blank)["publication"])
    stream = io.BytesIO()
    book.save(stream)
    sheet = company.upload(stream.getvalue(), "作品.xlsx", "batch_sheet")
    made = company.post("/batches", {"type": "work_registration", "spreadsheet": sheet})
    work_off(system)
    told = words(page(company, f"/account/batches/{made['batch_id']}"))
    for said in (
        "AZ 列“著作权人 2·姓名或单位名称” ：",
        "是否已经发表（表格里没有这一列） ：",
        "著作权人 1 · 姓名或单位名称（就是本单位，不在表格里填） ：",
    ):
        assert said in told
    named = words(page(company, f"/account/batches/{made['batch_id']}", "en"))
    assert "Owner 1 · Name of the person or organisation (your organisation itself; it has no column)" in named


@pytest.mark.requirement("P-04")
def test_a_person_reads_the_data_of_each_order_and_how_an_invoice_comes_without_a_tax_id(system: System) -> None:
    person = Filer.person(system)
    known = Author.accepted(person)
    shown = page(person, f"/account/applications/{known['application_id']}/payment")
    told = words(shown.split('id="invoices"', 1)[1].split("</section>", 1)[0])
    for said in ("本身不是发票", known["order_id"], person.who.name, "010-61092299"):
        assert said in told
    assert "税务数字账户" not in told


@pytest.mark.requirement("P-04")
def test_the_invoice_of_a_promise_is_not_that_of_the_registration(system: System) -> None:
    person = Filer.person(system)
    known: dict[str, Any] = Author.accepted(person)
    case = known["application_id"]
    evidence = [person.upload(numbered_pdf(1), "传票.pdf")]
    wish = {"tier": "days_3", "because": "dispute", "reason": "开庭在即", "evidence": evidence}
    asked = person.post(f"/applications/{case}/expedites", wish)
    person.system.insist(person._finish_checks)
    system.services["payment"].sweep("offer_in_sandbox")
    person.act("senior_examiner", f"/staff/expedites/{asked['expedite_id']}/grant", {"answer": "已看到传票"})
    system.settle()
    [order] = [one for one in person.get("/orders")["items"] if one["purpose"] == "expedite"]
    person.pay(order)
    address = f"/account/applications/{case}/payment"
    assert order["order_id"] in page(person, f"{address}?of=expedite").split('id="invoices"', 1)[1]
    found = person.browser.get(f"{address}/invoice.json?of=expedite").get_json()
    assert [one["serial"] for one in found["items"]] == [order["order_id"]]
    found = person.browser.get(f"{address}/invoice.json").get_json()
    assert [one["serial"] for one in found["items"]] == [known["order_id"]]
