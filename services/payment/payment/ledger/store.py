"""Accounts, entries and postings. A deferred constraint trigger refuses to commit an entry that is not balanced."""

from __future__ import annotations

from datetime import date, datetime

from chassis.db import run
from chassis.ids import new_id
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.ledger.model import Entry


class LedgerAccount(Base):
    __tablename__ = "ledger_accounts"

    code: Mapped[str] = mapped_column(primary_key=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]


class LedgerEntry(Base):
    """One event in the books, with what caused it. Unique by kind and reference, so that nothing is booked twice.

    ``day`` is the legal day that it belongs to; of a closed one, the first after it (a trigger).
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("kind", "reference"),
        CheckConstraint("num_nonnulls(order_id, money_id, refund_id) = 1", name="one_cause"),
    )

    entry_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference: Mapped[str]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.order_id"))
    money_id: Mapped[str | None] = mapped_column(ForeignKey("money_received.money_id"))
    refund_id: Mapped[str | None] = mapped_column(ForeignKey("refunds.refund_id"))
    booked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    day: Mapped[date] = mapped_column(index=True)


class LedgerPosting(Base):
    """Fen; debit positive, credit negative. ``order_id``: the order that the amount is about, if it is about one."""

    __tablename__ = "ledger_postings"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    entry_id: Mapped[str] = mapped_column(ForeignKey("ledger_entries.entry_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.code"), index=True)
    amount: Mapped[int]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.order_id"), index=True)


BOOKING_LOCK = 7_281_040
"""Advisory lock: shared by every booking until it is committed, alone for the close of a day."""

_APPEND = """
    WITH entry AS (
        INSERT INTO ledger_entries (entry_id, kind, reference, order_id, money_id, refund_id, day)
        VALUES (%(entry_id)s, %(kind)s, %(reference)s, %(order_id)s, %(money_id)s, %(refund_id)s, %(day)s))
    INSERT INTO ledger_postings (entry_id, line, account, amount, order_id)
    SELECT %(entry_id)s, posting.*
    FROM unnest(%(lines)s::bigint[], %(accounts)s::text[], %(amounts)s::bigint[], %(orders)s::text[]) AS posting
    """


def append(session: Session, entry: Entry, day: date) -> None:
    """An entry with its postings in one statement. What causes it has been flushed."""
    parameters = {
        "entry_id": new_id("led"),
        "kind": entry.kind,
        "reference": entry.reference,
        **vars(entry.cause),
        "day": day,
        "lines": list(range(1, len(entry.postings) + 1)),
        "accounts": [posting.account for posting in entry.postings],
        "amounts": [posting.amount for posting in entry.postings],
        "orders": [posting.order_id for posting in entry.postings],
    }
    run(session, _APPEND, parameters)


def balances(session: Session, order_id: str | None = None) -> dict[str, int]:
    """Balance per account in fen, of what is about one order or of all; accounts without postings are left out."""
    query = select(LedgerPosting.account, func.sum(LedgerPosting.amount)).group_by(LedgerPosting.account)
    if order_id is not None:
        query = query.where(LedgerPosting.order_id == order_id)
    return {account: int(amount) for account, amount in session.execute(query)}
