"""What payment keeps of an account: orders with their lines, payments and refunds. Amounts are fen."""

from __future__ import annotations

from chassis.own_data import facts_of, telling
from contracts.own_data import OwnDocument, OwnRecord
from sqlalchemy.orm import Session

from payment.orders.store import Order
from payment.own_data import store
from payment.own_data.store import OfOrders

_ORDER = (
    *("title", "serial_number", "payer", "payer_tax_id", "amount", "state", "created_at", "pay_by", "paid_at"),
    *("cancelled_at", "cancel_reason", "batch_id"),
)
_ITEM = ("application_id", "purpose", "serial_number", "fee_zh", "fee_en", "quantity", "amount")
_PAYMENT = ("method", "amount", "state", "started_at", "settled_at", "client_ip")
_REFUND = ("amount", "because", "state", "opened_at", "sent_at", "refunded_at", "closed_at")


def orders(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Where a refund went is told, sealed as the account number is, by its state alone."""
    rows = store.orders_of(session, account_id, after, limit)
    parts = store.parts_of(session, [row.order_id for row in rows])
    return [_order(row, parts) for row in rows]


def _order(row: Order, parts: OfOrders) -> OwnRecord:
    facts = facts_of(row, _ORDER) | {
        "lines": [facts_of(item, _ITEM) for item in row.items],
        "payments": [facts_of(payment, _PAYMENT) for payment in parts.payments.get(row.order_id, ())],
        "refunds": [facts_of(refund, _REFUND) for refund in parts.refunds.get(row.order_id, ())],
    }
    documents = [OwnDocument(document_id=row.receipt_id, title="缴费收据")] if row.receipt_id else []
    return OwnRecord(
        record_id=row.order_id, title=row.title, at=row.paid_at or row.created_at, facts=facts, documents=documents
    )


own_data = telling({"orders": orders})
