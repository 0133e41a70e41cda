"""The document of a software, and the agreement of name and version in form, code and manual."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from chassis.confinement import ConfinedPool
from materials.deposit import typesetting
from materials.deposit.engine import DepositResult, build_document_deposit, cross_check
from materials.deposit.typesetting import document_pages, source_pages
from materials.precheck import run_precheck
from materials.testing import sample_files as samples

TITLE, VERSION = "山居图书管理软件", "V1.0"
Build = Callable[..., Any]

pytestmark = pytest.mark.requirement("F-04")


def document(pool: ConfinedPool, folder: Path, content: bytes, **options: Any) -> tuple[DepositResult, Path]:
    upload, output = folder / "manual", folder / "document.pdf"
    upload.write_bytes(content)
    output.unlink(missing_ok=True)
    made = build_document_deposit(upload, output, title=TITLE, version=VERSION, pool=pool, **options)
    return made, output


def manual(header: str, rows: list[str], pages: int = 3) -> bytes:
    """A manual as somebody's own word processor would make it, with a header of its own."""
    return typesetting.document_pages([rows] * pages, {"title": header, "version": ""})


def turned(degrees: int) -> bytes:
    """Two pages with something at their very top, shown turned."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.numbered_pdf(2))) as document:
        for page in document.pages:
            page.Rotate = degrees
            page.Contents = document.make_stream(
                b"BT /F1 9 Tf 20 825 Td (above) Tj ET BT /F1 9 Tf 20 10 Td (below) Tj ET"
                b" BT /F1 9 Tf 540 825 Td (right) Tj ET BT /F1 9 Tf 540 10 Td (corner) Tj ET"
            )
        document.save(out)
    return out.getvalue()


def test_a_long_manual_is_cut_to_its_ends_and_gets_header_and_numbers(pool: ConfinedPool, tmp_path: Path) -> None:
    made, output = document(pool, tmp_path, samples.numbered_pdf(90))
    assert (made.report["pages"], made.report["whole"], made.report["stamped"]) == (60, False, 60)
    context = {"title": TITLE, "version": VERSION}
    checked = run_precheck("software_document", output, context, pool=pool)
    codes = {finding.code for finding in checked.findings}
    assert not codes & {"header_without_name", "header_without_version", "page_numbers_missing", "document_long"}
    assert [number for _, number, _ in checked.facts["layout"]] == list(range(1, 61))
    assert checked.facts["content"]["characters"] > 60 * 30


def found_in(pool: ConfinedPool, path: Path) -> set[str]:
    context = {"title": TITLE, "version": VERSION}
    return {finding.code for finding in run_precheck("software_document", path, context, pool=pool).findings}


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_header_finds_room_on_pages_that_are_full_or_turned(pool: ConfinedPool, tmp_path: Path, degrees: int) -> None:
    made, output = document(pool, tmp_path, turned(degrees))
    assert made.report["stamped"] == 2
    assert not found_in(pool, output) & {"header_without_name", "header_without_version", "page_numbers_missing"}
    page = pypdfium2.PdfDocument(output)[0]
    text = page.get_textpage().get_text_range()
    assert all(word in text for word in ("above", "below", "right", "corner"))
    shown = page.render(scale=1).to_pil().convert("L")
    rows = [y for y in range(90) if shown.crop((0, y, shown.width, y + 1)).getextrema()[0] < 160]
    assert any(later - row > 5 for row, later in pairwise(rows)), "header and text overlap"


def test_only_what_a_page_lacks_is_added(pool: ConfinedPool, tmp_path: Path) -> None:
    own = manual(f"{TITLE} {VERSION}", [f"第 {n} 步" for n in range(35)])
    made, output = document(pool, tmp_path, own)
    assert (made.report["stamped"], found_in(pool, output)) == (0, set())


@pytest.mark.requirement("F-07")
def test_a_manual_may_be_deposited_under_bars_that_hide_at_most_half(pool: ConfinedPool, tmp_path: Path) -> None:
    rows = [f"第 {n} 步：打开借阅登记，选择读者，确认归还。" * 2 for n in range(38)]
    made, output = document(pool, tmp_path, manual("使用说明", rows, pages=4), mode="masked", masked_share=0.5)
    meter = made.report["meter"]
    assert 0.3 < meter["area"] <= 0.5
    assert 0.3 < meter["characters"] <= 0.5
    page = pypdfium2.PdfDocument(output)[1]
    assert page.get_textpage().get_text_range().split() == [TITLE, VERSION, "2"]
    dark = page.render(scale=0.5).to_pil().convert("L").point(lambda value: 255 if value < 30 else 0)
    assert 0.3 < sum(dark.histogram()[128:]) / (dark.width * dark.height) < 0.6


def test_the_first_ten_pages_of_a_manual_and_any_fifty(pool: ConfinedPool, tmp_path: Path) -> None:
    made, output = document(pool, tmp_path, samples.numbered_pdf(90), mode="ten_fifty", start_page=21)
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(output)]
    assert len(texts) == made.report["pages"] == 60
    assert "Chapter 10:" in texts[9]
    assert "Chapter 21:" in texts[10]
    assert "Chapter 70:" in texts[59]
    refused, _ = document(pool, tmp_path, samples.numbered_pdf(50), mode="ten_fifty", start_page=21)
    assert (refused.refusal, refused.params) == ("deposit_too_short", {"pages": 50, "wanted": 70})


def test_a_locked_or_broken_manual_is_refused_with_a_reason(pool: ConfinedPool, tmp_path: Path) -> None:
    for content in (samples.encrypted_pdf("secret"), b"%PDF-1.7\nnothing\n%%EOF"):
        assert document(pool, tmp_path, content)[0].refusal == "document_unreadable"
    assert document(pool, tmp_path, samples.zip_of({"word/document.xml": b"x"}))[0].refusal == "document_unsupported"


def test_a_text_file_is_set_on_pages_of_its_own(pool: ConfinedPool, tmp_path: Path) -> None:
    text = "\n".join(f"第 {n} 条 读者凭证借书，期满归还。" for n in range(1, 200))
    made, output = document(pool, tmp_path, text.encode("gbk"))
    assert (made.report["pages"], made.report["whole"]) == (5, True)
    checked = run_precheck("software_document", output, {"title": TITLE, "version": VERSION}, pool=pool)
    assert "document_pages_short" not in {finding.code for finding in checked.findings}


def test_pages_with_too_few_lines_are_pointed_at(pool: ConfinedPool, tmp_path: Path) -> None:
    made, _ = document(pool, tmp_path, samples.numbered_pdf(5))
    finding = next(f for f in made.findings if f.code == "document_pages_short")
    assert (finding.page, finding.params["count"]) == (1, 4)


@pytest.mark.requirement("F-06")
def test_name_and_version_that_differ_are_found_with_their_pages(
    pool: ConfinedPool, build: Build, tmp_path: Path
) -> None:
    code = build({"main.c": b"int a;\n" * 120}).path
    right, wrong = tmp_path / "right.pdf", tmp_path / "wrong.pdf"
    right.write_bytes(manual(f"{TITLE} {VERSION}", [f"{TITLE}用于借书。"]))
    wrong.write_bytes(manual("山居书库系统 V2.1", ["启动山居书库系统 V2.1 后登录。"]))
    agreeing = cross_check({"code": code, "document": right}, title=TITLE, version="1.0", pool=pool)
    assert agreeing.findings == ()
    differing = cross_check({"code": code, "document": wrong}, title=TITLE, version=VERSION, pool=pool)
    found = {(finding.code, finding.page): finding.params for finding in differing.findings}
    assert {params["role"] for params in found.values()} == {"document"}
    assert found["version_differs", 1]["found"] == "V2.1"
    assert found["name_differs", 1]["found"].endswith("山居书库系统")
    assert ("name_absent", None) in found
    assert found["header_without_version", 1]["count"] == 3


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Tide Ledger System V1.0 User Manual", "Tide Ledger System"),
        ("Tidebook Management System, Version 1.0", "Tidebook Management System"),
        ("Tide Ledger System User's Guide", "Tide Ledger System"),
        ("潮汐台账系统用户手册", "潮汐台账系统"),
        ("Lighthouse Log System V1.0 User Manual", ""),
        ("The Lighthouse Log System user manual", ""),
        ("It runs on any operating system version 5 and up", ""),
        ("See the manual of the system before you start", ""),
    ],
)
def test_a_manual_of_another_software_is_told_though_the_header_printed_here_has_the_name(
    pool: ConfinedPool, tmp_path: Path, line: str, found: str
) -> None:
    upload, output, title = tmp_path / "manual", tmp_path / "document.pdf", "Lighthouse Log System"
    upload.write_text(line + "\n" + "\n".join(f"Step {n}: enter the tide and press Save." for n in range(70)))
    assert build_document_deposit(upload, output, title=title, version=VERSION, pool=pool).done
    checked = run_precheck("software_document", output, {"title": title, "version": VERSION}, pool=pool)
    told = [finding.params["found"] for finding in checked.findings if finding.code == "name_differs"]
    assert told == ([found] if found else [])


@pytest.mark.requirement("F-06")
def test_the_version_of_a_licence_or_in_code_of_anything_else_is_not_this_softwares(
    pool: ConfinedPool, build: Build, tmp_path: Path
) -> None:
    code = build({"main.c": b"/* Licensed under the Apache License, Version 2.0 */\n/* needs zlib V1.3 */\nint a;\n"})
    manual_path = tmp_path / "manual.pdf"
    manual_path.write_bytes(manual(f"{TITLE} {VERSION}", [f"{TITLE}", "Apache License, Version 2.0"]))
    result = cross_check({"code": code.path, "document": manual_path}, title=TITLE, version=VERSION, pool=pool)
    assert [f.code for f in result.findings] == []


@pytest.mark.requirement("F-06")
def test_a_finished_deposit_passes_the_check_of_deposits_and_a_thin_one_does_not(
    pool: ConfinedPool, build: Build, tmp_path: Path
) -> None:
    context = {"title": TITLE, "version": VERSION}
    good = build({"main.c": b"".join(b"int a%d;\n" % n for n in range(4000))}).path
    assert run_precheck("source_deposit", good, context, pool=pool).verdict == "pass"
    thin = tmp_path / "thin.pdf"
    thin.write_bytes(manual(f"{TITLE} {VERSION}", [f"int a{n};" for n in range(20)]))
    result = run_precheck("source_deposit", thin, context, pool=pool)
    assert "deposit_pages_short" in {finding.code for finding in result.findings}
    assert result.verdict == "fail"


@pytest.mark.requirement("F-12")
@pytest.mark.parametrize("mode", ["general", "masked"])
@pytest.mark.parametrize("content", ["\n".join(f"第 {n} 行" for n in range(70)).encode(), samples.numbered_pdf(3)])
def test_of_the_same_document_the_deposit_is_the_same_byte_for_byte(
    pool: ConfinedPool, tmp_path: Path, content: bytes, mode: str
) -> None:
    made = {document(pool, tmp_path, content, mode=mode)[1].read_bytes() for _ in range(3)}
    assert len(made) == 1


@pytest.mark.requirement("F-06")
def test_a_name_with_a_character_that_no_font_has_is_found_in_the_header_that_was_made_of_it(
    pool: ConfinedPool, tmp_path: Path
) -> None:
    name, upload, output = "山居🏠𬱖图书软件", tmp_path / "manual", tmp_path / "document.pdf"
    upload.write_bytes("\n".join(f"{name}{VERSION} 第 {n} 行" for n in range(70)).encode())
    made = build_document_deposit(upload, output, title=name, version=VERSION, pool=pool)
    assert made.done
    checked = run_precheck("software_document", output, {"title": name, "version": VERSION}, pool=pool)
    assert (checked.verdict, {finding.code for finding in checked.findings} & {"name_absent", "name_differs"}) == (
        "pass",
        set(),
    )
    other = run_precheck("software_document", output, {"title": "山居🏡𬱖图书软件", "version": VERSION}, pool=pool)
    assert "name_absent" in {finding.code for finding in other.findings}


@pytest.mark.parametrize(
    ("title", "version"),
    [
        ("长江3D建模软件", "V1.0"),
        ("山居第12分馆图书管理软件", "V1.0"),
        ("Stone 石头编目 2 系统", "V2.10.3"),
        ("山居图书管理软件", "V1.0"),
        ("小说（第2部）阅读软件", "V3.0"),
    ],
)
@pytest.mark.parametrize("pages", [1, 2, 12])
def test_no_page_number_is_taken_for_the_end_of_a_version(
    pool: ConfinedPool, tmp_path: Path, title: str, version: str, pages: int
) -> None:
    """Whatever signs a name has: where the font changes within it, the page number follows the version at once."""
    rows = [[f"shelf_{page}_{line} = borrow({line})" for line in range(40)] for page in range(pages)]
    about = {"title": title, "version": version}
    paths = {role: tmp_path / f"{role}.pdf" for role in ("code", "document")}
    paths["code"].write_bytes(source_pages(rows, about))
    paths["document"].write_bytes(document_pages(rows, about))
    assert cross_check(paths, title=title, version=version, pool=pool).findings == ()
    newer = cross_check(paths, title=title, version="V9.9", pool=pool)
    assert {finding.params["found"] for finding in newer.findings if finding.code == "version_differs"} == {version}
