"""Tracking numbers as offices have them: pasted from a spreadsheet, or as CSV in either encoding."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from chassis.errors import Problem
from gateway.pages.tracking_rows import rows_of, text_of
from openpyxl import Workbook

pytestmark = pytest.mark.requirement("A-01")


@pytest.mark.parametrize(
    "text",
    [
        "邮件编号\tEMS 单号\nZS202600000001\tEE123456785CN\n\nZS202600000002\t1012345678901",
        '邮件编号,EMS 单号,备注\r\nZS202600000001,EE123456785CN,x\r\n,,\r\n\'ZS202600000002,"1012345678901"\r\n',
        "邮件编号;单号\nZS202600000001; EE123456785CN\n\nZS202600000002;1012345678901\n",
        "\nZS202600000001 EE123456785CN\n\nZS202600000002 1012345678901",
    ],
)
def test_rows_are_read_however_they_are_separated(text: str) -> None:
    rows = rows_of(text)
    assert [(row.parcel_number.lstrip("'"), row.tracking_number) for row in rows] == [
        ("ZS202600000001", "EE123456785CN"),
        ("ZS202600000002", "1012345678901"),
    ]
    assert [row.row for row in rows] == [2, 4]


def test_rows_with_one_cell_or_a_novel_in_it_are_told_and_not_lost() -> None:
    one, two = rows_of(f"ZS202600000001\n{'石' * 5000},x")
    assert (one.tracking_number, two.parcel_number) == ("", "石" * 60)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_are_read_as_spreadsheets_save_them(encoding: str) -> None:
    assert text_of("邮件编号,单号".encode(encoding)) == "邮件编号,单号"


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x00\xff\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff" * 9, b"a" * ((1 << 20) + 1)],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Problem, match="tracking_file_unreadable"):
        text_of(content)


def workbook(*rows: Any, above: int = 0) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(above):
        sheet.append([])
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("above", [0, 3])
def test_a_spreadsheet_says_what_its_cells_say_on_the_rows_it_has(above: int) -> None:
    """Numbers as numbers, one that lost its last digits, a formula that nobody computed, a cell of two lines."""
    file = workbook(
        ["邮件编号", "EMS 单号", "备注"],
        ["ZS202600000001", "EE123456785CN", "x"],
        ["ZS202600000002", 1012345678901],
        [],
        ["ZS202600000003", 12345678901234567890],
        ['=HYPERLINK("http://x")', 'EE1\n2\t3"4'],
        above=above,
    )
    rows = rows_of(text_of(file))
    assert [(row.row - above, row.parcel_number) for row in rows] == [
        (2, "ZS202600000001"),
        (3, "ZS202600000002"),
        (5, "ZS202600000003"),
        (6, ""),
    ]
    assert [row.tracking_number for row in rows[:2]] == ["EE123456785CN", "1012345678901"]
    assert rows[2].tracking_number.startswith("1234567890123456")
    assert rows[3].tracking_number == "EE1234"


def test_a_spreadsheet_of_a_hundred_wrong_numbers_is_told_row_by_row() -> None:
    rows = rows_of(text_of(workbook(*([f"ZS{n}", "=1/0" if n % 2 else None] for n in range(100)))))
    assert [row.row for row in rows] == list(range(1, 101))


def test_a_spreadsheet_that_is_too_long_or_unpacks_to_too_much_is_refused() -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(520):
            sheet.write(bytes(1 << 20))
    for content in (workbook(*(["ZS1", "EE1"] for _ in range(1200))), bomb.getvalue(), workbook()):
        with pytest.raises(Problem, match="tracking_file_unreadable"):
            text_of(content)
