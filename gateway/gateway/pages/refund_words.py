"""How refunds, their reasons and their steps are called on pages."""

from __future__ import annotations

from contracts.refund_progress import RefundProgress
from contracts.refunds import RefundView
from flask_babel import gettext as _

BY_BANK = {"sent": "filed", "send": "file"}
"""What is called otherwise where the money goes through the bank: a payment file was made, and nobody has seen yet that
it was handed in."""


def state_words() -> dict[str, str]:
    return {
        "held": _("待处理"),
        "asked": _("待复核"),
        "requested": _("待复核"),
        "approved": _("已核准，待发出"),
        "sent": _("已发出"),
        "filed": _("已制作付款文件"),
        "attested": _("待确认到账"),
        "failed": _("退回，待重发"),
        "done": _("已到账"),
        "refused": _("不予退款"),
        "divided": _("已拆分"),
        "redirected": _("已转作缴费"),
    }


def state_of(refund: RefundView) -> str:
    """The state of one refund as it is called."""
    state = BY_BANK.get(refund.state, refund.state) if refund.method == "bank" else refund.state
    return state_words()[state]


def queue_words() -> dict[str, str]:
    """In the order of the work."""
    return {
        "to_approve": _("待复核"),
        "held": _("待处理款项"),
        "failed": _("退回待重发"),
        "under_way": _("在途"),
        "done": _("已办结"),
        "all": _("全部"),
    }


def because_words() -> dict[str, str]:
    """Why money goes back."""
    return {
        "case_ended": _("申请在受理前已结束"),
        "expedite_unearned": _("加急没有兑现"),
        "order_not_payable": _("重复缴费，或缴费单已取消"),
        "payment_amount_mismatch": _("金额与应缴不符"),
        "part_payment": _("只缴了一部分"),
        "part_unused": _("只缴了一部分，没有用上"),
        "order_unknown": _("不知道为哪件申请"),
        "lines_returned": _("退还已缴的费用"),
    }


def method_words() -> dict[str, str]:
    return {"wechat": _("微信支付"), "alipay": _("支付宝"), "bank": _("银行汇付")}


def step_words() -> dict[str, str]:
    """What a button does."""
    return {
        "approve": _("复核同意"),
        "decline": _("不同意"),
        "send": _("重新发出"),
        "attest": _("已查到账"),
        "confirm": _("确认到账"),
        "fail": _("银行退回"),
    }


def action_words() -> dict[str, str]:
    """What was done."""
    return {
        "hold": _("转入待处理"),
        "ask": _("申请退款"),
        "request": _("申请退款"),
        "divide": _("拆分"),
        "approve": _("复核同意"),
        "decline": _("不同意"),
        "send": _("发出"),
        "file": _("制作付款文件"),
        "attest": _("查到账"),
        "confirm": _("到账"),
        "fail": _("退回"),
        "redirect": _("转作缴费"),
        "offer": _("给出另一个账户"),
    }


def progress_of(refund: RefundProgress) -> str:
    """How far a refund is, to the payer. Through a bank it goes to an account that was agreed on, named by its end."""
    if named := _through_bank(refund):
        return named
    if refund.asks_account:
        return str(_("银行退回，请提供另一个账户"))
    return str(_("已退回您的付款账户")) if refund.state == "done" else _step(refund)


def office_progress(refund: RefundProgress) -> str:
    """The same to who talks with the payer."""
    if named := _through_bank(refund):
        return named
    if refund.asks_account:
        return str(_("银行退回，等付款人提供另一个账户"))
    return str(_("已退回付款账户")) if refund.state == "done" else _step(refund)


def _through_bank(refund: RefundProgress) -> str:
    if refund.offered_end:
        return str(_("银行退回，已收到另一个账户（末位 %(end)s），出纳正在核对", end=refund.offered_end))
    if refund.method != "bank" or refund.state not in ("approved", "done"):
        return ""
    if not refund.account_end:
        return str(_("已由银行汇出")) if refund.state == "done" else ""
    if refund.state == "done":
        return str(_("已退回末位 %(end)s 的账户", end=refund.account_end))
    return str(_("已核准，即将汇往末位 %(end)s 的账户", end=refund.account_end))


def _step(refund: RefundProgress) -> str:
    words: dict[str, str] = {
        "deciding": _("出纳正在办理"),
        "approved": _("已核准，即将退回"),
        "prepared": _("已制作银行付款文件，由出纳提交银行"),
        "sent": _("已发出，等待到账"),
        "delayed": _("没有退成，将重新办理"),
    }
    return words[refund.state]
