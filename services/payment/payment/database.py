"""All tables of the service, and what its application role may do with them."""

from __future__ import annotations

from payment.base import Base
from payment.closing.store import LedgerClosing
from payment.holders.store import CaseHolder
from payment.ledger.store import LedgerAccount, LedgerEntry, LedgerPosting
from payment.orders.slip_store import Slip
from payment.orders.store import Order, OrderAction, OrderItem, ReceiptSeries
from payment.payers.store import PayerRow
from payment.providers.store import Payment
from payment.reconciliation.store import DayCompared, DifferenceFound
from payment.refunds.store import Refund, RefundAction, RefundFile, RefundLine
from payment.settlement.store import MoneyAllocation, MoneyReceived
from payment.statements.store import BankRow, BankRowAction, BankSighting, BankStatement
from payment.tariff.store import TariffRate

__all__ = [
    "APPEND_ONLY",
    "DELETABLE",
    "BankRow",
    "BankRowAction",
    "BankSighting",
    "BankStatement",
    "Base",
    "CaseHolder",
    "DayCompared",
    "DifferenceFound",
    "LedgerAccount",
    "LedgerClosing",
    "LedgerEntry",
    "LedgerPosting",
    "MoneyAllocation",
    "MoneyReceived",
    "Order",
    "OrderAction",
    "OrderItem",
    "PayerRow",
    "Payment",
    "ReceiptSeries",
    "Refund",
    "RefundAction",
    "RefundFile",
    "RefundLine",
    "Slip",
    "TariffRate",
]

APPEND_ONLY = (
    "tariff_rates",
    "order_actions",
    "ledger_accounts",
    "ledger_entries",
    "ledger_postings",
    "ledger_closings",
    "money_received",
    "money_allocations",
    "refund_actions",
    "refund_lines",
    "refund_files",
    "slips",
    "bank_sightings",
    "bank_row_actions",
)
UPDATABLE = {
    "order_items": ("open", "slip_id"),
    "bank_rows": ("state", "reason"),
    "refunds": (
        "state",
        "version",
        "requested_by",
        "approved_by",
        "attested_by",
        "attested_row",
        "confirmed_by",
        "closed_at",
        "reason",
        "evidence",
        "payee",
        "payee_why",
        "offered",
        "offered_at",
        "pays_order_id",
        "refund_number",
        "attempt",
        "polls",
        "next_poll_at",
        "problem",
        "provider_number",
        "sent_at",
        "refunded_at",
        "file_id",
        "slip_id",
        "slip_attempts",
    ),
}
DELETABLE: tuple[str, ...] = ("payers",)
