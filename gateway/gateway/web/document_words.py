"""What documents are called in the page's language, and which language they are in themselves."""

from __future__ import annotations

import re

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.web.languages import language

_NAMES = {
    "cover_sheet": _l("登记材料封面"),
    "acceptance_notice": _l("受理通知书"),
    "correction_notice": _l("补正通知书"),
    "refusal_notice": _l("不予登记通知书"),
    "receipt": _l("缴费收据"),
    "refund_slip": _l("退款凭证"),
    "receipt_cancellation": _l("收据冲销凭证"),
    "certificate": _l("登记证书"),
    "change_proof": _l("变更或补充证明"),
    "revocation_proof": _l("撤销登记证明"),
    "register_extract": _l("登记簿查询结果"),
    "certificate_copy": _l("登记证书（副本）"),
}
_ELSEWHERE = {
    "declaration": _l("声明书"),
    "application_form": _l("登记申请表"),
    "dealing_proof": _l("合同、质权登记证书"),
    "signed_declaration": _l("声明书（签署件）"),
    "signed_application_form": _l("登记申请表（签署件）"),
}
"""These have a Chinese title of their own for each kind of registration; other languages have one word."""


_RECEIPT = re.compile(r"缴费收据 (?P<number>[^\s（]+)(?:（其中，属于 (?P<whole>[^\s）]+)）)?")


def document_title(kind: str, title: str) -> str:
    """What a kind of document is called; its own title where that says more, or the kind has no word. A receipt is
    called by its number, and that of one application of several says that it is part of another."""
    if kind == "receipt" and (told := _RECEIPT.fullmatch(title)):
        named = _("缴费收据 %(number)s", number=told["number"])
        part = _("（其中，属于 %(whole)s，不是另一笔缴费）", whole=told["whole"]) if told["whole"] else ""
        return str(named) + str(part)
    words = _NAMES.get(kind) or (None if language() == "zh" else _ELSEWHERE.get(kind))
    return str(words) if words else title


def file_title(kind: str, title: str) -> str:
    """What a document is called beside its link: on a page of another language it is said that it is in Chinese."""
    named = document_title(kind, title)
    return named if language() == "zh" else _("%(title)s（中文文件）", title=named)


def install(app: Flask) -> None:
    """Both are there in every template."""
    app.jinja_env.globals.update(document_title=document_title, file_title=file_title)
