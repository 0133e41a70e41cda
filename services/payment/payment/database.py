"""All tables of the service, and what its application role may do with them."""

from __future__ import annotations

from payment.base import Base
from payment.ledger.store import LedgerAccount, LedgerEntry, LedgerPosting
from payment.orders.store import Order, OrderAction, ReceiptSeries
from payment.providers.store import Payment
from payment.returns.store import MoneyToReturn
from payment.settlement.store import MoneyReceived
from payment.tariff.store import TariffRate

__all__ = [
    "APPEND_ONLY",
    "DELETABLE",
    "Base",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "MoneyReceived",
    "MoneyToReturn",
    "Order",
    "OrderAction",
    "Payment",
    "ReceiptSeries",
    "TariffRate",
]

APPEND_ONLY = (
    "tariff_rates",
    "order_actions",
    "ledger_accounts",
    "ledger_entries",
    "ledger_postings",
    "money_received",
)
UPDATABLE = {"money_to_return": ("closed_at", "closed_by")}
DELETABLE: tuple[str, ...] = ()
