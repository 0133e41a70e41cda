"""Values typed into the spreadsheet of a batch come back as they were typed: from a workbook library, from our own
sheet with comments, and from LibreOffice, which opens the template and saves it as it likes."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filing.batches.workbook.reading import SheetRow
from filing.batches.workbook.template import FilledRow, filled
from filing.forms.policy import policies
from filing.types import TYPES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.batch_sheets import WORK, paths_of

from .test_batch_workbook import TODAY, blank, read

pytestmark = pytest.mark.requirement("F-15")
OTHER = "备注"
"""The heading of a column that is none of the form's."""
TYPED = [
    "007",
    "００７ａｂｃ",
    "😀 𠮷 👩‍👩‍👧",
    "第一行\n第二行\n",
    "'引号在前",
    "''",
    "=1+1",
    '=HYPERLINK("http://x.cn","y")',
    "+86 138",
    "-5",
    "@sum",
    "＝全角",
    "#N/A",
    "#1",
    "*必填",
    "＊名称＊",
    "  两边有空格  ",
    "\t制表",
    "true",
    "1e5",
    "2026-03-01",
    "<b>&amp;</b>",
    "\u202e倒",
    "é e\u0301",
    "示例",
]
ESCAPED = ["_x0041_", "scan_x0020_1.jpg", "_x005F_x0041_", "_xD83D_", "_x000d_"]
"""What spreadsheets write for characters that XML cannot carry, typed by a person."""
TEXTS = st.sampled_from(TYPED) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\t"),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() and "_x" not in text)
DAYS = st.dates(date(1905, 1, 1), date(9998, 12, 31))
MOMENTS = st.datetimes(datetime.fromisoformat("1905-01-01"), datetime.fromisoformat("9998-12-31")).map(
    lambda at: at.replace(microsecond=0)
)
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(-1e9, 1e9).map(lambda number: round(number, 4))
ANYTHING = TEXTS | DAYS | MOMENTS | NUMBERS | st.booleans()
ROWS = st.lists(st.tuples(TEXTS, DAYS, ANYTHING), min_size=1, max_size=25)
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def template() -> bytes:
    return blank()


def typed(rows: Sequence[tuple[Any, Any, Any]], epoch: datetime) -> bytes:
    """The template with a work for each (title, day, value of a further column)."""
    book = load_workbook(io.BytesIO(template()))
    book.epoch = epoch
    sheet, columns = book.worksheets[0], paths_of(template())
    other = sheet.max_column + 1
    sheet.cell(2, other, OTHER)
    for number, (title, day, value) in enumerate(rows, start=5):
        said = WORK | {"key": f"W{number}", "title": title, "completion_date": day}
        for path, content in said.items():
            put(sheet.cell(number, columns[path]), content)
        put(sheet.cell(number, other), value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(cell: Any, value: Any) -> None:
    """A text stays one, as in a column that is formatted as text."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def said_by(row: SheetRow) -> tuple[Any, Any, Any]:
    """(title, day, value of the further column), as they were read and kept."""
    kept = {cell["path"] or cell["heading"]: cell["value"] for cell in row.cells}
    assert kept["title"] == row.form["title"]
    return row.form["title"], row.form["completion_date"], as_typed(kept.get(OTHER))


def as_typed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["date"]) if "T" in value["date"] else date.fromisoformat(value["date"])


def expected(title: str, day: date, value: Any) -> tuple[Any, Any, Any]:
    """A moment at midnight is a day, and a whole number has no point: no spreadsheet keeps the difference."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return title, day.isoformat(), value


def given_back(rows: Sequence[SheetRow]) -> bytes:
    """Our own sheet with these rows, as an organisation downloads it."""
    made = []
    for row in rows:
        values = {cell["path"]: cell["value"] for cell in row.cells if cell["path"]}
        others = {cell["heading"]: cell["value"] for cell in row.cells if not cell["path"]}
        made.append(FilledRow(values, others, {"title": "不对"}))
    paths = list(dict.fromkeys(path for one in made for path in one.values))
    type_ = "work_registration"
    return filled(TYPES[type_], policies().on(type_, TODAY), "zh", paths, [OTHER], made)


@SLOW
@given(rows=ROWS, epoch=st.sampled_from([CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904]))
def test_what_is_typed_is_read_and_comes_back_whatever_it_looks_like(
    rows: list[tuple[Any, Any, Any]], epoch: datetime
) -> None:
    found = read(typed(rows, epoch)).rows
    assert [said_by(row) for row in found] == [expected(*row) for row in rows]
    assert [row.unread for row in found] == [[]] * len(rows)
    again = read(given_back(found)).rows
    assert [said_by(row) for row in again] == [expected(*row) for row in rows]


@pytest.mark.parametrize("text", ESCAPED)
def test_a_text_that_looks_like_an_escape_of_a_spreadsheet_is_given_back_as_it_is(text: str) -> None:
    [row] = read(typed([("甲", TODAY, "乙")], CALENDAR_WINDOWS_1900)).rows
    for cell in row.cells:
        if cell["path"] == "title" or cell["heading"] == OTHER:
            cell["value"] = text
    [again] = read(given_back([row])).rows
    assert said_by(again) == (text, TODAY.isoformat(), text)


@pytest.mark.parametrize("text", ["甲\uffff", "甲\ufffe", "甲\ud800", "甲\x0b", "甲\x00"])
def test_what_no_xml_can_carry_is_left_out_and_breaks_no_sheet(text: str) -> None:
    [row] = read(typed([("甲", TODAY, "乙")], CALENDAR_WINDOWS_1900)).rows
    for cell in row.cells:
        if cell["path"] == "title":
            cell["value"] = text
    [again] = read(given_back([row])).rows
    assert again.title == "甲"


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.skipif(
    libreoffice() is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"
)
def test_libreoffice_opens_the_template_and_the_values_survive_there_and_back(tmp_path: Path) -> None:
    kept = [text for text in TYPED if "\t" not in text]  # what reads .ods passes over tabs
    rows = [(text, date(2026, 3, 1), text) for text in kept]
    rows += [
        ("甲", date(1999, 12, 31), value)
        for value in (17, -2.5, True, date(2026, 2, 28), datetime.fromisoformat("2026-03-01T12:30"))
    ]
    source = tmp_path / "作品.xlsx"
    source.write_bytes(typed(rows, CALENDAR_WINDOWS_1900))
    there = converted(source, "ods", tmp_path / "there")
    back = converted(there, "xlsx", tmp_path / "back")
    for file in (there, back):
        found = read(file.read_bytes())
        assert found.refusal is None
        told = [said_by(row) for row in found.rows]
        assert told == [expected(*row) for row in rows], file.name


@pytest.mark.skipif(
    libreoffice() is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"
)
@pytest.mark.parametrize("type_", list(TYPES))
def test_libreoffice_keeps_the_drop_downs_of_each_template(type_: str, tmp_path: Path) -> None:
    source = tmp_path / "template.xlsx"
    source.write_bytes(blank(type_))
    back = converted(converted(source, "ods", tmp_path / "there"), "xlsx", tmp_path / "back")
    assert choices_of(back.read_bytes()) == choices_of(source.read_bytes())
    assert read(back.read_bytes(), type_).refusal == {"code": "sheet_empty", "params": {}}


def choices_of(data: bytes) -> dict[str, str]:
    """The range of choices of each cell of the first row of works that has some."""
    book = load_workbook(io.BytesIO(data))
    found = {}
    for rule in book.worksheets[0].data_validations.dataValidation:
        for cells in rule.sqref.ranges:
            found |= {f"{column}": rule.formula1.replace("'", "") for column in range(cells.min_col, cells.max_col + 1)}
    return found


def converted(file: Path, to: str, folder: Path) -> Path:
    """The same workbook as LibreOffice saves it in another format."""
    program = libreoffice()
    assert program is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [program, profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(file)]
    subprocess.run(words, check=True, capture_output=True, timeout=180)
    return folder / f"{file.stem}.{to}"
