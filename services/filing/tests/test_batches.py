"""An organisation files many works by one spreadsheet: checked before any is filed, signed once, one order for all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from filing.batches import work as hands
from openpyxl import load_workbook

from contracts import batches, filing
from tests.batch_sheets import archive, fill, picture, proof, work

from .conftest import Office


def template(office: Office, type_: str = "work_registration", language: str = "zh") -> bytes:
    made = office.call(batches.RENDER_BATCH_TEMPLATE, office.company, type=type_, language=language)
    return office.harness.runtime.objects.read(made.object.sha256, 10 << 20)


def receipt(office: Office, data: bytes, name: str) -> str:
    return office.harness.receipt(office.company.subject, data, name)


def begin(office: Office, rows: list[dict[str, Any]], files: dict[str, bytes] | None = None) -> batches.BatchView:
    """A batch whose sheet and archive were looked at."""
    if files is None:
        files = {f"{row['key']}.jpg": picture(int(row["key"][1:])) for row in rows}
        files["材料/权属/创作证明.pdf"] = proof()
    batch = office.call(
        batches.CREATE_BATCH,
        office.company,
        type="work_registration",
        spreadsheet=receipt(office, fill(template(office), rows), "作品.xlsx"),
        archive=receipt(office, archive(files), "材料.zip"),
    )
    assert (batch.state, batch.works) == ("checking", 0)
    return work_off(office, batch.batch_id)


def work_off(office: Office, batch_id: str) -> batches.BatchView:
    while hands.work_off(office.harness.runtime):
        pass
    view: batches.BatchView = office.call(batches.GET_BATCH, office.company, batch_id=batch_id)
    return view


def rows_of(office: Office, batch_id: str, **narrowed: Any) -> list[batches.BatchRowView]:
    found = office.call(batches.LIST_BATCH_ROWS, office.company, batch_id=batch_id, **narrowed)
    return list(found.items)


@pytest.mark.requirement("F-15")
def test_rows_become_drafts_that_can_be_filed(office: Office) -> None:
    batch = begin(office, [work(1), work(2), work(3)])
    told = [(row.key, row.state, [problem.code for problem in row.problems]) for row in rows_of(office, batch.batch_id)]
    assert told == [("W001", "complete", []), ("W002", "complete", []), ("W003", "complete", [])]
    assert (batch.state, batch.works, batch.counts.complete) == ("checked", 3, 3)
    case = office.call(
        filing.GET_APPLICATION, office.company, application_id=rows_of(office, batch.batch_id)[0].application_id
    )
    assert (case.title, case.state, case.batch_id) == ("石头写生第1幅", "draft", batch.batch_id)
    assert [material.file_name for material in case.materials] == ["W001.jpg", "创作证明.pdf"]


def prepared(office: Office, rows: list[dict[str, Any]], **wish: Any) -> batches.BatchView:
    batch = begin(office, rows)
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id, **wish)
    return work_off(office, batch.batch_id)


def evidence(office: Office, batch: batches.BatchView, **changes: Any) -> str:
    assert batch.declaration is not None
    signed = filing.Declaration(
        document_id=batch.declaration.document_id,
        sha256=batch.declaration.object.sha256,
        document=batch.declaration,
    )
    seal = {"kind": "organisation", "name": "长江文化有限公司", "method": "electronic_seal"}
    return office.evidence(signed, office.company.subject, **{**seal, **changes})


def filed(office: Office, rows: list[dict[str, Any]]) -> batches.BatchView:
    batch = prepared(office, rows)
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    return work_off(office, batch.batch_id)


def order_of(batch: batches.BatchView, works: list[str], **more: Any) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "order_id": "ord-batch",
        "account_id": batch.account_id,
        "name": batch.name,
        "amount": 30000 * len(works),
        "works": [{"application_id": work_id, "amount": 30000} for work_id in works],
        "created_at": datetime.now(UTC),
        "pay_by": date(2027, 1, 4),
        **more,
    }


def pay(office: Office, batch: batches.BatchView, works: list[str]) -> batches.BatchView:
    paid = order_of(batch, works, method="alipay", payment_id="pay-1", paid_at=datetime.now(UTC))
    office.harness.deliver(batches.BATCH_ORDER_PAID, batches.BatchOrderPaid(**paid))
    return work_off(office, batch.batch_id)


@pytest.mark.requirement("F-15")
def test_one_signature_files_all_works_and_one_payment_accepts_them(office: Office) -> None:
    batch = prepared(office, [work(1), work(2), work(3)])
    assert batch.state == "prepared"
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    batch = work_off(office, batch.batch_id)
    assert (batch.state, batch.counts.filed) == ("filed", 3)
    [submitted] = office.harness.events(batches.BATCH_SUBMITTED)
    numbers = [one.serial_number for one in submitted.works]
    assert len(set(numbers)) == 3
    assert [event.batch_id for event in office.harness.events(filing.APPLICATION_SUBMITTED)] == [batch.batch_id] * 3

    works = [row.application_id or "" for row in rows_of(office, batch.batch_id)]
    office.harness.deliver(batches.BATCH_ORDER_CREATED, batches.BatchOrderCreated(**order_of(batch, works)))
    batch = work_off(office, batch.batch_id)
    assert batch.order is not None
    assert (batch.order.amount, batch.order.state, "pay" in batch.actions) == (90000, "pending", True)
    case = office.call(filing.GET_APPLICATION, office.company, application_id=works[0])
    assert (case.order.amount, [one.kind for one in case.deadlines]) == (30000, ["paper", "payment"])

    batch = pay(office, batch, works)
    assert (batch.state, batch.counts.accepted) == ("accepted", 3)
    accepted = office.harness.events(filing.APPLICATION_ACCEPTED)
    assert len({event.acceptance_number for event in accepted}) == 3
    assert all(row.acceptance_number for row in rows_of(office, batch.batch_id))


@pytest.mark.requirement("F-15")
def test_one_fault_is_said_once_and_files_that_no_row_names_are_told(office: Office) -> None:
    rows = [work(1, completion_date="明年"), work(2), work(3, category="没有这一类")]
    files = {"W001.jpg": picture(1), "W003.jpg": picture(3), "权属/创作证明.pdf": proof(), "多余.txt": b"x"}
    batch = begin(office, rows, files)
    found = [[(one.field, one.code) for one in row.problems] for row in rows_of(office, batch.batch_id)]
    assert found[0] == [("completion_date", "cell_not_a_date")]
    assert found[1] == [("materials.sample", "file_missing")]
    assert [code for field, code in found[2] if field == "category"] == ["choice_unknown"]
    assert [(note.code, note.params) for note in batch.notes] == [("files_unnamed", {"count": 1, "names": "多余.txt"})]


@pytest.mark.requirement("F-15")
def test_a_comment_stands_at_its_row_whatever_line_another_sheet_had_it_on(office: Office) -> None:
    batch = begin(office, [work(1), work(2, completion_date="明年")])
    again = fill(template(office), [work(2, completion_date="后年")])
    sheet = receipt(office, again, "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=sheet)
    work_off(office, batch.batch_id)
    [wrong] = rows_of(office, batch.batch_id, state="failed")
    assert {row.line for row in rows_of(office, batch.batch_id)} == {5}
    said = {"row": wrong.key, "column": wrong.problems[0].column, "text": "不是日期"}
    asked = {"batch_id": batch.batch_id, "rows": "all", "comments": [said]}
    made = office.call(batches.RENDER_BATCH_SHEET, office.company, **asked)
    book = load_workbook(io.BytesIO(office.harness.runtime.objects.read(made.object.sha256, 10 << 20)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert [cell.value for cell in cells if cell.comment.text == "不是日期"] == ["后年"]
