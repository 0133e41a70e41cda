"""Spreadsheets of strangers: what is in their cells, and what becomes of those that are none or mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool
from chassis.workbooks import CONFINED_MODULE, Workbook, read_workbook
from chassis.workbooks.reading import Number
from openpyxl import Workbook as Book
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture(scope="module")
def pool() -> Iterator[ConfinedPool]:
    pool = ConfinedPool([CONFINED_MODULE], 1)
    yield pool
    pool.close()


def made(fill: Callable[[Worksheet], object], **book_facts: object) -> bytes:
    book = Book()
    for name, value in book_facts.items():
        setattr(book, name, value)
    fill(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes, folder: Path, pool: ConfinedPool, name: str = "作品.xlsx", **limits: int) -> Workbook:
    path = folder / name
    path.write_bytes(data)
    return read_workbook(path, pool, **limits)


def test_cells_are_what_was_typed(tmp_path: Path, pool: ConfinedPool) -> None:
    typed = ["  作品\n第二行 ‮倒 😀", "0012", "110105199003078668", 12, 1.5, True, date(2026, 3, 1), None]
    [sheet] = read(made(lambda sheet: sheet.append(typed)), tmp_path, pool).sheets
    assert list(sheet.rows[0]) == typed[:-1]
    assert [type(cell) for cell in sheet.rows[0]][3:6] == [int, float, bool]


def test_a_number_beyond_fifteen_digits_is_not_taken_for_what_was_typed(tmp_path: Path, pool: ConfinedPool) -> None:
    [sheet] = read(made(lambda sheet: sheet.append([110105199003078668])), tmp_path, pool).sheets
    assert isinstance(sheet.rows[0][0], Number)


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_a_day_is_the_same_in_both_epochs(tmp_path: Path, pool: ConfinedPool, epoch: datetime | None) -> None:
    facts = {"epoch": epoch} if epoch else {}
    [sheet] = read(made(lambda sheet: sheet.append([date(2026, 2, 28)]), **facts), tmp_path, pool).sheets
    assert sheet.rows[0][0] == date(2026, 2, 28)


def test_places_are_those_of_the_sheet(tmp_path: Path, pool: ConfinedPool) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C4"], sheet["D6"] = "x", "y"

    [sheet] = read(made(fill), tmp_path, pool).sheets
    assert (sheet.first, sheet.left, [list(row) for row in sheet.rows]) == (
        4,
        2,
        [["x", None], [None] * 2, [None, "y"]],
    )


def test_hidden_rows_and_merged_cells_are_told(tmp_path: Path, pool: ConfinedPool) -> None:
    def fill(sheet: Worksheet) -> None:
        for number in range(1, 5):
            sheet.append([number, "a"])
        sheet.row_dimensions[3].hidden = True
        sheet.merge_cells("A1:B1")

    [sheet] = read(made(fill), tmp_path, pool).sheets
    assert (list(sheet.hidden), sheet.merged) == ([3], 1)


def test_a_formula_is_what_it_last_came_to(tmp_path: Path, pool: ConfinedPool) -> None:
    """The library writes none: a formula nobody has reckoned yet is an empty cell."""
    [sheet] = read(made(lambda sheet: sheet.append(["=1+1", "beside"])), tmp_path, pool).sheets
    assert list(sheet.rows[0])[-1] == "beside"
    assert sheet.rows[0][0] in (None, "beside")


def test_a_million_empty_rows_cost_nothing(tmp_path: Path, pool: ConfinedPool) -> None:
    row = b'<row r="%d"><c r="A%d" s="1"/></row>'
    empty = b"".join(row % (number, number) for number in range(2, 1_000_001))
    data = changed(made(lambda sheet: sheet.append(["only"])), b"</sheetData>", empty + b"</sheetData>")
    [sheet] = read(data, tmp_path, pool).sheets
    assert [list(row) for row in sheet.rows] == [["only"]]
    assert not sheet.cut


def test_more_rows_than_were_asked_for_are_told(tmp_path: Path, pool: ConfinedPool) -> None:
    def fill(sheet: Worksheet) -> None:
        for number in range(30):
            sheet.append([number])

    [sheet] = read(made(fill), tmp_path, pool, rows=20).sheets
    assert (len(sheet.rows), sheet.cut) == (20, True)


def test_macros_are_seen_and_not_run(tmp_path: Path, pool: ConfinedPool) -> None:
    data = io.BytesIO(made(lambda sheet: sheet.append(["x"])))
    with zipfile.ZipFile(data, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert read(data.getvalue(), tmp_path, pool).macros


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook_unsupported"),
        ("行号,名称\nW001,山水".encode(), "workbook_unsupported"),
        (b"PK\x03\x04 cut off", "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(
    tmp_path: Path, pool: ConfinedPool, data: bytes, code: str
) -> None:
    assert read(data, tmp_path, pool).refusal == code


def test_a_bomb_is_refused(tmp_path: Path, pool: ConfinedPool) -> None:
    told = io.BytesIO(made(lambda sheet: sheet.append(["x"])))
    with zipfile.ZipFile(told, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros", bytes(600 << 20))
    assert read(told.getvalue(), tmp_path, pool).refusal == "workbook_too_large"
    cells = b"".join(b"<c t='str'><v>%s</v></c>" % (b"x" * 30_000) for _ in range(16_000))
    wide = changed(made(lambda sheet: sheet.append(["x"])), b"</row>", cells + b"</row>")
    assert read(wide, tmp_path, pool).refusal in ("workbook_too_large", "workbook_damaged", "")


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with other bytes in its first sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            after.writestr(entry, content.replace(old, new) if entry.filename.endswith("sheet1.xml") else content)
    return stream.getvalue()
