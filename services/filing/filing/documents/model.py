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

APPLICANT_KINDS = {"natural_person": "自然人", "organisation": "法人或非法人组织"}


def file_name(kind: Kind, number: str) -> str:
    """``受理通知书-2026Z11L000045.pdf``; before there is a number, the title alone."""
    return f"{TITLES[kind]}-{number}.pdf" if number else f"{TITLES[kind]}.pdf"
