"""Declaration, cover sheet and notices: each prints what the law and the applicant need, at any length."""

import io
import json
from pathlib import Path
from typing import Any

import filing
import pytest
from chassis.documents import DocumentRenderer
from filing.documents.model import SIGNED
from pypdf import PdfReader

SAMPLES = Path(__file__).parent / "samples"
RENDERER = DocumentRenderer(Path(filing.__file__).parent / "documents" / "templates")


def text_of(template: str, **changes: Any) -> str:
    data = json.loads((SAMPLES / f"{template}.json").read_text(encoding="utf-8")) | changes
    reader = PdfReader(
        io.BytesIO(RENDERER.render(template, data, pdf_standard="a-3b" if template in SIGNED else "a-2b"))
    )
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


@pytest.mark.requirement("F-05")
def test_a_declaration_has_its_three_parts_the_warranty_and_the_hash_of_what_is_deposited() -> None:
    text = text_of("declaration")
    for part in ("创作目的", "创作过程", "独创性声明", "权利保证", "王小明", "110105********002X"):
        assert part in text, part
    assert "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" in text


@pytest.mark.requirement("F-09")
def test_an_acceptance_notice_shows_number_dates_and_fee() -> None:
    text = text_of("acceptance_notice")
    for part in ("受理通知书", "2026Z11L000045", "2026Z11S000123", "2027年1月22日", "¥300.00", "符合受理条件"):
        assert part in text, part


@pytest.mark.requirement("F-10")
def test_a_cover_sheet_carries_serial_number_address_and_what_to_enclose() -> None:
    text = text_of("cover_sheet")
    assert "北京市西城区示范大街" in text
    assert "权利保证书（签字）" in text
    assert text.count("2026Z11S000123") == 2


@pytest.mark.requirement("F-12")
def test_a_correction_notice_lists_each_defect_with_its_place_and_the_last_day() -> None:
    text = text_of("correction_notice")
    for part in ("作品样本第37页", "名称与样本封面", "2026年12月23日", "视为撤回"):
        assert part in text, part


@pytest.mark.requirement("F-11")
def test_a_refusal_gives_its_reasons_and_what_to_do_now() -> None:
    text = text_of("refusal_notice")
    assert "不予登记" in text
    assert "著作权法》第五条" in text
    assert "申请复审" in text


@pytest.mark.parametrize(
    "template", ["declaration", "acceptance_notice", "cover_sheet", "correction_notice", "refusal_notice"]
)
def test_a_title_of_a_thousand_characters_breaks_no_document(template: str) -> None:
    title = "很长的作品名称" * 143
    assert "很长的作品名称" in text_of(template, title=title, particulars=[["作品名称", "Title", title]])


def test_forty_defects_are_all_printed() -> None:
    defects = [{"target": f"第{i}处", "message": "问题" * 40} for i in range(40)]
    text = text_of("correction_notice", defects=defects)
    assert all(f"第{i}处" in text for i in range(40))
