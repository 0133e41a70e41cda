"""How requests to hurry a case, their reasons and their steps are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _


def state_words() -> dict[str, str]:
    return {
        "requested": _("等待决定"),
        "granted": _("已同意，待缴费"),
        "active": _("加急中"),
        "kept": _("按期完成"),
        "missed": _("没有按期完成"),
        "refused": _("未获同意"),
        "withdrawn": _("已收回"),
        "lapsed": _("已失效"),
        "ended": _("已结束"),
    }


def ask_words() -> dict[str, str]:
    """Why somebody asks."""
    return {
        "dispute": _("诉讼、仲裁或投诉需要"),
        "enforcement": _("制止侵权需要"),
        "transaction": _("转让、许可、质押或并购"),
        "listing": _("软件上架、招投标"),
        "funding": _("融资、资助或资质申报"),
        "other": _("其他"),
    }


def refuse_words() -> dict[str, str]:
    """Why the office refuses."""
    return {
        "not_urgent": _("理由不足以先办"),
        "not_proven": _("没有证明紧急的文件"),
        "capacity": _("目前办不完更多加急"),
        "other": _("其他"),
    }


def queue_words() -> dict[str, str]:
    """In the order of the work."""
    return {"requested": _("等待决定"), "running": _("待缴费和加急中"), "done": _("已办结")}
