"""Receipts (缴费收据): rendered after the payment, so that money never waits for a PDF."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from chassis.clock import SHANGHAI, legal_date
from chassis.documents import DocumentRenderer, rmb_words
from chassis.green import offload
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.objects import DocumentRef

from contracts import payment as contract
from payment.orders.store import Order, claim_without_receipt, next_receipt_number
from payment.settlement.store import money_of

METHODS = {"wechat": "微信支付 WeChat Pay", "alipay": "支付宝 Alipay", "bank": "银行汇付 Bank remittance"}
_log = logger("payment.receipts")


@cache
def renderer() -> DocumentRenderer:
    """Draws the documents of orders."""
    return DocumentRenderer(Path(__file__).parent / "templates")


def issue_receipts(uow: UnitOfWork) -> int:
    """Issues one receipt that is due; announces it to the dossier. A receipt that cannot be rendered is tried again
    after all others. Returns how many were issued."""
    order = claim_without_receipt(uow.session)
    if order is None or order.paid_at is None:
        return 0
    order.receipt_attempts += 1
    with uow.session.begin_nested() as savepoint:
        number = next_receipt_number(uow.session, legal_date(order.paid_at).year)
        document_id = new_id("pay")
        try:
            pdf = offload(renderer().render, "receipt", receipt_data(order, number, document_id, uow))
        except Exception as error:
            savepoint.rollback()
            _log.error("receipt_failed", order=order.order_id, attempts=order.receipt_attempts, error=str(error))
            return 0
    receipt = DocumentRef(
        document_id=document_id,
        kind="receipt",
        title=f"缴费收据 {number}",
        file_name=f"{number}.pdf",
        content_type="application/pdf",
        object=offload(uow.objects.put_bytes, pdf),
        issued_at=uow.legal_now(),
    )
    order.receipt_id, order.receipt = document_id, receipt.model_dump(mode="json")
    if len(order.cases) > 1:
        order.slips_due = len(order.cases)
    uow.audit("receipt.issue", subject=order.order_id, document=document_id, number=number)
    uow.emit(
        contract.RECEIPT_ISSUED,
        contract.ReceiptIssued(
            order_id=order.order_id,
            application_id=order.items[0].application_id,
            account_id=order.account_id,
            serial_number=order.serial_number,
            issued_at=receipt.issued_at,
            documents=[receipt],
        ),
    )
    return 1


def receipt_data(
    order: Order, number: str, document_id: str, uow: UnitOfWork, application_id: str | None = None, part_of: str = ""
) -> dict[str, Any]:
    """The fields of ``templates/receipt.typ``, of an order or of one application of it (a part of another receipt);
    amounts are fen."""
    assert order.paid_at is not None
    items = [item for item in order.items if application_id in (None, item.application_id)]
    total, works = sum(item.amount for item in items), len({item.application_id for item in items})
    several = works > 1
    transactions = [money.transaction_id for money, _ in money_of(uow.session, order.order_id)]
    return {
        "receipt_number": number,
        "part_of": part_of or None,
        "order_number": order.order_id,
        "serial_number": f"{items[0].serial_number} 等 {works} 件" if several else items[0].serial_number,
        "payer": order.payer or "—",
        "lines": [
            {
                "item": f"{item.fee_zh} {item.serial_number}" if several else item.fee_zh,
                "quantity": item.quantity,
                "unit_fen": item.amount // item.quantity,
                "amount_fen": item.amount,
            }
            for item in items
        ],
        "total_fen": total,
        "total_words": rmb_words(total),
        "method": METHODS.get(order.paid_by or "", "—"),
        "transaction": "、".join(transactions) or "—",
        "paid_at": order.paid_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "date": legal_date(order.paid_at).isoformat(),
        "document_id": document_id,
        "sandbox": uow.settings.sandbox,
    }
