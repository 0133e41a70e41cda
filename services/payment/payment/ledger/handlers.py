"""Booking. The only way into the ledger."""

from __future__ import annotations

from chassis.ids import new_id
from chassis.uow import UnitOfWork

from payment.ledger.model import Entry
from payment.ledger.store import LedgerEntry, LedgerPosting


def book(entry: Entry, order_id: str, uow: UnitOfWork) -> None:
    """Appends an entry. Booking the same event twice violates a unique constraint: callers decide before they book."""
    entry_id = new_id("led")
    uow.session.add(LedgerEntry(entry_id=entry_id, kind=entry.kind, reference=entry.reference, order_id=order_id))
    uow.session.flush()
    uow.session.add_all(
        LedgerPosting(entry_id=entry_id, line=line, account=posting.account, amount=posting.amount)
        for line, posting in enumerate(entry.postings, start=1)
    )
    uow.session.flush()
