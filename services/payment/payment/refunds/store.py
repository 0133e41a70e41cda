"""Refunds and their append-only actions. Each stands for money (fen) in the suspense account, and stays when done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.refunds.model import Reason, RefundState


class Refund(Base):
    """Money received, or a part of it, that belongs to its payer. ``order_id`` is none for money nobody can place.

    At a commit, what has come is what orders were allocated and what is to be refunded, to the fen (a trigger).
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('held', 'requested', 'approved', 'sent', 'done', 'failed')",
            name="state_known",
        ),
        CheckConstraint("(closed_at IS NOT NULL) = (state = 'done')", name="done_has_time"),
        CheckConstraint("(requested_by IS NULL) = (state = 'held')", name="somebody_requests"),
        CheckConstraint(
            "(approved_by IS NULL) = (state IN ('held', 'requested')) AND approved_by <> requested_by",
            name="second_person_approves",
        ),
        Index("ix_refunds_open", "opened_at", postgresql_where=text("closed_at IS NULL")),
        Index("uq_refunds_under_way", "money_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    refund_id: Mapped[str] = mapped_column(primary_key=True)
    money_id: Mapped[str] = mapped_column(ForeignKey("money_received.money_id"), index=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.order_id"), index=True)
    amount: Mapped[int]
    because: Mapped[Reason] = mapped_column(Text)
    state: Mapped[RefundState] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default="1")
    opened_at: Mapped[datetime]
    requested_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}


class RefundAction(Base):
    """What happened to a refund. Append-only; the state is what these lead to."""

    __tablename__ = "refund_actions"
    __table_args__ = (UniqueConstraint("refund_id", "request_id", "action"),)

    action_id: Mapped[str] = mapped_column(primary_key=True)
    refund_id: Mapped[str] = mapped_column(ForeignKey("refunds.refund_id"))
    request_id: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")


def open_refunds(session: Session, *, order_id: str | None = None) -> list[Refund]:
    """What has still to be returned, of one order or of all; oldest first."""
    query = select(Refund).where(Refund.closed_at.is_(None)).order_by(Refund.opened_at, Refund.refund_id)
    if order_id is not None:
        query = query.where(Refund.order_id == order_id)
    return list(session.scalars(query))
