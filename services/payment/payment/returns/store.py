"""The cashier's items. Each stands for money in the suspense account, and stays when it has been closed."""

from __future__ import annotations

from datetime import datetime

from chassis.ids import new_id
from contracts.payment import HeldBecause, Method
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base


class MoneyToReturn(Base):
    """One transaction of a provider or bank whose money (fen) belongs to its payer."""

    __tablename__ = "money_to_return"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by"),
        Index("uq_money_to_return_transaction", "method", "transaction_id", unique=True),
        Index("ix_money_to_return_open", "opened_at", postgresql_where=text("closed_at IS NULL")),
    )

    item_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    method: Mapped[Method] = mapped_column(Text)
    transaction_id: Mapped[str]
    amount: Mapped[int]
    because: Mapped[HeldBecause] = mapped_column(Text)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]


def add(session: Session, now: datetime, **item: str | int) -> bool:
    """False when the transaction has its item already."""
    statement = insert(MoneyToReturn).values(item_id=new_id("ret"), opened_at=now, **item)
    statement = statement.on_conflict_do_nothing(index_elements=["method", "transaction_id"])
    return session.execute(statement.returning(MoneyToReturn.item_id)).first() is not None


def open_items(session: Session) -> list[MoneyToReturn]:
    """Oldest first."""
    query = select(MoneyToReturn).where(MoneyToReturn.closed_at.is_(None)).order_by(MoneyToReturn.opened_at)
    return list(session.scalars(query))
