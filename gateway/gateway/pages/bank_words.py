"""How statements, their rows and what speaks for an order are called on pages."""

from __future__ import annotations

from flask_babel import gettext as _


def row_states() -> dict[str, str]:
    """In the order of the work."""
    return {
        "waiting": _("待处理"),
        "settled": _("已入账"),
        "returned": _("待退回"),
        "refunded": _("已退回或转作缴费"),
        "explained": _("已说明"),
    }


def row_reasons() -> dict[str, str]:
    """Why a row is in its state."""
    return {
        "new": _("正在匹配"),
        "exact": _("附言中的流水号与金额一致"),
        "number_misspelled": _("流水号可能写错一个字符"),
        "unmatched": _("附言中没有流水号"),
        "partial": _("金额不足"),
        "over": _("金额超过应缴"),
        "late": _("缴费单已缴清或已取消"),
        "several_owners": _("附言中的流水号属于不同的账号"),
        "ambiguous": _("可能是几份缴费单"),
        "foreign": _("外币"),
        "unbalanced": _("所在的对账单不平"),
        "other_account": _("不是本单位的账号"),
        "account_unnamed": _("对账单没有写明账号，待出纳确认"),
        "debit": _("支出，待说明"),
        "refund": _("退款已汇出"),
        "bank_fee": _("银行手续费"),
        "nothing": _("金额为零"),
        "by_cashier": _("出纳办理"),
        "set_aside": _("随整份对账单记下说明"),
        "part_payment": _("只够一部分，等付款人补齐"),
    }


def statement_states() -> dict[str, str]:
    return {"reading": _("正在读取"), "done": _("已读取"), "refused": _("没有收下")}


def refusals() -> dict[str, str]:
    """Why a file was not taken, and what to do."""
    return {
        "statement_empty": _("文件里没有流水。"),
        "statement_fragment": _("文件只是对账单的一部分，请重新下载完整的文件。"),
        "statement_not_readable": _("文件损坏或不完整，读不出来，请重新下载。"),
        "statement_row_unreadable": _("有一行的日期或金额读不出来，整份文件都没有收下，请向银行核实后重新下载。"),
        "statement_too_long": _("文件太长，请分成几个时间段下载。"),
        "statement_unknown_format": _("不认识这种格式。请从网银下载 MT940、camt.053、CSV 或 Excel 格式。"),
    }


def evidence_words() -> dict[str, str]:
    """What speaks for an order."""
    return {
        "number": _("流水号"),
        "near": _("流水号差一个字符"),
        "amount": _("金额"),
        "payer": _("缴款人"),
        "title": _("名称"),
        "account": _("账号末位"),
        "payee": _("收款人"),
    }


def action_words() -> dict[str, str]:
    """What was done with a row."""
    return {
        "settle": _("自动入账"),
        "assign": _("指定缴费单"),
        "part": _("记为部分缴款"),
        "return": _("转为退款"),
        "explain": _("说明"),
        "redirect": _("入账更正，转到另一份缴费单"),
        "reopen": _("又见于另一份对账单，重新待处理"),
    }


def order_states() -> dict[str, str]:
    return {
        "pending": _("待缴费"),
        "paid": _("已缴费"),
        "cancelled": _("已取消"),
        "returning": _("退款中"),
        "refunded": _("已退费"),
        "corrected": _("入账更正"),
    }
