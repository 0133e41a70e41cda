"""退款: what cashiers do with money that goes back to its payer. The service decides who may."""

from __future__ import annotations

from typing import Annotated

from contracts.base import staff
from contracts.refunds import (
    ASK_REFUND,
    DECIDE_REFUND,
    GET_REFUND,
    LIST_REFUNDS,
    AskRefund,
    DecideRefund,
    ListRefunds,
    RefundList,
    RefundRef,
    RefundStep,
    RefundView,
)
from contracts.text import Paragraphs
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("refunds", _l("退款"))
CASHIERS = staff("cashier")


class RefundDecision(BaseModel):
    """``note`` is needed where a refund is declined, or is said to have arrived or failed."""

    model_config = ConfigDict(extra="forbid")

    step: RefundStep
    note: Annotated[str, Paragraphs(500)] = ""


@routes.get("/staff/refunds", _l("退款队列"), access=CASHIERS, query=ListRefunds, reply=RefundList)
def list_refunds(query: ListRefunds) -> RefundList:
    """One queue, the newest first, with how many are in each."""
    return call(LIST_REFUNDS, query)


@routes.post(
    "/staff/refunds",
    _l("申请退款"),
    access=CASHIERS,
    body=AskRefund,
    reply=RefundList,
    status=201,
    problems=(
        "refund_unknown",
        "order_unknown",
        "refund_line_unknown",
        "refund_too_much",
        "refund_payee_required",
        "refund_payee_differs",
        "action_not_allowed",
        "bank_row_order_unknown",
        "bank_row_order_unclear",
        "order_not_payable",
        "bank_rows_too_little",
    ),
)
def ask_refund(body: AskRefund) -> RefundList:
    """Of held money or of lines of a paid order; a second cashier decides. Several payments make several refunds.
    With ``pays`` the bank's money pays the order that it was meant for, instead of going back."""
    return call(ASK_REFUND, body)


@routes.get(
    "/staff/refunds/<refund_id>", _l("一笔退款"), access=CASHIERS, reply=RefundView, problems=("refund_unknown",)
)
def get_refund(refund_id: str) -> RefundView:
    """With its history and, for the bank, its payee."""
    return call(GET_REFUND, RefundRef(refund_id=refund_id))


@routes.post(
    "/staff/refunds/<refund_id>/decision",
    _l("办理退款"),
    access=CASHIERS,
    body=RefundDecision,
    reply=RefundView,
    problems=(
        "refund_unknown",
        "action_not_allowed",
        "second_cashier_required",
        "refund_too_much",
        "refund_payee_differs",
        "order_not_payable",
        "bank_row_of_another_refund",
    ),
)
def decide_refund(refund_id: str, body: RefundDecision) -> RefundView:
    """Approves, declines, sends again, or says that a bank's refund has arrived or failed."""
    return call(DECIDE_REFUND, DecideRefund(refund_id=refund_id, step=body.step, note=body.note))
