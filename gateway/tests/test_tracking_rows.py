"""Tracking numbers as offices have them: pasted from a spreadsheet, or as CSV in either encoding."""

from __future__ import annotations

import pytest
from chassis.errors import Problem
from gateway.pages.tracking_rows import rows_of, text_of

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


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\xff\xff", b"\xff" * 9, b"a" * ((1 << 20) + 1)])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Problem, match="tracking_file_unreadable"):
        text_of(content)
