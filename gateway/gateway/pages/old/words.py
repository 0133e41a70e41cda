"""Words of old cases that pages of both kinds need."""

from __future__ import annotations

from flask_babel import gettext as _


def state_words() -> dict[str, str]:
    """States as the old system called them, and as they end here."""
    return {
        "fee_due": _("待缴费"),
        "submitted": _("待受理"),
        "accepted": _("已受理"),
        "examined": _("审查中"),
        "correction_due": _("待补正"),
        "certificate_due": _("制证中"),
        "registering": _("正在登记"),
        "completed": _("已办结"),
        "refused": _("不予登记"),
        "lapsed": _("视为撤回"),
    }


def action_words() -> dict[str, str]:
    """What has happened to a case."""
    return {
        "pay": _("费用已缴纳"),
        "accept": _("已受理"),
        "correct": _("要求补正"),
        "answer": _("已提交补正"),
        "approve": _("审查通过"),
        "propose_refusal": _("建议不予登记"),
        "oppose_refusal": _("退回不予登记的建议"),
        "withdraw_refusal": _("收回不予登记的建议"),
        "refuse": _("不予登记"),
        "complete": _("申请人已确认登记事项"),
        "register": _("已登记并签发证书"),
        "lapse": _("逾期，视为撤回"),
    }


def kind_words() -> dict[str, str]:
    """What is registered."""
    return {"work": _("作品著作权登记"), "software": _("计算机软件著作权登记")}
