"""An organisation files many works by one spreadsheet: checked before any is filed, signed once, one order for all."""

from __future__ import annotations

import importlib
import io
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from chassis.errors import Problem
from chassis.objects.references import held_among
from chassis.tables import Released
from chassis.testing import organisation, staff_actor
from filing.batches import work as hands
from filing.batches.store import BatchFile, BatchRow, BatchWork
from filing.database import Base
from filing.materials.store import MaterialRow
from openpyxl import load_workbook
from sqlalchemy import delete, select

from contracts import batches, filing
from tests.batch_sheets import archive, deposits, fill, paths_of, picture, program, proof, work

from .conftest import Office
from .work_forms import HOME


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
def test_programs_with_their_deposits_are_filed_like_works(office: Office) -> None:
    rows = [program(1), program(2)]
    files = deposits(rows[0]) | deposits(rows[1])
    batch = office.call(
        batches.CREATE_BATCH,
        office.company,
        type="software_registration",
        spreadsheet=receipt(office, fill(template(office, "software_registration"), rows), "软件.xlsx"),
        archive=receipt(office, archive(files), "材料.zip"),
    )
    work_off(office, batch.batch_id)
    told = [(row.state, [one.code for one in row.problems]) for row in rows_of(office, batch.batch_id)]
    assert told == [("complete", [])] * 2
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id)
    batch = work_off(office, batch.batch_id)
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    batch = work_off(office, batch.batch_id)
    [submitted] = office.harness.events(batches.BATCH_SUBMITTED)
    assert [(one.kind, one.title, one.serial_number[4:7]) for one in submitted.works] == [
        ("software", row["full_name"], "R11") for row in rows
    ]
    batch = pay(office, batch, [one.application_id for one in submitted.works])
    assert (batch.state, batch.counts.accepted) == ("accepted", 2)


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
@pytest.mark.parametrize(("column", "code"), [("没有这一类", "choice_unknown"), (None, "required")])
def test_files_wait_while_nobody_knows_what_they_should_be(office: Office, column: str | None, code: str) -> None:
    batch = begin(office, [work(1, category=column)])
    [row] = rows_of(office, batch.batch_id)
    told = [(one.field, one.code, one.severity) for one in row.problems]
    assert ("category", code, "error") in told
    assert [one for one in told if one[0] == "materials.sample"] == [
        ("materials.sample", "file_check_waits", "warning")
    ]
    sheet = receipt(office, fill(template(office), [work(1)]), "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=sheet)
    assert work_off(office, batch.batch_id).counts.complete == 1
    [row] = rows_of(office, batch.batch_id)
    assert row.problems == []


@pytest.mark.requirement("F-15")
def test_what_a_check_of_a_file_finds_is_counted_as_such(office: Office) -> None:
    batch = begin(office, [work(1)], {"W001.jpg": proof(), "权属/创作证明.pdf": proof()})
    assert [(one.code, one.finding) for one in batch.by_code] == [("wrong_type_renamed", True)]


@pytest.mark.requirement("F-15")
def test_a_comment_stands_at_its_row_whatever_line_another_sheet_had_it_on(office: Office) -> None:
    batch = begin(office, [work(1), work(2, completion_date="明年")])
    again = fill(template(office), [work(2, completion_date="后年")])
    sheet = receipt(office, again, "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=sheet)
    work_off(office, batch.batch_id)
    [wrong] = rows_of(office, batch.batch_id, state="failed")
    said = {"row": wrong.key, "column": wrong.problems[0].column, "text": "不是日期"}
    asked = {"batch_id": batch.batch_id, "rows": "all", "comments": [said]}
    made = office.call(batches.RENDER_BATCH_SHEET, office.company, **asked)
    book = load_workbook(io.BytesIO(office.harness.runtime.objects.read(made.object.sha256, 10 << 20)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert [cell.value for cell in cells if cell.comment.text == "不是日期"] == ["后年"]


@pytest.mark.requirement("F-15")
def test_rows_keep_their_order_when_some_of_them_come_in_another_sheet(office: Office) -> None:
    works = [work(1), work(2, completion_date="明年"), work(3), work(4, completion_date="后年")]
    files = {f"W00{number}.jpg": picture(number) for number in range(1, 6)} | {"材料/权属/创作证明.pdf": proof()}
    batch = begin(office, works, files)
    first = [(row.key, row.line) for row in rows_of(office, batch.batch_id)]
    some = fill(template(office), [work(5), work(4), work(2)])
    sheet = receipt(office, some, "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=sheet)
    assert work_off(office, batch.batch_id).counts.complete == 5
    assert [(row.key, row.line) for row in rows_of(office, batch.batch_id)] == [*first, ("W005", first[-1][1] + 1)]
    all_of_them = fill(template(office), [work(number) for number in (5, 4, 3, 2, 1)])
    sheet = receipt(office, all_of_them, "全部.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=sheet)
    work_off(office, batch.batch_id)
    assert [row.key for row in rows_of(office, batch.batch_id)] == ["W005", "W004", "W003", "W002", "W001"]


@pytest.mark.requirement("F-15")
def test_serial_numbers_are_given_in_the_order_of_the_sheet_though_some_rows_came_again(office: Office) -> None:
    batch = begin(office, [work(1, completion_date="明年"), work(2), work(3, completion_date="后年"), work(4)])
    again = receipt(office, fill(template(office), [work(3), work(1)]), "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=again)
    work_off(office, batch.batch_id)
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id)
    batch = work_off(office, batch.batch_id)
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    work_off(office, batch.batch_id)
    given = rows_of(office, batch.batch_id)
    assert [row.key for row in given] == ["W001", "W002", "W003", "W004"]
    numbers = [row.serial_number or "" for row in given]
    assert all(numbers)
    assert numbers == sorted(numbers)
    assert len({row.line for row in given}) == 4


@pytest.mark.requirement("F-15")
def test_a_correction_with_its_columns_in_another_order_leaves_the_others_as_they_were(office: Office) -> None:
    batch = begin(office, [work(1, completion_date="明年"), work(2, completion_date="后年")])
    book = load_workbook(BytesIO(fill(template(office), [work(1)])))
    sheet = book.worksheets[0]
    sheet.move_range("G1:G9", cols=sheet.max_column)
    stream = BytesIO()
    book.save(stream)
    corrected = receipt(office, stream.getvalue(), "更正.xlsx")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=corrected)
    work_off(office, batch.batch_id)
    asked = {"batch_id": batch.batch_id, "rows": "all"}
    made = office.call(batches.RENDER_BATCH_SHEET, office.company, **asked)
    data = office.harness.runtime.objects.read(made.object.sha256, 10 << 20)
    columns, sheet = paths_of(data), load_workbook(BytesIO(data)).worksheets[0]
    told = {row[0].value: (row[columns["title"] - 1].value, row[columns["completion_date"] - 1].value) for row in sheet}
    assert told["W001"] == ("石头写生第1幅", "2026-03-01")
    assert told["W002"] == ("石头写生第2幅", "后年")


@pytest.mark.requirement("F-15")
@pytest.mark.parametrize("step", ["get", "rows", "correct", "prepare", "submit", "discard", "sheet"])
def test_a_batch_is_nobody_elses(office: Office, step: str) -> None:
    batch = begin(office, [work(1)])
    method, more = {
        "get": (batches.GET_BATCH, {}),
        "rows": (batches.LIST_BATCH_ROWS, {}),
        "correct": (batches.CORRECT_BATCH, {}),
        "prepare": (batches.PREPARE_BATCH, {}),
        "submit": (batches.SUBMIT_BATCH, {"evidence": "x"}),
        "discard": (batches.DISCARD_BATCH, {}),
        "sheet": (batches.RENDER_BATCH_SHEET, {}),
    }[step]
    with pytest.raises(Problem, match="batch_unknown"):
        office.call(method, organisation("acc-rival"), batch_id=batch.batch_id, **more)


@pytest.mark.requirement("F-15")
def test_what_was_changed_after_it_was_signed_for_is_not_filed(office: Office) -> None:
    batch = prepared(office, [work(1), work(2)])
    first = rows_of(office, batch.batch_id)[0].application_id
    case = office.call(filing.GET_APPLICATION, office.company, application_id=first)
    changed = {"application_id": first, "version": case.version, "form": {"title": "别的名称之后"}}
    office.call(filing.SAVE_APPLICATION, office.company, **changed)
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    batch = work_off(office, batch.batch_id)
    told = {row.key: (row.state, [problem.code for problem in row.problems]) for row in rows_of(office, batch.batch_id)}
    assert told == {"W001": ("left", ["changed_since_signed"]), "W002": ("filed", [])}
    [submitted] = office.harness.events(batches.BATCH_SUBMITTED)
    assert len(submitted.works) == 1


@pytest.mark.requirement("F-15")
def test_evidence_of_another_declaration_files_nothing(office: Office) -> None:
    batch = prepared(office, [work(1)])
    for wrong in ({"sha256": "0" * 64}, {"document_id": "fil-other"}):
        with pytest.raises(Problem, match="batch_outdated"):
            office.call(
                batches.SUBMIT_BATCH,
                office.company,
                batch_id=batch.batch_id,
                evidence=evidence(office, batch, **wrong),
            )
    other = evidence(office, batch, sub="acc-rival")
    with pytest.raises(Problem, match="evidence_invalid"):
        office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=other)
    assert work_off(office, batch.batch_id).state == "prepared"


@pytest.mark.requirement("F-15")
def test_rows_that_are_the_same_or_share_a_sample_are_told(office: Office) -> None:
    same = {**work(2), "title": work(1)["title"], "materials.sample": "W001.jpg"}
    shared = {**work(3), "materials.sample": "W001.jpg"}
    batch = begin(office, [work(1), same, shared])
    told = {row.key: sorted(problem.code for problem in row.problems) for row in rows_of(office, batch.batch_id)}
    assert told["W001"] == []
    assert {"row_twice", "title_twice", "file_named_twice"} <= set(told["W002"])
    assert told["W003"] == ["file_named_twice"]


@pytest.mark.requirement("F-15")
def test_persons_and_the_unverified_have_no_batches(office: Office) -> None:
    sheet = office.harness.receipt(office.applicant.subject, b"PK", "a.xlsx")
    with pytest.raises(Problem, match="batch_organisations_only"):
        office.call(batches.CREATE_BATCH, office.applicant, type="work_registration", spreadsheet=sheet)
    stranger = organisation("acc-new")
    sheet = office.harness.receipt(stranger.subject, b"PK", "a.xlsx")
    with pytest.raises(Problem, match="not_verified"):
        office.call(batches.CREATE_BATCH, stranger, type="work_registration", spreadsheet=sheet)


@pytest.mark.requirement("F-15")
@pytest.mark.parametrize(("data", "code"), [(b"a,b\n1,2", "workbook_unsupported"), (b"PK\x03\x04", "workbook_damaged")])
def test_a_sheet_that_cannot_be_read_is_refused_and_may_come_again(office: Office, data: bytes, code: str) -> None:
    bad = receipt(office, data, "作品.xlsx")
    batch = office.call(batches.CREATE_BATCH, office.company, type="work_registration", spreadsheet=bad)
    batch = work_off(office, batch.batch_id)
    assert (batch.state, batch.refusal.code) == ("refused", code)
    good = receipt(office, fill(template(office), [work(1)]), "作品.xlsx")
    files = {"W001.jpg": picture(1), "权属/创作证明.pdf": proof()}
    packed = receipt(office, archive(files), "材料.zip")
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id, spreadsheet=good, archive=packed)
    batch = work_off(office, batch.batch_id)
    assert (batch.state, batch.refusal, batch.counts.complete) == ("checked", None, 1)


@pytest.mark.requirement("F-15")
def test_only_the_complete_works_are_filed_by_wish_and_the_others_stay_behind(office: Office) -> None:
    batch = begin(office, [work(1), work(2, completion_date="明年")])
    with pytest.raises(Problem, match="batch_rows_failed"):
        office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id)
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id, without_failed=True)
    batch = work_off(office, batch.batch_id)
    assert (batch.state, batch.counts.complete, batch.counts.left) == ("prepared", 1, 1)


@pytest.mark.requirement("F-15")
def test_a_row_that_is_mended_as_a_draft_counts_when_all_is_looked_at_again(office: Office) -> None:
    batch = begin(office, [work(1, completion_date="明年")])
    [row] = rows_of(office, batch.batch_id)
    case = office.call(filing.GET_APPLICATION, office.company, application_id=row.application_id)
    mended = {"application_id": row.application_id, "version": case.version, "form": {"completion_date": "2026-03-01"}}
    office.call(filing.SAVE_APPLICATION, office.company, **mended)
    office.call(batches.CORRECT_BATCH, office.company, batch_id=batch.batch_id)
    assert work_off(office, batch.batch_id).counts.complete == 1


@pytest.mark.requirement("F-15")
def test_a_work_that_is_withdrawn_before_the_payment_is_not_accepted(office: Office) -> None:
    batch = filed(office, [work(1), work(2)])
    works = [row.application_id or "" for row in rows_of(office, batch.batch_id)]
    office.harness.deliver(batches.BATCH_ORDER_CREATED, batches.BatchOrderCreated(**order_of(batch, works)))
    work_off(office, batch.batch_id)
    office.call(filing.WITHDRAW_APPLICATION, office.company, application_id=works[0])
    batch = pay(office, batch, works[1:])
    office.call(filing.WITHDRAW_APPLICATION, office.company, application_id=works[1])
    unpaid, paid = office.harness.events(filing.APPLICATION_WITHDRAWN)
    assert unpaid.fee is None, "nothing had been paid"
    assert (paid.fee.amount, paid.fee.accepted_on) == (30000, office.today()), "its share, which stays"
    told = {row.key: (row.state, row.case_state) for row in rows_of(office, batch.batch_id)}
    assert told == {"W001": ("left", "withdrawn"), "W002": ("accepted", "withdrawn")}
    assert (batch.state, batch.withdrawn) == ("accepted", 1)


@pytest.mark.requirement("F-15")
@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("end", ["accepted", "discarded"])
def test_a_batch_that_is_done_with_keeps_no_archive(office: Office, end: str) -> None:
    if end == "accepted":
        batch = filed(office, [work(1)])
        batch = pay(office, batch, [row.application_id or "" for row in rows_of(office, batch.batch_id)])
    else:
        batch = begin(office, [work(1)])
        batch = office.call(batches.DISCARD_BATCH, office.company, batch_id=batch.batch_id)
    assert batch.state == end
    with office.harness.uow() as uow:
        assert uow.session.scalars(select(BatchFile)).all() == []
        assert uow.session.scalars(select(BatchRow.archive_sha256)).all() == [None]
        held = uow.session.scalars(select(MaterialRow.sha256)).all()
        assert len(held) == 2, "what is a work's stays"
        assert set(held) <= set(uow.session.scalars(select(Released.sha256)).all()), "and is asked for before it goes"


def everywhere(office: Office) -> str:
    """Whatever filing keeps, but for the cases themselves; and the sheets that are still held."""
    passed_over = ("inbox", "outbox", "cases")
    tables = [table for table in Base.metadata.sorted_tables if table.name not in passed_over]
    with office.harness.uow() as uow:
        kept = "".join(str(tuple(row)) for table in tables for row in uow.session.execute(select(table)))
        hashes = [sheet for (sheet,) in uow.session.execute(select(BatchRow.spreadsheet_sha256))]
        held = held_among(uow.session, Base.metadata, "", hashes)
    assert held == set(), "the sheet that came in was read"
    return kept


@pytest.mark.requirement("A-01")
@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("end", ["filed", "discarded"])
def test_no_address_stays_with_the_rows_of_a_batch(office: Office, end: str) -> None:
    to = {f"delivery__{name}": value for name, value in HOME.items()}
    rows = [work(1, collection="邮寄纸质证书", **to), work(2, collection="邮寄纸质证书", **to, title="")]
    batch = prepared(office, rows, without_failed=True)
    told = {row.key: row.state for row in rows_of(office, batch.batch_id)}
    assert told == {"W001": "complete", "W002": "left"}
    assert everywhere(office).count(HOME["street"]) >= 2, "of works that can still be mended it is given back"
    if end == "filed":
        office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
        batch = work_off(office, batch.batch_id)
        filed_ = next(row.application_id for row in rows_of(office, batch.batch_id) if row.state == "filed")
        case = office.call(filing.GET_APPLICATION, office.company, application_id=filed_)
        assert case.form["delivery"]["street"] == HOME["street"], "the case has it until it ends"
        with office.harness.uow() as uow:
            rows_left = uow.session.execute(select(BatchWork.key, BatchWork.cells).order_by(BatchWork.line)).all()
        assert [HOME["street"] in str(cells) for _, cells in rows_left] == [False, True], "the other can be given back"
        batch = pay(office, batch, [filed_ or ""])
        assert batch.state == "accepted"
    else:
        batch = office.call(batches.DISCARD_BATCH, office.company, batch_id=batch.batch_id)
    kept = everywhere(office)
    assert HOME["street"] not in kept
    assert HOME["telephone"] not in kept
    assert "石头写生第1幅" in kept, "and nothing else is taken out"


@pytest.mark.requirement("I-12")
def test_addresses_leave_batches_that_were_filed_before_they_did_so_by_themselves(office: Office) -> None:
    to = {f"delivery__{name}": value for name, value in HOME.items()}
    batch = prepared(office, [work(n, collection="邮寄纸质证书", **to) for n in (1, 2)])
    with office.harness.uow() as uow:
        first, second = uow.session.execute(select(BatchWork).order_by(BatchWork.line)).scalars()
        first.state = "filed"
        before, kept = {**first.form}, [*second.cells]
        uow.session.execute(delete(Released))
    with office.harness.uow() as uow, Operations.context(MigrationContext.configure(uow.session.connection())):
        importlib.import_module("filing.migrations.versions.0021_addresses_in_batches").upgrade()
    with office.harness.uow() as uow:
        first, second = uow.session.execute(select(BatchWork).order_by(BatchWork.line)).scalars()
        assert "delivery" in before
        assert first.form == {name: value for name, value in before.items() if name != "delivery"}
        assert HOME["street"] not in str(first.cells)
        assert "石头写生第1幅" in str(first.cells)
        assert second.cells == kept, "it is not filed yet"
        released = uow.session.execute(select(Released.sha256)).scalars().all()
        held = uow.session.get(BatchRow, batch.batch_id)
        assert held
        assert released == [held.spreadsheet_sha256]


@pytest.mark.requirement("F-15")
def test_an_adviser_finds_batches_by_whose_turn_it_is_and_by_any_number_and_sees_no_others(office: Office) -> None:
    adviser = staff_actor("customer_service", id="acc-adviser")

    def listed(actor: Any = adviser, **wanted: Any) -> list[str]:
        return [item.batch_id for item in office.call(batches.LIST_BATCHES, actor, **wanted).items]

    ready = filed(office, [work(1), work(2)])
    wrong = begin(office, [work(3, title="")])
    assert listed() == []
    for batch in (ready, wrong):
        told = batches.AdviserAssigned(batch_id=batch.batch_id, adviser_id=adviser.subject, name="王芳")
        office.harness.deliver(batches.ADVISER_ASSIGNED, told)
    found = office.call(batches.LIST_BATCHES, adviser)
    assert [item.batch_id for item in found.items] == [wrong.batch_id, ready.batch_id]
    assert found.counts == {"organisation": 1, "payment": 1}
    assert [(item.waits_for, item.counts.failed, item.counts.filed) for item in found.items] == [
        ("organisation", 1, 0),
        ("payment", 0, 2),
    ]
    assert {item.organisation for item in found.items} == {"长江文化有限公司"}
    assert listed(waits_for="payment") == [ready.batch_id]
    assert listed(waits_for="nobody") == []
    number = rows_of(office, ready.batch_id)[1].serial_number
    for text in (number, str(number).lower(), ready.batch_id, ready.batch_id.upper()):
        assert listed(text=text) == [ready.batch_id], text
    assert listed(text="长江", limit=1) == [wrong.batch_id]
    assert listed(text="%") == listed(text="没有这样的") == []
    assert listed(staff_actor("customer_service", id="acc-other"), text=number) == []
    assert listed(organisation("acc-another"), text=number) == []
    assert listed(office.company, text=number) == [ready.batch_id]
    assert office.call(batches.LIST_BATCHES, office.company).items[0].operator_name == ""


@pytest.mark.requirement("F-15")
def test_files_of_a_row_that_is_wrong_are_named_and_its_problem_says_where_it_stands(office: Office) -> None:
    files = {"W001.jpg": picture(1), "W002/": b"", "W002/a.jpg": picture(2), "权属/创作证明.pdf": proof()}
    proofs = {"materials.sample": None, "materials.corporate_statement": None}
    rows = [work(1, owners__1__kind="单位"), {**work(2, owners__1__kind="单位"), **proofs}]
    batch = begin(office, rows, {name: data for name, data in files.items() if data})
    assert [note.code for note in batch.notes] == []
    for row in rows_of(office, batch.batch_id):
        told = [(one.field, one.code, one.column != "", one.heading) for one in row.problems]
        assert told == [("owners.1.name", "required", True, "著作权人 2·姓名或单位名称")]


@pytest.mark.requirement("F-15")
def test_files_that_come_again_for_rows_that_are_done_are_named(office: Office) -> None:
    files = {"W001.jpg": picture(1), "权属/创作证明.pdf": proof()}
    batch = begin(office, [work(1), work(2)], files)
    more = files | {"W002.jpg": picture(2), "多余.jpg": picture(3)}
    office.call(
        batches.CORRECT_BATCH,
        office.company,
        batch_id=batch.batch_id,
        archive=receipt(office, archive(more), "材料.zip"),
    )
    batch = work_off(office, batch.batch_id)
    assert batch.counts.complete == 2
    assert [(note.code, note.params) for note in batch.notes] == [("files_unnamed", {"count": 1, "names": "多余.jpg"})]


@pytest.mark.requirement("P-01")
def test_what_a_batch_is_charged_by_is_told_while_it_waits_for_its_signature(office: Office) -> None:
    batch = prepared(office, [work(1), work(2), work(3, category="G")])
    assert [(one.works, one.fee_basis["category"]) for one in batch.charged] == [(2, "F"), (1, "G")]
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    filed = work_off(office, batch.batch_id)
    assert filed.charged == []
    [submitted] = office.harness.events(batches.BATCH_SUBMITTED)
    assert [one.fee_basis["category"] for one in submitted.works] == ["F", "F", "G"]
