"""The spreadsheet of a batch, written and read: whatever people do to it between, a row says what was typed in it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from chassis.confinement.model import Job
from chassis.workbooks import Workbook
from chassis.workbooks.reading import Number, Sheet
from chassis.workbooks.run import read as read_cells
from filing.batches.places import entries_of, placed
from filing.batches.workbook.reading import Sheet as Rows
from filing.batches.workbook.reading import read_sheet
from filing.batches.workbook.template import FilledRow, filled, template
from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import policies
from filing.types import TYPES
from openpyxl import load_workbook

from tests.batch_sheets import fill, paths_of, work

TODAY = date(2026, 11, 29)
pytestmark = pytest.mark.requirement("F-15")


def blank(type_: str = "work_registration", language: Any = "zh") -> bytes:
    return template(TYPES[type_], policies().on(type_, TODAY), language)


def cells_of(data: bytes) -> Workbook:
    """As the confined reader gives them."""
    with io.BufferedReader(io.BytesIO(data)) as stream:
        found = read_cells(Job((stream,), {"rows": 2000, "columns": 300, "text": 40_000}))
    sheets = [{**sheet, "rows": [[_cell(cell) for cell in row] for row in sheet["rows"]]} for sheet in found["sheets"]]
    return Workbook([Sheet(**sheet) for sheet in sheets], found["macros"])


def _cell(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "number" in cell:
        return Number(cell["number"])
    return datetime.fromisoformat(cell["date"]) if "T" in cell["date"] else date.fromisoformat(cell["date"])


def read(data: bytes, type_: str = "work_registration") -> Rows:
    return read_sheet(cells_of(data), TYPES[type_], policies().on(type_, TODAY))


def one(path: str, value: Any) -> tuple[Any, list[str]]:
    """What a cell of one field becomes, and what is wrong with it."""
    [row] = read(fill(blank(), [{**work(1), path: value}])).rows
    found: Any = row.form
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else (found or {}).get(part)
    return found, [problem["code"] for problem in row.unread]


@pytest.mark.parametrize(
    ("path", "typed", "read_as"),
    [
        ("completion_date", "2026-03-01", "2026-03-01"),
        ("completion_date", "2026/3/1", "2026-03-01"),
        ("completion_date", "2026年3月1日", "2026-03-01"),
        ("completion_date", "２０２６．３．１", "2026-03-01"),
        ("completion_date", 20260301, "2026-03-01"),
        ("completion_date", date(2026, 3, 1), "2026-03-01"),
        ("completion_date", datetime.fromisoformat("2026-03-01T12:30"), "2026-03-01"),
        ("word_count", "85,000", 85000),
        ("word_count", "８５０００", 85000),
        ("word_count", 85000.0, 85000),
        ("category", "F", "F"),
        ("category", "f", "F"),
        ("category", " 美术作品 ", "F"),
        ("title", "第一行\n第二行", "第一行\n第二行"),
        ("title", "‮倒 😀 𠮷", "‮倒 😀 𠮷"),
        ("title", '=HYPERLINK("http://x")', '=HYPERLINK("http://x")'),
        ("title", 2026, "2026"),
        ("contact.mobile", 13800138000, "13800138000"),
        ("title_confirmed", "是", True),
        ("title_confirmed", "no", False),
        ("rights", "复制权、发行权", ["reproduction", "distribution"]),
        ("parts", "上；下", ["上", "下"]),
    ],
)
def test_a_cell_is_what_a_page_would_have_sent(path: str, typed: Any, read_as: Any) -> None:
    if isinstance(typed, str) and typed.startswith("="):
        data = fill(blank(), [work(1)])
        book = load_workbook(io.BytesIO(data))
        cell = book.worksheets[0].cell(5, paths_of(data)[path])
        cell.value, cell.data_type = typed, "s"
        stream = io.BytesIO()
        book.save(stream)
        assert read(stream.getvalue()).rows[0].form[path] == read_as
        return
    assert one(path, typed) == (read_as, [])


@pytest.mark.parametrize(
    ("path", "typed", "code"),
    [
        ("completion_date", "明年春天", "cell_not_a_date"),
        ("completion_date", "2026-02-30", "cell_not_a_date"),
        ("completion_date", 46082, "cell_not_a_date"),
        ("completion_date", 46082.5, "cell_not_a_date"),
        ("word_count", "很多", "cell_not_a_number"),
        ("word_count", 12.5, "cell_not_a_number"),
        ("title_confirmed", "也许", "cell_not_yes_or_no"),
        ("category", "美术品", "choice_unknown"),
        ("rights", "复制权、飞行权", "choice_unknown"),
        ("title", 110105199003078668, "cell_number_cut"),
    ],
)
def test_a_cell_that_says_nothing_its_field_can_be_is_told_with_its_place(path: str, typed: Any, code: str) -> None:
    [row] = read(fill(blank(), [{**work(1), path: typed}])).rows
    [problem] = row.unread
    assert (problem["code"], problem["field"], bool(problem["column"]), bool(problem["heading"])) == (
        code,
        path,
        True,
        True,
    )


def test_the_nearest_choice_is_suggested() -> None:
    [row] = read(fill(blank(), [{**work(1), "category": "美术品"}])).rows
    assert row.unread[0]["params"]["nearest"] == "美术作品"


def test_an_empty_template_has_no_works_and_its_example_is_none() -> None:
    for type_ in TYPES:
        for language in ("zh", "en"):
            found = read(blank(type_, language), type_)
            assert found.refusal == {"code": "sheet_empty", "params": {}}, (type_, language)


def test_a_sheet_of_another_type_is_not_taken() -> None:
    found = read(fill(blank(), [work(1)]), "software_registration")
    assert found.refusal is not None
    assert found.refusal["code"] == "sheet_other_type"


def test_keys_that_come_twice_are_told_and_rows_without_one_have_one() -> None:
    rows = read(fill(blank(), [work(1), work(1), {**work(3), "key": None}])).rows
    assert [row.key for row in rows] == ["W001", "W001 (6)", "row 7"]
    assert [[problem["code"] for problem in row.unread] for row in rows] == [[], ["row_key_twice"], []]


def test_columns_may_be_moved_left_out_and_added() -> None:
    book = load_workbook(io.BytesIO(fill(blank(), [{**work(1), "authors.1.name": "李四"}])))
    sheet = book.worksheets[0]
    width = sheet.max_column
    for line, (path, heading, value) in enumerate(
        [("authors.3.name", "作者 4·姓名或单位名称", "王五"), (None, "备注", "随便写的")], start=1
    ):
        for row, said in ((1, path), (2, heading), (5, value)):
            sheet.cell(row, width + line, said)
    sheet.move_range("G1:G9", cols=width)  # the title stands at the end
    sheet.delete_cols(paths_of(blank())["rights"])
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue())
    [row] = found.rows
    assert row.title == "石头写生第1幅"
    assert [author["name"] for author in row.form["authors"]] == ["长江文化有限公司", "李四", "王五"]
    [note] = [note for note in found.notes if note["code"] == "column_unknown"]
    assert "备注" in note["params"]["names"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sheet_of_ones_own_is_known_by_its_headings(language: Any) -> None:
    book = load_workbook(io.BytesIO(fill(blank(language=language), [work(1)])))
    sheet = book.worksheets[0]
    sheet.delete_rows(1)
    sheet.row_dimensions[1].hidden = False
    stream = io.BytesIO()
    book.save(stream)
    [row] = read(stream.getvalue()).rows
    assert (row.key, row.title, row.files["sample"]) == ("W001", "石头写生第1幅", ["W001.jpg"])


def test_a_heading_that_begins_like_a_mark_is_a_heading() -> None:
    book = load_workbook(io.BytesIO(fill(blank(), [work(1)])))
    sheet = book.worksheets[0]
    columns = paths_of(blank())
    for path, said in (("title", "＊作品名称 *"), ("category", "*作品类别")):
        sheet.cell(2, columns[path], said)
    for line, said in ((2, "# 序号"), (5, "1")):
        sheet.cell(line, sheet.max_column + (line == 2), said)
    sheet.delete_rows(1)
    stream = io.BytesIO()
    book.save(stream)
    found = read(stream.getvalue())
    assert found.refusal is None
    assert [(row.key, row.title, row.form["category"]) for row in found.rows] == [("W001", "石头写生第1幅", "F")]
    assert [note["params"] for note in found.notes] == [{"count": 1, "names": "# 序号"}]


def test_a_work_below_the_hidden_row_is_one_when_the_headings_were_deleted() -> None:
    book = load_workbook(io.BytesIO(fill(blank(), [work(1), work(2)])))
    book.worksheets[0].delete_rows(2, 3)
    stream = io.BytesIO()
    book.save(stream)
    assert [row.key for row in read(stream.getvalue()).rows] == ["W001", "W002"]


@pytest.mark.parametrize("key", ["Notes 1", "填写说明书", "注1"])
def test_only_the_template_s_own_rows_are_no_works(key: str) -> None:
    assert [row.key for row in read(fill(blank(), [{**work(1), "key": key}])).rows] == [key]


def test_what_an_author_may_not_see_in_the_sheet_is_told_and_keeps_nothing_from_being_read() -> None:
    book = load_workbook(io.BytesIO(fill(blank(), [work(1), work(2), work(3)])))
    sheet = book.worksheets[0]
    sheet.row_dimensions[6].hidden = True
    sheet.cell(8, 1, "合计")
    sheet.merge_cells("A8:C8")
    book.move_sheet(book.worksheets[2], -2)  # the help stands first
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    found = read(stream.getvalue())
    assert [row.key for row in found.rows] == ["W001", "W002", "W003", "合计"]
    told = {note["code"]: note["params"] for note in found.notes}
    assert told == {
        "sheet_macros": {},
        "sheet_merged_cells": {"count": 1},
        "sheet_hidden_rows": {"count": 1, "line": 6},
    }


def test_a_million_formatted_rows_below_the_works_are_none() -> None:
    data = fill(blank(), [work(1)])
    row = b'<row r="%d"><c r="A%d" s="1"/></row>'
    empty = b"".join(row % (number, number) for number in range(6, 1_000_001))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", empty + b"</sheetData>")
            after.writestr(entry, content)
    found = read(stream.getvalue())
    assert (found.refusal, [row.key for row in found.rows]) == (None, ["W001"])


def test_without_headings_nobody_knows_which_column_is_which() -> None:
    found = read_sheet(
        Workbook([Sheet("x", True, 1, 0, [["a", "b"], ["c", "d"]])]),
        TYPES["work_registration"],
        policies().on("work_registration", TODAY),
    )
    assert found.refusal == {"code": "sheet_columns_missing", "params": {}}


@pytest.mark.parametrize("type_", [name for name, found in TYPES.items() if not found.fields.on_registration])
def test_what_comes_back_with_comments_is_read_as_it_was(type_: str) -> None:
    policy = policies().on(type_, TODAY)
    title = TYPES[type_].fields.title_field
    values = {
        "key": "W001",
        title: "=不是公式",
        "completion_date": {"date": "2026-03-01"},
        "materials.other": "a.pdf；b.pdf",
    }
    row = FilledRow(values, {"备注": "随便写的"}, {title: "太长。改短。", "key": "整行"})
    data = filled(TYPES[type_], policy, "zh", list(values), ["备注"], [row])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    comments = {cell.comment.text for line in sheet for cell in line if cell.comment}
    assert comments == {"太长。改短。", "整行"}
    [again] = read(data, type_).rows
    assert (again.key, again.title, again.files["other"]) == ("W001", "=不是公式", ["a.pdf", "b.pdf"])
    assert again.form["completion_date"] == "2026-03-01"


def test_drop_downs_stand_on_the_sheet_of_choices() -> None:
    book = load_workbook(io.BytesIO(blank()))
    sheet, choices = book.worksheets[0], book.worksheets[1]
    rules = sheet.data_validations.dataValidation
    assert len(rules) > 5
    assert all(rule.formula1.startswith(f"'{choices.title}'!") for rule in rules)
    assert sheet.row_dimensions[1].hidden


@pytest.mark.parametrize(("language", "country", "star"), [("zh", "中国", "* 必填"), ("en", "China", "* required")])
def test_the_template_says_what_a_star_means_and_writes_the_country_in_its_language(
    language: str, country: str, star: str
) -> None:
    data = blank(language=language)
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    starred = [cell.column for cell in sheet[2] if str(cell.value).endswith("*")]
    assert starred
    key = paths_of(data)["key"]
    told = {column: str(sheet.cell(3, column).value or "").startswith(star) for column in paths_of(data).values()}
    assert [column for column, says in told.items() if says] == [column for column in starred if column != key]
    assert sheet.cell(4, paths_of(data)["completion_place.country"]).value == country


@pytest.mark.parametrize("typed", ["China", "CHINA", "中国"])
def test_a_country_is_understood_in_both_languages(typed: str) -> None:
    assert one("completion_place.country", typed) == ("中国", [])


BATCHED = [name for name, found in TYPES.items() if not found.fields.on_registration]


@pytest.mark.parametrize("type_", BATCHED)
@pytest.mark.parametrize(
    ("language", "star", "must"), [("zh", "* 必填", "的必填。"), ("en", "* required", "Required if ")]
)
def test_a_star_stands_only_on_what_every_row_needs_and_a_condition_is_a_note(
    type_: str, language: str, star: str, must: str
) -> None:
    data = blank(type_, language)
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    conditional = ("authors.1.", "authors.2.", "owners.", "delivery.", "publication_place.")
    for path, column in paths_of(data).items():
        heading, note = str(sheet.cell(2, column).value), str(sheet.cell(3, column).value or "")
        assert heading.endswith("*") == note.startswith(star) or path == "key", path
        if path.startswith(conditional):
            assert not heading.endswith("*"), path
        if path.startswith(conditional) and path.endswith((".name", ".recipient", ".street", "_place.city")):
            assert must in note.split("\n")[0], path


def test_a_note_names_the_column_and_the_answer_that_it_depends_on() -> None:
    for language, said in (
        ("zh", ["“领取方式”是“邮寄纸质证书”的必填。", "有“作者 2”的必填。", "“权利归属方式”是“法人作品”的必填。"]),
        (
            "en",
            [
                "Required if “Certificate by” is “Paper, by post”.",
                "Required if “Author 2” is filled in.",
                "Required if “Kind of ownership” is “Corporate work”.",
            ],
        ),
    ):
        data = blank(language=language)
        sheet, columns = load_workbook(io.BytesIO(data)).worksheets[0], paths_of(data)
        paths = ("delivery.street", "authors.1.name", "materials.corporate_statement")
        assert [str(sheet.cell(3, columns[path]).value).split("\n")[0] for path in paths] == said
        own = {"zh": "“著作权人 1”就是本单位", "en": "“Owner 1” is your organisation"}[language]
        assert own in str(sheet.cell(3, columns["owners.1.name"]).value)


@pytest.mark.parametrize("type_", BATCHED)
def test_whoever_writes_over_the_example_needs_nothing_in_the_columns_that_it_leaves_empty(type_: str) -> None:
    data = blank(type_)
    book = load_workbook(io.BytesIO(data))
    sheet, columns = book.worksheets[0], paths_of(data)
    sheet.cell(4, columns["key"], "W001")
    written = {path: sheet.cell(4, column).value for path, column in columns.items()}
    beside = [path for path in written if path.startswith(("authors.1", "authors.2", "owners.", "delivery."))]
    assert [path for path in beside if written[path]] == []
    stream = io.BytesIO()
    book.save(stream)
    [row] = read(stream.getvalue(), type_).rows
    company = Applicant("长江文化有限公司", "organisation", "uscc", "9142****0001")
    filing_type, policy = TYPES[type_], policies().on(type_, TODAY)
    form = filing_type.start(row.form, company).form
    assert form is not None
    fill_in = {path for path, value in written.items() if value == "（填写）"}
    wrong = list(filing_type.check(form, Situation(policy, TODAY, company)))
    assert {problem.field for problem in wrong} - fill_in <= {"authors"}, "the example's author has no name yet"
    needed = {need.role for need in filing_type.materials(form, policy) if need.needed}
    assert needed == set(row.files)


def test_a_row_that_leaves_entries_out_is_told_where_they_stand_in_the_sheet() -> None:
    data = fill(blank(), [{**work(1), "owners.2.kind": "单位", "authors.0.name": None, "authors.2.name": "李四"}])
    found = read(data)
    [row] = found.rows
    columns = found.layout["columns"]
    entries = entries_of(row.cells, row.unread, TYPES["work_registration"].fields.own)
    told = [
        placed({"field": field}, columns, entries)["heading"]
        for field in ("owners.1.name", "authors.0.name", "owners", "authors", "owners.0.name", "row")
    ]
    assert told == [
        "著作权人 3·姓名或单位名称",
        "作者 3·姓名或单位名称",
        "著作权人 2·姓名或单位名称",
        "作者 1·姓名或单位名称*",
        "",
        "",
    ]


@pytest.mark.parametrize("type_", BATCHED)
def test_nobody_is_asked_for_the_name_of_the_applicant_whatever_else_is_wrong(type_: str) -> None:
    company = Applicant("长江文化有限公司", "organisation", "uscc", "9142****0001")
    reading = TYPES[type_].start({"owners": [{"applicant": True}, {"kind": "organisation"}]}, company)
    assert [(problem.field, problem.code) for problem in reading.problems] == [("owners.1.name", "required")]
