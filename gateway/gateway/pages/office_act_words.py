"""How acts of the office, their grounds and their states are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _


def state_words() -> dict[str, str]:
    return {
        "reported": _("已报告，等待核对"),
        "proposed": _("已提出，等待复核"),
        "confirmed": _("已确认并登记"),
        "dismissed": _("不予撤销或更正"),
        "withdrawn": _("提出的人已收回"),
    }


def ground_words() -> dict[str, str]:
    """On what something is proposed."""
    return {
        "judgment": _("撤销：最终的司法判决"),
        "penalty": _("撤销：著作权行政管理部门的行政处罚决定"),
        "unregistrable": _("撤销：属于不予登记的情形"),
        "untrue": _("撤销：登记事项与事实不符"),
        "duplicate": _("撤销：重复登记"),
        "clerical_error": _("更正：登记机构书写有误"),
    }


def act_words() -> dict[str, str]:
    return {"revoked": _("登记的撤销"), "corrected": _("更正证书")}


def field_words() -> dict[str, str]:
    """What particulars of the register are called."""
    return {
        "title": _("名称"),
        "short_name": _("软件简称"),
        "version": _("版本号"),
        "authors": _("作者"),
        "owners": _("著作权人"),
        "completion_date": _("完成日期"),
        "publication_date": _("首次发表日期"),
    }
