"""What follows a receipt: a slip for each refund that has arrived (退款凭证), or that takes the receipt back because
the money was another's (收据冲销凭证); and for an order of several applications a receipt for each of them alone, so
that one can be shown without the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.clock import SHANGHAI, legal_date
from chassis.documents import rmb_words
from chassis.green import offload
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.objects import DocumentRef

from contracts import payment as contract
from payment.orders.receipts import METHODS, receipt_data, renderer
from payment.orders.slip_store import Slip, claim_cases_without_slip, claim_refund_without_slip
from payment.orders.store import Order, OrderItem
from payment.refunds.handlers import case_of
from payment.refunds.model import Reason
from payment.refunds.store import Refund, lines_of
from payment.settlement.store import MoneyReceived

AT_ONCE = 20
_BECAUSE: Mapping[Reason, str] = {
    "case_ended": "申请在受理前已结束 The application ended before it was accepted",
    "lines_returned": "退还已缴费用 Fees returned",
    "order_not_payable": "重复缴费 Paid twice, or the order was cancelled",
    "payment_amount_mismatch": "金额与应缴不符 Another amount than asked",
    "part_payment": "只缴了一部分 Only a part of the fee",
    "part_unused": "只缴了一部分，没有用上 Only a part of the fee, which was not needed",
    "expedite_unearned": "加急没有兑现 The promised day was not kept, or its case ended first",
    "order_unknown": "—",
}
_TURNED = "款项原属另一缴费单 The money was for another order"
_log = logger("payment.receipts")


def issue_slips(uow: UnitOfWork) -> int:
    """Sweeper: the slip of one refund, or the receipts of some applications of one order; returns how many."""
    refund, of_refund = claim_refund_without_slip(uow.session)
    if refund is not None and of_refund is not None:
        return _slip_of_refund(refund, of_refund, uow)
    order, cases = claim_cases_without_slip(uow.session, AT_ONCE)
    if order is not None:
        for case in cases:
            _slip_of_case(order, case, uow)
    return len(cases)


def _slip_of_refund(refund: Refund, order: Order, uow: UnitOfWork) -> int:
    refund.slip_attempts += 1
    document_id = new_id("pay")
    try:
        pdf = offload(renderer().render, "refund", refund_data(refund, order, document_id, uow))
    except Exception as error:
        _log.error("receipt_failed", order=order.order_id, attempts=refund.slip_attempts, error=str(error))
        return 0
    refund.slip_id = document_id
    lines = [line.line for line in lines_of(uow.session, [refund.refund_id])[refund.refund_id]]
    turned = refund.state == "redirected"
    kind, title, name = ("receipt_cancellation", "收据冲销凭证", "CX") if turned else ("refund_slip", "退款凭证", "TK")
    case, number = case_of(order, lines), refund.refund_id
    document = _keep(order, case, document_id, kind, f"{title} {number}", f"{name}-{number}", pdf, uow)
    concerned = {item.application_id for item in order.items if item.line in lines}
    for other in order.cases:
        if other.application_id in concerned and other is not case:
            _say(order, other, document, uow)
    return 1


def _slip_of_case(order: Order, case: OrderItem, uow: UnitOfWork) -> None:
    assert order.receipt is not None
    document_id = new_id("pay")
    whole = order.receipt["file_name"].removesuffix(".pdf")
    number = f"{whole}-{case.line}"
    data = receipt_data(order, number, document_id, uow, case.application_id, whole)
    pdf = offload(renderer().render, "receipt", data)
    case.slip_id = document_id
    order.slips_due -= 1
    _keep(order, case, document_id, "receipt", f"缴费收据 {number}（其中，属于 {whole}）", number, pdf, uow)


def _keep(
    order: Order, case: OrderItem, document_id: str, kind: str, title: str, name: str, pdf: bytes, uow: UnitOfWork
) -> DocumentRef:
    document = DocumentRef(
        document_id=document_id,
        kind=kind,
        title=title,
        file_name=f"{name}.pdf",
        content_type="application/pdf",
        object=offload(uow.objects.put_bytes, pdf),
        issued_at=uow.legal_now(),
    )
    slip = Slip(
        document_id=document_id,
        order_id=order.order_id,
        application_id=case.application_id,
        document=document.model_dump(mode="json"),
        issued_at=document.issued_at,
    )
    uow.session.add(slip)
    uow.audit("receipt.issue", subject=order.order_id, document=document_id, number=name)
    _say(order, case, document, uow)
    return document


def _say(order: Order, case: OrderItem, document: DocumentRef, uow: UnitOfWork) -> None:
    """Each dossier that it concerns keeps a document."""
    uow.emit(
        contract.RECEIPT_ISSUED,
        contract.ReceiptIssued(
            order_id=order.order_id,
            application_id=case.application_id,
            account_id=order.account_id,
            serial_number=case.serial_number,
            issued_at=document.issued_at,
            documents=[document],
        ),
    )


def refund_data(refund: Refund, order: Order, document_id: str, uow: UnitOfWork) -> dict[str, Any]:
    """The fields of ``templates/refund.typ``; amounts are fen."""
    money = uow.session.get_one(MoneyReceived, refund.money_id)
    items = {item.line: item for item in order.items}
    lines = lines_of(uow.session, [refund.refund_id])[refund.refund_id]
    first = case_of(order, [line.line for line in lines]).serial_number
    works = len({items[line.line].application_id for line in lines})
    turned = refund.state == "redirected"
    by_day = money.method == "bank" and refund.refunded_at is not None  # a statement says no more
    at = (refund.refunded_at or refund.closed_at or uow.now()).astimezone(SHANGHAI)
    return {
        "refund_number": refund.refund_id,
        "order_number": order.order_id,
        "serial_number": f"{first} 等 {works} 件" if works > 1 else first,
        "payer": order.payer or "—",
        "lines": [
            {"item": f"{items[line.line].fee_zh} {items[line.line].serial_number}", "amount_fen": line.amount}
            for line in lines
        ],
        "total_fen": refund.amount,
        "total_words": rmb_words(refund.amount),
        "method": METHODS[money.method],
        "transaction": money.transaction_id,
        "turned": turned,
        "because": _TURNED if turned else _BECAUSE[refund.because],
        "refunded_at": at.strftime("%Y-%m-%d" if by_day else "%Y-%m-%d %H:%M:%S"),
        "date": legal_date(at).isoformat(),
        "document_id": document_id,
        "sandbox": uow.settings.sandbox,
    }
