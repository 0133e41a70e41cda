"""Booking. The only way into the ledger."""

from __future__ import annotations

from chassis.uow import UnitOfWork

from payment.ledger import store
from payment.ledger.model import Entry


def book(entry: Entry, uow: UnitOfWork) -> None:
    """Appends an entry. Booking the same event twice violates a unique constraint: callers decide before they book."""
    uow.session.flush()
    store.append(uow.session, entry, uow.today())
