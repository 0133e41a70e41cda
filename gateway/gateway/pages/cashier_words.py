"""How the cashier's work and what belongs to an order are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.cashier import WorkKind
from flask import url_for
from flask_babel import gettext as _

from gateway.pages.bank_words import order_states, row_reasons, row_states
from gateway.pages.refund_words import because_words, method_words, state_words


def work_words() -> Mapping[WorkKind, str]:
    """What waits."""
    return {
        "rows_waiting": _("待处理的银行流水"),
        "refunds_held": _("待处理款项"),
        "refunds_to_approve": _("待另一位出纳复核的退款"),
        "refunds_to_send": _("已核准、待制作银行付款文件的退款"),
        "refunds_to_confirm": _("待另一位出纳确认到账的退款"),
        "refunds_failed": _("退回待重发的退款"),
        "payments_mismatched": _("金额不符的付款"),
        "orders_overdue": _("已到款、过期未缴清的缴费单"),
        "orders_due_again": _("入账更正后待缴的缴费单"),
        "write_offs_to_approve": _("待另一位出纳复核的核销"),
        "differences": _("待说明的对账差异"),
        "bills_missing": _("没有取到账单的日子"),
        "statements_missing": _("缺银行对账单的工作日"),
    }


def work_addresses() -> Mapping[WorkKind, str]:
    """Where each kind is done."""
    return {
        "rows_waiting": url_for("staff_bank.queue", state="waiting"),
        "refunds_held": url_for("staff_refunds.queue", queue="held"),
        "refunds_to_approve": url_for("staff_refunds.queue", queue="to_approve"),
        "refunds_to_send": url_for("staff_refunds.queue", queue="under_way"),
        "refunds_to_confirm": url_for("staff_refunds.queue", queue="under_way"),
        "refunds_failed": url_for("staff_refunds.queue", queue="failed"),
        "payments_mismatched": url_for("staff_orders.orders", queue="mismatched"),
        "orders_overdue": url_for("staff_orders.orders", queue="overdue"),
        "orders_due_again": url_for("staff_orders.orders", queue="due_again"),
        "write_offs_to_approve": url_for("staff_orders.orders", queue="write_off"),
        "differences": url_for("staff_reconciliations.days", open=1),
        "bills_missing": url_for("staff_reconciliations.days", open=1),
        "statements_missing": url_for("staff_bank.statements"),
    }


def money_words() -> dict[str, Mapping[str, Any]]:
    """What tables of orders, payments, rows and refunds say, by the names that templates have for it."""
    return {
        "order_states": order_states(),
        "payment_states": payment_states(),
        "payment_problems": payment_problems(),
        "purposes": purpose_words(),
        "row_states": row_states(),
        "row_reasons": row_reasons(),
        "refund_states": state_words(),
        "because": because_words(),
        "methods": method_words(),
    }


def queue_words() -> dict[str, str]:
    """Of orders."""
    return {
        "overdue": _("已到款、过期未缴清"),
        "mismatched": _("付款金额不符"),
        "due_again": _("入账更正后待缴"),
        "write_off": _("待复核的核销"),
    }


def payment_states() -> dict[str, str]:
    return {
        "started": _("等待付款"),
        "succeeded": _("已付款"),
        "failed": _("没有付成"),
        "closed": _("已关闭"),
        "mismatched": _("金额不符"),
    }


def payment_problems() -> dict[str, str]:
    """Why a payment did not pay its order."""
    return {
        "payment_amount_mismatch": _("收到的金额与应缴的不同"),
        "order_not_payable": _("到款时缴费单已缴清或已取消"),
    }


def purpose_words() -> dict[str, str]:
    return {"registration": _("登记费"), "old_case": _("旧系统业务"), "expedite": _("加急费")}


def paid_by_words() -> dict[str, str]:
    return {**method_words(), "waived": _("免缴")}


def entry_words() -> dict[str, str]:
    """What an entry of the ledger books."""
    return {
        "order_opened": _("开出缴费单"),
        "order_cancelled": _("取消缴费单"),
        "lines_returned": _("退还费用"),
        "money_received": _("收到款项"),
        "refund_sent": _("退款转在途"),
        "refund_arrived": _("退款到账"),
        "refund_came_back": _("退款退回"),
        "held_assigned": _("待处理款项转入缴费单"),
    }


def action_words() -> dict[str, str]:
    """What happened to an order."""
    return {
        "pay": _("缴清"),
        "waive": _("免缴"),
        "cancel": _("取消"),
        "return": _("不再作为登记费"),
        "refund": _("已退费"),
        "correct": _("入账更正"),
        "ask_write_off": _("申请核销"),
        "decline_write_off": _("不同意核销"),
        "write_off": _("核销"),
    }
