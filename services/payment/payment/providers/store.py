"""Payments: attempts to pay an order. At most one of an order, method and scene is under way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.payment import Method
from sqlalchemy import CheckConstraint, ForeignKey, Index, ScalarSelect, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.providers.model import Scene


class Payment(Base):
    """Real times. ``next_poll_at`` is when the sweeper asks the provider; None: nothing to ask."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('started', 'succeeded', 'failed', 'closed', 'mismatched')",
            name="state_known",
        ),
        Index(
            "uq_payments_under_way",
            "order_id",
            "method",
            "scene",
            unique=True,
            postgresql_where=text("state = 'started'"),
        ),
        Index("ix_payments_next_poll_at", "next_poll_at", postgresql_where=text("next_poll_at IS NOT NULL")),
    )

    payment_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    method: Mapped[Method] = mapped_column(Text)
    scene: Mapped[Scene] = mapped_column(Text)
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="started")
    version: Mapped[int] = mapped_column(server_default="1")
    code_url: Mapped[str | None]
    pay_url: Mapped[str | None]
    client_ip: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    received_amount: Mapped[int | None]
    problem: Mapped[str | None]
    polls: Mapped[int] = mapped_column(server_default="0")
    next_poll_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}


def find_payment(session: Session, payment_id: str) -> Payment | None:
    """The payment as it stands now, not as this session read it before."""
    return session.get(Payment, payment_id, populate_existing=True)


def lock_payment(session: Session, payment_id: str) -> Payment | None:
    """The payment, locked. Lock its order first."""
    query = select(Payment).where(Payment.payment_id == payment_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def order_of_payment(payment_id: str) -> ScalarSelect[str]:
    """A query for the id of the order that a payment pays."""
    return select(Payment.order_id).where(Payment.payment_id == payment_id).scalar_subquery()


def lock_payments(session: Session, order_id: str) -> list[Payment]:
    """All attempts to pay the order, locked. Lock the order first."""
    query = select(Payment).where(Payment.order_id == order_id).order_by(Payment.payment_id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def payments_by_order(session: Session, order_ids: Sequence[str]) -> dict[str, list[Payment]]:
    """As :func:`payments_of`, of many orders at once."""
    query = select(Payment).where(Payment.order_id.in_(order_ids)).order_by(Payment.started_at, Payment.payment_id)
    found: dict[str, list[Payment]] = {order_id: [] for order_id in order_ids}
    for payment in session.scalars(query):
        found[payment.order_id].append(payment)
    return found


def payments_of(session: Session, order_id: str) -> list[Payment]:
    """All attempts to pay the order, in the order they began."""
    query = select(Payment).where(Payment.order_id == order_id).order_by(Payment.started_at, Payment.payment_id)
    return list(session.scalars(query))


def under_way(session: Session, order_id: str, method: Method, scene: Scene) -> Payment | None:
    """The attempt that is not over, of which an order has one per method and scene at most."""
    query = select(Payment).where(
        Payment.order_id == order_id,
        Payment.method == method,
        Payment.scene == scene,
        Payment.state == "started",
    )
    return session.scalars(query).one_or_none()


def let_go_of_payments(session: Session, order_id: str, now: datetime) -> None:
    """The order needs no payment any more: remittances under way are closed, providers are told by the sweeper."""
    let_go(payments_of(session, order_id), now)


def let_go(payments: Iterable[Payment], now: datetime) -> None:
    """As :func:`let_go_of_payments`, of those that are at hand."""
    for payment in payments:
        if payment.state != "started":
            continue
        if payment.method == "bank":
            payment.state = "closed"
        else:
            payment.next_poll_at = now


def claim_due(session: Session, now: datetime) -> Payment | None:
    """The payment that has waited longest for a question to its provider, locked; other replicas skip it."""
    query = (
        select(Payment)
        .where(Payment.next_poll_at <= now)
        .order_by(Payment.next_poll_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).one_or_none()
