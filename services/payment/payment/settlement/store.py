"""Money received, and which orders it was allocated to. Append-only, unique by the provider's own transaction number:
nothing counts twice. What is allocated to no order is held for its payer (``payment.refunds``); a trigger compares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from chassis.db import run
from chassis.ids import new_id
from contracts.payment import Method
from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.providers.model import ProviderReport


class MoneyReceived(Base):
    """One transaction of a provider or bank, in fen. ``payment_id`` is none when it answers no payment that we asked
    for."""

    __tablename__ = "money_received"
    __table_args__ = (
        UniqueConstraint("method", "transaction_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    money_id: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[Method] = mapped_column(Text)
    transaction_id: Mapped[str]
    payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.payment_id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    source: Mapped[str]
    notice_id: Mapped[str]
    provider_paid_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MoneyAllocation(Base):
    """Fen of one receipt that settle an order; negative ones take it back from the order again."""

    __tablename__ = "money_allocations"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)

    allocation_id: Mapped[str] = mapped_column(primary_key=True)
    money_id: Mapped[str] = mapped_column(ForeignKey("money_received.money_id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    amount: Mapped[int]
    allocated_at: Mapped[datetime] = mapped_column(server_default=func.now())


_RECORD = """
    WITH money AS (
        INSERT INTO money_received (money_id, method, transaction_id, payment_id, amount, currency, source, notice_id,
                                    provider_paid_at)
        VALUES (%(money_id)s, %(method)s, %(transaction_id)s, %(payment_id)s, %(amount)s, %(currency)s, %(source)s,
                %(notice_id)s, %(provider_paid_at)s)
        ON CONFLICT (method, transaction_id) DO NOTHING RETURNING money_id),
    allocated AS (
        INSERT INTO money_allocations (allocation_id, money_id, order_id, amount)
        SELECT part.allocation_id, money.money_id, part.order_id, part.amount
        FROM money, unnest(%(ids)s::text[], %(orders)s::text[], %(parts)s::bigint[])
            AS part (allocation_id, order_id, amount))
    SELECT money_id FROM money
    """


def record_money(session: Session, report: ProviderReport, settles: Sequence[tuple[str, int]]) -> MoneyReceived | None:
    """Writes down money and what of it settles which order (id and fen). None when this transaction was recorded
    before: the report is a repetition. What is given is as written, and no part of the session."""
    written: dict[str, Any] = {
        "money_id": new_id("mny"),
        "method": report.method,
        "transaction_id": report.transaction_id,
        "payment_id": report.payment_id or None,
        "amount": report.amount,
        "currency": report.currency,
        "source": report.source,
        "notice_id": report.notice_id,
        "provider_paid_at": report.paid_at,
    }
    parts = {
        "ids": [new_id("alc") for _ in settles],
        "orders": [order_id for order_id, _ in settles],
        "parts": [part for _, part in settles],
    }
    return MoneyReceived(**written) if run(session, _RECORD, {**written, **parts}) else None


def allocate(session: Session, money: MoneyReceived, order_id: str, amount: int) -> None:
    """``amount`` fen that came before settle an order from now on; negative ones do so no longer."""
    session.add(MoneyAllocation(allocation_id=new_id("alc"), money_id=money.money_id, order_id=order_id, amount=amount))


def take_back(session: Session, money: MoneyReceived, order_id: str, amount: int) -> None:
    """``amount`` fen that were allocated to an order settle it no longer."""
    allocate(session, money, order_id, -amount)


def money_of(session: Session, order_id: str) -> list[tuple[MoneyReceived, int]]:
    """The money that settles an order, and how much of each (fen), as it came."""
    settling = (
        select(MoneyAllocation.money_id, func.sum(MoneyAllocation.amount).label("settles"))
        .where(MoneyAllocation.order_id == order_id)
        .group_by(MoneyAllocation.money_id)
        .having(func.sum(MoneyAllocation.amount) > 0)
        .subquery()
    )
    query = select(MoneyReceived, settling.c.settles).join(settling).order_by(MoneyReceived.received_at)
    return [(money, int(settles)) for money, settles in session.execute(query)]


def settles_of(session: Session, money_id: str) -> int:
    """Fen of some money that settle orders."""
    query = select(func.coalesce(func.sum(MoneyAllocation.amount), 0)).where(MoneyAllocation.money_id == money_id)
    return int(session.scalars(query).one())


def recorded_amount(session: Session, report: ProviderReport) -> int | None:
    """What this transaction was recorded with, in fen."""
    query = select(MoneyReceived.amount).where(
        MoneyReceived.method == report.method, MoneyReceived.transaction_id == report.transaction_id
    )
    return session.scalars(query).one_or_none()


def money_by_id(session: Session, money_ids: Collection[str]) -> dict[str, MoneyReceived]:
    """Some of the money that came."""
    query = select(MoneyReceived).where(MoneyReceived.money_id.in_(money_ids))
    return {money.money_id: money for money in session.scalars(query)}
