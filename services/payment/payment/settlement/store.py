"""Money received. Append-only, unique by the provider's own transaction number: nothing counts twice."""

from __future__ import annotations

from datetime import datetime

from contracts.payment import Method
from sqlalchemy import CheckConstraint, ForeignKey, Text, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.providers.model import ProviderReport
from payment.settlement.model import Disposition


class MoneyReceived(Base):
    """One transaction of a provider or bank, in fen, and what became of it."""

    __tablename__ = "money_received"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("disposition IN ('pays_order', 'mismatched', 'surplus')", name="disposition_known"),
    )

    method: Mapped[Method] = mapped_column(Text, primary_key=True)
    transaction_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.payment_id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    disposition: Mapped[Disposition] = mapped_column(Text)
    source: Mapped[str]
    notice_id: Mapped[str]
    provider_paid_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


def record_money(session: Session, report: ProviderReport, disposition: Disposition) -> bool:
    """False when this transaction was recorded before: the report is a repetition."""
    statement = insert(MoneyReceived).values(
        method=report.method,
        transaction_id=report.transaction_id,
        payment_id=report.payment_id,
        amount=report.amount,
        currency=report.currency,
        disposition=disposition,
        source=report.source,
        notice_id=report.notice_id,
        provider_paid_at=report.paid_at,
    )
    statement = statement.on_conflict_do_nothing(index_elements=["method", "transaction_id"])
    return session.execute(statement.returning(MoneyReceived.transaction_id)).scalar_one_or_none() is not None


def money_for(session: Session, payment_id: str) -> MoneyReceived | None:
    """The money that paid a payment's order."""
    query = select(MoneyReceived).where(
        MoneyReceived.payment_id == payment_id, MoneyReceived.disposition == "pays_order"
    )
    return session.scalars(query).first()


def recorded_amount(session: Session, report: ProviderReport) -> int | None:
    """What this transaction was recorded with, in fen."""
    row = session.get(MoneyReceived, (report.method, report.transaction_id))
    return row.amount if row else None
