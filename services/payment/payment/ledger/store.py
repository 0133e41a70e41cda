"""Accounts, entries and postings. A deferred constraint trigger refuses to commit an entry that is not balanced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base


class LedgerAccount(Base):
    __tablename__ = "ledger_accounts"

    code: Mapped[str] = mapped_column(primary_key=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]


class LedgerEntry(Base):
    """One event in the books. Unique by kind and reference, so that no event is booked twice."""

    __tablename__ = "ledger_entries"
    __table_args__ = (UniqueConstraint("kind", "reference"),)

    entry_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference: Mapped[str]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    booked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LedgerPosting(Base):
    """Fen; debit positive, credit negative."""

    __tablename__ = "ledger_postings"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    entry_id: Mapped[str] = mapped_column(ForeignKey("ledger_entries.entry_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.code"), index=True)
    amount: Mapped[int]


def balances(session: Session, order_id: str | None = None) -> dict[str, int]:
    """Balance per account in fen, of one order or of all; accounts without postings are left out."""
    query = select(LedgerPosting.account, func.sum(LedgerPosting.amount)).group_by(LedgerPosting.account)
    if order_id is not None:
        query = query.join(LedgerEntry).where(LedgerEntry.order_id == order_id)
    return {account: int(amount) for account, amount in session.execute(query)}
