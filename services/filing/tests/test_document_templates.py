"""Declaration, cover sheet and notices: each prints what the law and the applicant need, at any length."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import filing
import pytest
from chassis.documents import DocumentRenderer
from contracts.forms import FormDescription, Ownership, WorkForm
from filing.documents.application_form import sections
from filing.documents.model import BLANKS, SIGNED
from filing.forms.policy import policies
from filing.types.work_registration.effects import OWNERSHIPS, WARRANTIES, declaration
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


def pages_of(**changes: Any) -> list[str]:
    data = json.loads((SAMPLES / "declaration.json").read_text(encoding="utf-8")) | changes
    pages = PdfReader(io.BytesIO(RENDERER.render("declaration", data, pdf_standard="a-3b"))).pages
    return ["".join(page.extract_text().split()) for page in pages]


@pytest.mark.requirement("F-05")
def test_a_declaration_is_one_page() -> None:
    """As people write them: each part of the description some lines long, three files; its signature at the foot."""
    [page] = pages_of(warranties=WARRANTIES, materials=some_materials(3))
    for part in ("创作目的", "权利保证", "劳动合同2.pdf", "签名或电子印章"):
        assert part in page, part


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize("materials", [1, 6, 7, 60])
@pytest.mark.parametrize("lines", range(0, 60, 6))
def test_a_signature_never_stands_on_a_page_alone(materials: int, lines: int) -> None:
    process = "\n".join(["写了一行"] * (lines + 1))
    last = pages_of(statements=[["创作过程", "Process", process]], materials=some_materials(materials))[-1]
    assert "签名或电子印章" in last
    assert "签署人：王小明" in last
    assert f"劳动合同{materials - 1}.pdf" in last, "what is signed stands above the signature"


def some_materials(count: int) -> list[dict[str, Any]]:
    return [{"role": "劳动合同", "name": f"劳动合同{i}.pdf", "pages": 3, "sha256": "9f" * 32} for i in range(count)]


@pytest.mark.requirement("F-09")
def test_an_acceptance_notice_shows_number_dates_and_fee() -> None:
    text = text_of("acceptance_notice")
    for part in ("受理通知书", "2026Z11L000045", "2026Z11S000123", "2027年1月22日", "¥300.00", "符合受理条件"):
        assert part in text, part


@pytest.mark.requirement("F-09")
@pytest.mark.parametrize("template", ["acceptance_notice", "correction_notice", "refusal_notice"])
def test_a_notice_bears_the_seal_and_speaks_to_persons_and_organisations_alike(template: str) -> None:
    text = text_of(template)
    assert "".join(sorted("登记业务专用章")) in "".join(sorted(text[-400:])) or "登记业务专用章" in text
    assert "你（单位）" not in text


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("place", "printed"),
    [
        ({"country": "中国", "province": "上海", "city": "上海"}, "中国上海"),
        ({"country": "中国", "city": "Shanghai"}, "中国 Shanghai"),
        ({"country": "France", "city": "Paris"}, "France Paris"),
    ],
)
def test_a_declaration_names_the_ground_of_ownership_and_a_place_as_it_is_written(
    place: dict[str, str], printed: str
) -> None:
    form = WorkForm.model_validate({"ownership": "work_for_hire", "completion_place": place})
    said = {
        label: value
        for label, _, value in declaration(form, policies().on("work_registration", date(2026, 11, 23)))["particulars"]
    }
    assert said["权利归属方式"] == "职务作品"
    assert said["创作完成"] == printed
    assert set(OWNERSHIPS) == set(get_args(Ownership))


@pytest.mark.requirement("F-05")
def test_a_declaration_says_how_each_author_signs() -> None:
    authors = [
        {"name": "赵文博", "signed_as": "pseudonym", "pseudonym": "江边客"},
        {"name": "李芳", "signed_as": "anonymous"},
        {"name": "王小明"},
    ]
    form = WorkForm.model_validate({"authors": authors})
    particulars = declaration(form, policies().on("work_registration", date(2026, 11, 23)))["particulars"]
    assert ["作者", "Authors", ["赵文博（署名：江边客）", "李芳（不署名）", "王小明"]] in particulars


@pytest.mark.requirement("F-10")
def test_a_cover_sheet_carries_serial_number_address_and_what_to_enclose() -> None:
    text = text_of("cover_sheet")
    assert "北京市西城区示范大街" in text
    assert "权利保证书（签字）" in text
    assert text.count("2026Z11S000123") == 2


@pytest.mark.requirement("F-10")
@pytest.mark.parametrize("filing_type", ["work_registration", "software_registration"])
def test_a_cover_sheet_is_one_page_with_all_that_the_office_asks_for(filing_type: Any) -> None:
    asked = policies().on(filing_type, date(2026, 11, 29)).paper
    data = json.loads((SAMPLES / "cover_sheet.json").read_text(encoding="utf-8"))
    data |= {"title": "很长的作品名称" * 20, "signed": ["登记申请表", "创作声明书"]}
    data["paper"] = [[item.zh, item.en] for item in asked]
    [page] = PdfReader(io.BytesIO(RENDERER.render("cover_sheet", data))).pages
    text = "".join(page.extract_text().split())
    assert all("".join(words.split()) in text for item in asked for words in (item.zh, item.en))


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


def description() -> FormDescription:
    """A form of a made-up type, as filing describes one, with everything that a form may have."""
    fields = [
        {"name": "full_name", "label": "软件全称", "widget": "text"},
        {"name": "origin", "label": "软件说明", "widget": "radio", "choices": [{"value": "modified", "label": "修改"}]},
        {
            "name": "modification_note",
            "label": "修改说明",
            "widget": "area",
            "shown_when": {"field": "origin", "values": ["modified"]},
        },
        {
            "name": "earlier_number",
            "label": "原登记号",
            "widget": "text",
            "shown_when": {"field": "origin", "values": ["original"]},
        },
        {"name": "source_lines", "label": "源程序量", "widget": "integer", "unit": "行"},
        {"name": "languages", "label": "编程语言", "widget": "checks", "other": True},
        {"name": "joint", "label": "合作开发", "widget": "flag"},
        {"name": "token", "label": "内部编号", "widget": "text", "hidden": True},
        {
            "name": "documents",
            "label": "文档",
            "widget": "rows",
            "fields": [
                {"name": "kind", "label": "种类", "widget": "text"},
                {"name": "on", "label": "日期", "widget": "date"},
            ],
        },
        {
            "name": "owners",
            "label": "著作权人",
            "widget": "rows",
            "row": {"title": "著作权人 {n}", "add": "", "remove": ""},
            "fields": [{"name": f"f{n}", "label": f"栏目{n}", "widget": "text"} for n in range(6)],
        },
    ]
    return FormDescription.model_validate(
        {
            "type": "software_registration",
            "kind": "software",
            "form_code": "R11",
            "title": "计算机软件著作权登记",
            "title_field": "full_name",
            "language": "zh",
            "on": "2026-11-28",
            "open": True,
            "steps": [{"name": "software", "title": "软件信息", "fields": fields}],
            "materials": [],
            "paper_required": False,
            "office": {},
            "acceptance_working_days": 1,
            "examination_days": 60,
            "correction_days": 30,
            "paper_days": 30,
            "max_materials": 10,
            "legal_basis": {},
        }
    )


FORM = {
    "full_name": '墨石 #panic("x") <b>图像</b> 𬱖㐂\u202e',
    "origin": "modified",
    "modification_note": "增加了批量导入。" * 900,
    "earlier_number": "不适用的旧值",
    "source_lines": 12000,
    "languages": ["Python", "仓颉"],
    "joint": True,
    "token": "不该印出来",
    "documents": [{"kind": "用户手册", "on": "2026-03-05"}, {"kind": "设计说明书", "on": ""}],
    "owners": [{f"f{n}": f"值{row}{n}" for n in range(6)} for row in (1, 2)],
}


def printed_form(**changes: Any) -> str:
    described = description()
    data = {
        "sections": sections(described, FORM | changes),
        "form_title": "计算机软件著作权登记申请表",
        "declaration_title": "软件著作权声明书",
        "form_code": "R11",
        "policy": "2026-01-01",
        "applicant": {"name": "北京墨石文化有限公司", "kind": "法人或非法人组织", "id_number": "9111**********1234"},
        "signature_method": "电子印章",
        "materials": [{"role": "源程序", "name": "程序.pdf", "pages": 60, "sha256": "ab" * 32}],
        "date": "2026-11-28",
    }
    reader = PdfReader(io.BytesIO(RENDERER.render("application_form", data, pdf_standard="a-3b")))
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


@pytest.mark.requirement("I-08")
def test_the_application_form_prints_every_field_that_applies_in_words() -> None:
    text = printed_form()
    for words in (
        "R11",
        "修改说明",
        "12000行",
        "Python、仓颉",
        "合作开发是",
        "用户手册",
        "2026年3月5日",
        "著作权人2",
        "值25",
        "签章页",
    ):
        assert words in text, words
    for words in ("不适用的旧值", "不该印出来", "modified"):
        assert words not in text, words


@pytest.mark.requirement("I-08")
def test_what_was_typed_into_a_form_is_printed_and_never_run() -> None:
    text = printed_form()
    assert '墨石#panic("x")<b>图像</b>' in text
    assert "㐂" in text
    assert text.count("量") == 900 + 1, "a long text goes over pages, whole"


def test_a_value_that_is_no_choice_today_is_printed_as_it_is() -> None:
    assert "旧的选项" in printed_form(origin="旧的选项")


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize("name", [name for name in BLANKS if name != "authorisation_letter"])
def test_a_form_to_fill_in_is_empty_or_knows_the_draft(name: str) -> None:
    known = {"title": "长江边的石头", "applicant": "北京墨石文化有限公司"}
    pages = [PdfReader(io.BytesIO(RENDERER.render(name, data))).pages for data in ({}, known)]
    empty, filled = ("".join(page.extract_text() for page in one).replace("\n", "") for one in pages)
    assert "北京墨石文化有限公司" not in empty
    assert "北京墨石文化有限公司" in filled
    assert "长江边的石头" in filled


@pytest.mark.requirement("I-05")
@pytest.mark.parametrize("name", ["", "北京墨石文化有限公司" * 8])
def test_an_authorisation_letter_asks_on_one_page_for_all_that_it_must_say(name: str) -> None:
    [page] = PdfReader(io.BytesIO(RENDERER.render("authorisation_letter", {"applicant": name}))).pages
    text = "".join(page.extract_text().split())
    for asked in ("单位名称", "统一社会信用代码", "经办人姓名", "证件类型与号码", "授权范围", "有效期", "日期", "公章"):
        assert asked in text, asked
    assert name in text
