"""The kinds of documents that filing issues and the Chinese words that stand in them."""

from __future__ import annotations

from typing import Literal

Kind = Literal["declaration", "cover_sheet", "acceptance_notice", "correction_notice", "refusal_notice"]

TITLES: dict[Kind, str] = {
    "declaration": "作品创作声明书",
    "cover_sheet": "登记材料封面",
    "acceptance_notice": "受理通知书",
    "correction_notice": "补正通知书",
    "refusal_notice": "不予登记通知书",
}

CREATION_NATURES = {
    "original": "原创",
    "adaptation": "改编",
    "translation": "翻译",
    "compilation": "汇编",
    "annotation": "注释",
    "arrangement": "整理",
    "other": "其他",
}

APPLICANT_KINDS = {"natural_person": "自然人", "organisation": "法人或非法人组织"}

FIELDS = {
    "title": "作品名称",
    "category": "作品类别",
    "category_note": "作品类别说明",
    "creation_nature": "创作性质",
    "source_licence": "原作品授权",
    "completion_date": "创作完成日期",
    "completion_place": "创作完成地点",
    "publication": "发表状态",
    "publication_date": "首次发表日期",
    "publication_place": "首次发表地点",
    "composition": "作品性质",
    "parts": "分件名称",
    "word_count": "字数",
    "authors": "作者",
    "owners": "著作权人",
    "acquisition": "权利取得方式",
    "ownership": "权利归属方式",
    "rights_scope": "权利拥有状况",
    "rights": "权利种类",
    "description": "作品说明书",
    "filing_mode": "申请方式",
    "collection": "领取方式",
    "contact": "联系方式",
}


def field_name(path: str) -> str:
    """How a notice calls a form field: the Chinese word of its top-level name."""
    return FIELDS.get(path.split(".")[0], path)


def file_name(kind: Kind, number: str) -> str:
    """``受理通知书-2026Z11L000045.pdf``; before there is a number, the title alone."""
    return f"{TITLES[kind]}-{number}.pdf" if number else f"{TITLES[kind]}.pdf"
