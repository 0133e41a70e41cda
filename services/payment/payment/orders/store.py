"""Orders and their items, their append-only actions, and the series of receipt numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.objects.references import NAMES, holds
from chassis.uow import UnitOfWork
from contracts.payment import OrderState, Purpose
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    ScalarSelect,
    Select,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, mapped_column, relationship, selectinload

from payment.base import Base
from payment.orders.model import ENDED, TRANSITIONS, Action, allowed_actions


class Order(Base):
    """What an account owes for one purpose, for one application or several: the sum of its items, in fen.

    ``title`` and ``serial_number`` are those of its first application; ``pay_by`` is a legal date. ``batch_id``: the
    batch whose one order it is, called by the batch's name. ``corrects``: the order whose fee is asked for again.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint(
            "state IN ('pending', 'paid', 'cancelled', 'returning', 'refunded', 'corrected')", name="state_known"
        ),
        CheckConstraint("(paid_at IS NOT NULL) = (state NOT IN ('pending', 'cancelled'))", name="paid_has_time"),
        CheckConstraint("(cancelled_at IS NOT NULL) = (state = 'cancelled')", name="cancelled_has_time"),
        Index("ix_orders_account_id", "account_id", "created_at", "order_id"),
        Index(
            "ix_orders_without_receipt",
            "receipt_attempts",
            "paid_at",
            postgresql_where=text("state = 'paid' AND amount > 0 AND receipt_id IS NULL"),
        ),
        Index("ix_orders_slips_due", "paid_at", postgresql_where=text("slips_due > 0")),
    )

    order_id: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[str]
    title: Mapped[str]
    serial_number: Mapped[str]
    payer: Mapped[str]
    payer_tax_id: Mapped[str] = mapped_column(server_default="")
    amount: Mapped[int]
    state: Mapped[OrderState] = mapped_column(Text, server_default="pending")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    pay_by: Mapped[date]
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[str | None]
    payment_id: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    receipt_id: Mapped[str | None] = mapped_column(unique=True)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(info=NAMES)
    receipt_sha256: Mapped[str | None] = mapped_column(
        Computed("receipt #>> '{object,sha256}'", persisted=True), index=True, info=holds()
    )
    receipt_attempts: Mapped[int] = mapped_column(server_default="0")
    has_refunds: Mapped[bool] = mapped_column(server_default=false())
    slips_due: Mapped[int] = mapped_column(server_default="0")
    corrects: Mapped[str | None] = mapped_column(ForeignKey("orders.order_id"), index=True)

    items: Mapped[list[OrderItem]] = relationship(order_by="OrderItem.line", lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def cases(self) -> list[OrderItem]:
        """The first item of each application, which says what is charged for it."""
        return [item for item in self.items if item.principal]

    @property
    def purpose(self) -> Purpose:
        return self.items[0].purpose


class OrderItem(Base):
    """One fee of one application: ``quantity`` times a rate of the tariff, which it names; ``amount`` in fen.

    What an application is charged for one purpose begins with its *principal* item, which keeps what the fee was found
    by. While an order is open (neither cancelled nor refunded), no other is opened for the same.
    """

    __tablename__ = "order_items"
    __table_args__ = (
        ForeignKeyConstraint(["code", "rate_from"], ["tariff_rates.code", "tariff_rates.valid_from"]),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("purpose IN ('registration', 'old_case', 'expedite')", name="purpose_known"),
        CheckConstraint("principal = (fee_basis IS NOT NULL)", name="principal_has_basis"),
        Index("ix_order_items_application_id", "application_id", "purpose"),
        Index(
            "uq_order_items_open",
            "application_id",
            "purpose",
            unique=True,
            postgresql_where=text("principal AND open"),
        ),
    )

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[str]
    purpose: Mapped[Purpose] = mapped_column(Text)
    principal: Mapped[bool]
    open: Mapped[bool] = mapped_column(server_default=true())
    title: Mapped[str]
    serial_number: Mapped[str] = mapped_column(index=True)
    code: Mapped[str]
    rate_from: Mapped[date]
    fee_zh: Mapped[str]
    fee_en: Mapped[str]
    quantity: Mapped[int]
    amount: Mapped[int]
    fee_basis: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    slip_id: Mapped[str | None]


class OrderAction(Base):
    """What happened to an order. Append-only; the state is what these lead to."""

    __tablename__ = "order_actions"
    __table_args__ = (UniqueConstraint("order_id", "request_id", "action"),)

    action_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"))
    request_id: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(server_default="")


class ReceiptSeries(Base):
    """Last receipt number of a year; gapless, since it is taken in the transaction that stores the receipt."""

    __tablename__ = "receipt_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def change_state(order: Order, action: Action, uow: UnitOfWork, note: str = "") -> None:
    """The one place where an order's state is written. Problem ``action_not_allowed``; the caller holds its lock."""
    target = TRANSITIONS.get((order.state, action))
    if target is None:
        raise Problem("action_not_allowed", state=order.state, allowed=",".join(allowed_actions(order.state)))
    uow.session.add(
        OrderAction(
            action_id=new_id("act"),
            order_id=order.order_id,
            request_id=uow.request_id,
            action=action,
            from_state=order.state,
            to_state=target,
            actor=uow.actor.subject,
            at=uow.legal_now(),
            note=note,
        )
    )
    order.state = target
    if target in ENDED:
        for item in order.items:
            item.open = False


def _with_items(*conditions: ColumnElement[bool]) -> Select[Order]:
    return select(Order).join(Order.items).options(contains_eager(Order.items)).where(*conditions)


def _about(application_id: str, purpose: Purpose) -> ColumnElement[bool]:
    item = aliased(OrderItem)
    return Order.order_id.in_(
        select(item.order_id).where(item.application_id == application_id, item.purpose == purpose)
    )


def _newest(session: Session, query: Select[Order]) -> Order | None:
    """An application has one order for a purpose; where one more was opened after it, the last."""
    found = session.scalars(query.execution_options(populate_existing=True)).unique()
    return max(found, key=lambda order: (order.created_at, order.order_id), default=None)


def lock_order(session: Session, order_id: str | ScalarSelect[str]) -> Order | None:
    """The order, locked until the transaction ends. Locked before its payments, everywhere. ``order_id`` may be a query
    for it."""
    return _newest(session, _with_items(Order.order_id == order_id).with_for_update(of=Order))


def find_order(
    session: Session,
    *,
    order_id: str | None = None,
    application_id: str | None = None,
    purpose: Purpose = "registration",
    batch_id: str | None = None,
) -> Order | None:
    """An order with its items: by its id, that of a batch, or what an application was charged for a purpose."""
    if batch_id is not None:
        return _newest(session, _with_items(Order.batch_id == batch_id))
    condition = Order.order_id == order_id if order_id else _about(application_id or "", purpose)
    return _newest(session, _with_items(condition))


def orders_about(session: Session, application_id: str) -> list[Order]:
    """Everything that an application was charged for itself, the oldest first."""
    item = aliased(OrderItem)
    charged = select(item.order_id).where(item.application_id == application_id)
    found = session.scalars(_with_items(Order.order_id.in_(charged))).unique()
    return sorted(found, key=lambda order: (order.created_at, order.order_id))


def orders_by_id(session: Session, order_ids: Collection[str]) -> dict[str, Order]:
    """Some orders with their items."""
    query = select(Order).where(Order.order_id.in_(order_ids)).options(selectinload(Order.items))
    return {order.order_id: order for order in session.scalars(query)}


def search_orders(session: Session, words: str, limit: int) -> Sequence[Order]:
    """Orders by their id or number, an application's, or words of a title or payer; the newest first."""
    item = aliased(OrderItem)
    named = select(item.order_id).where(or_(item.serial_number == words, item.application_id == words))
    fits = or_(
        Order.order_id == words,
        Order.order_id.in_(named),
        Order.title.icontains(words, autoescape=True),
        Order.payer.icontains(words, autoescape=True),
    )
    query = select(Order).where(fits).options(selectinload(Order.items))
    return session.scalars(query.order_by(Order.created_at.desc(), Order.order_id).limit(limit)).all()


def find_order_by_receipt(session: Session, receipt_id: str) -> Order | None:
    """The order whose receipt has this document id; one receipt never stands for two."""
    return session.scalars(select(Order).where(Order.receipt_id == receipt_id)).one_or_none()


def orders_of(session: Session, account_id: str, before: tuple[datetime, str] | None, limit: int) -> Sequence[Order]:
    """Newest first, older than ``before``."""
    query = select(Order).where(Order.account_id == account_id)
    if before is not None:
        query = query.where(tuple_(Order.created_at, Order.order_id) < before)
    query = query.order_by(Order.created_at.desc(), Order.order_id.desc())
    return session.scalars(query.options(selectinload(Order.items)).limit(limit)).all()


def claim_without_receipt(session: Session) -> Order | None:
    """The paid order that comes next for its receipt, locked; other replicas skip it. Failed ones queue up behind."""
    order = aliased(Order)
    next_one = (
        select(order.order_id)
        .where(order.state == "paid", order.amount > 0, order.receipt_id.is_(None))
        .order_by(order.receipt_attempts, order.paid_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return _newest(session, _with_items(Order.order_id == next_one.scalar_subquery()))


def next_receipt_number(session: Session, year: int) -> str:
    """``SJ2026-000045``."""
    series = insert(ReceiptSeries).values(year=year, last=1)
    series = series.on_conflict_do_update(index_elements=[ReceiptSeries.year], set_={"last": ReceiptSeries.last + 1})
    number = session.execute(series.returning(ReceiptSeries.last)).scalar_one()
    return f"SJ{year}-{number:06d}"
