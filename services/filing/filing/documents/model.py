"""The kinds of documents that filing issues and the Chinese words that stand in them."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "declaration",
    "application_form",
    "cover_sheet",
    "acceptance_notice",
    "correction_notice",
    "refusal_notice",
    "register_extract",
]

SIGNED: frozenset[Kind] = frozenset({"declaration", "application_form"})
"""Kinds that an applicant signs, together."""

TITLES: dict[Kind, str] = {
    "declaration": "创作声明书",
    "application_form": "登记申请表",
    "cover_sheet": "登记材料封面",
    "acceptance_notice": "受理通知书",
    "correction_notice": "补正通知书",
    "refusal_notice": "不予登记通知书",
    "register_extract": "著作权登记查询结果",
}

BLANKS = {
    "joint_agreement": "合作作品创作声明",
    "corporate_statement": "法人作品声明",
    "creation_proof": "职务创作证明",
    "employment_contract": "劳动合同核对清单",
    "commission_contract": "委托创作合同核对清单",
    "inheritance_proof": "继承证明核对清单",
    "succession_proof": "承受证明核对清单",
    "transfer_contract": "转让合同核对清单",
    "licence_contract": "专有许可合同核对清单",
    "pledge_contract": "质权合同核对清单",
    "name_change_proof": "名称变更证明核对清单",
    "co_owner_consent": "共有人同意书",
    "pledgee_consent": "质权人同意书",
    "release_statement": "质权注销声明",
    "termination_statement": "专有许可终止声明",
    "authorisation_letter": "经办人授权书",
}
"""Forms to download, by the name that a material's description or a page gives them."""

APPLICANT_KINDS = {"natural_person": "自然人", "organisation": "法人或非法人组织"}


def file_name(title: str, number: str) -> str:
    """``受理通知书-2026Z11L000045.pdf``; before there is a number, the title alone."""
    return f"{title}-{number}.pdf" if number else f"{title}.pdf"
