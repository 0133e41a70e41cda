"""Refunds, their lines and their append-only actions. Amounts are fen; what is done stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from contracts.refunds import RefundState
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from payment.base import Base
from payment.orders.store import Order, lock_order
from payment.refunds.model import ASSIGNABLE, NO_MONEY, Reason
from payment.settlement.store import MoneyReceived

SLIP_DUE = """(state = 'done' OR state = 'redirected' AND because = 'lines_returned')
    AND order_id IS NOT NULL AND slip_id IS NULL"""
"""What has left an order and has no slip yet: a refund that has arrived, or a fee that was another's money. Money that
had paid nothing was never receipted, so what is redirected of it takes nothing back."""


class Refund(Base):
    """Money received, or a part of it, that goes back to its payer. ``order_id`` is none for money nobody can place.

    At a commit, what has come is what orders were allocated and what is to be refunded, to the fen (a trigger).
    ``refund_number`` is what its provider knows it by, ``attempt`` counts those; ``next_poll_at``: when the provider is
    asked next; ``pays_order_id``: what it pays instead of going back, once it is approved;
    ``payee``: where the bank sends it, sealed, ``payee_why``: though it came from another; ``offered``: where its payer
    wants it instead, sealed, until it is closed or comes back again; ``refunded_at``: when the payer got it, by the
    provider; ``attested_row``: the debit by which who attested it last has known it, if it was one.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "state IN ('held', 'asked', 'requested', 'approved', 'sent', 'attested', 'done', 'failed', 'refused', "
            "'divided', 'redirected')",
            name="state_known",
        ),
        CheckConstraint(
            "(closed_at IS NOT NULL) = (state IN ('done', 'refused', 'divided', 'redirected'))",
            name="closed_has_time",
        ),
        CheckConstraint("(requested_by IS NULL) = (state IN ('held', 'divided'))", name="somebody_requests"),
        CheckConstraint(
            "(approved_by IS NULL) = (state IN ('held', 'asked', 'requested', 'refused', 'divided'))"
            " AND approved_by <> requested_by",
            name="second_person_approves",
        ),
        CheckConstraint(
            "(state <> 'attested' OR attested_by IS NOT NULL) AND confirmed_by <> attested_by",
            name="second_person_confirms",
        ),
        Index("ix_refunds_open", "opened_at", postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_refunds_without_slip",
            "slip_attempts",
            "closed_at",
            postgresql_where=text(SLIP_DUE),
        ),
        Index("ix_refunds_next_poll_at", "next_poll_at", postgresql_where=text("next_poll_at IS NOT NULL")),
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
    attested_by: Mapped[str | None]
    attested_row: Mapped[str | None] = mapped_column(ForeignKey("bank_rows.row_id"), index=True)
    confirmed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    evidence: Mapped[str] = mapped_column(server_default="")
    payee: Mapped[bytes | None] = mapped_column(LargeBinary)
    payee_why: Mapped[str] = mapped_column(server_default="")
    offered: Mapped[bytes | None] = mapped_column(LargeBinary)
    offered_at: Mapped[datetime | None]
    pays_order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.order_id"))
    refund_number: Mapped[str | None] = mapped_column(unique=True)
    attempt: Mapped[int] = mapped_column(server_default="1")
    polls: Mapped[int] = mapped_column(server_default="0")
    next_poll_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(server_default="")
    provider_number: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    file_id: Mapped[str | None] = mapped_column(index=True)
    slip_id: Mapped[str | None]
    slip_attempts: Mapped[int] = mapped_column(server_default="0")

    __mapper_args__ = {"version_id_col": version}


class RefundLine(Base):
    """Fen of one line of an order that a refund returns. Append-only; a trigger sees that no line returns too much."""

    __tablename__ = "refund_lines"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        ForeignKeyConstraint(["order_id", "line"], ["order_items.order_id", "order_items.line"]),
        Index("ix_refund_lines_order_id", "order_id", "line"),
    )

    refund_id: Mapped[str] = mapped_column(ForeignKey("refunds.refund_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str]
    amount: Mapped[int]


class RefundFile(Base):
    """A payment file that was made for the bank; ``content`` names accounts, and is sealed. Append-only."""

    __tablename__ = "refund_files"

    file_id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    transfers: Mapped[int]
    total: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


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


def held_beside(session: Session, refund: Refund, *, lock: bool = False) -> list[Refund]:
    """What else of its money is held and is nobody's fee, oldest first. To ``lock``, the caller has locked the orders
    that it is held under."""
    query = select(Refund).where(
        Refund.money_id == refund.money_id,
        Refund.refund_id != refund.refund_id,
        Refund.state == "held",
        Refund.because.in_(ASSIGNABLE),
    )
    query = query.order_by(Refund.refund_id).execution_options(populate_existing=True)
    return list(session.scalars(query.with_for_update() if lock else query))


def refunds_of(session: Session, order_ids: Collection[str]) -> dict[str, list[Refund]]:
    """Every refund of some orders, in the order they were opened."""
    query = select(Refund).where(Refund.order_id.in_(order_ids)).order_by(Refund.opened_at, Refund.refund_id)
    found: dict[str, list[Refund]] = {order_id: [] for order_id in order_ids}
    for refund in session.scalars(query):
        found[refund.order_id or ""].append(refund)
    return found


def lock_refund(session: Session, refund_id: str) -> tuple[Refund | None, Order | None]:
    """A refund and its order, as they are now and locked until the transaction ends: the order first, everywhere."""
    order_id = session.scalar(select(Refund.order_id).where(Refund.refund_id == refund_id))
    order = lock_order(session, order_id) if order_id else None
    query = select(Refund).where(Refund.refund_id == refund_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none(), order


def find_refund_by_number(session: Session, refund_number: str) -> Refund | None:
    """By what its provider knows it by."""
    return session.scalars(select(Refund).where(Refund.refund_number == refund_number)).one_or_none()


def claim_due(session: Session, now: datetime) -> Refund | None:
    """The refund whose provider has waited longest to be told or asked, locked; other replicas skip it."""
    query = (
        select(Refund)
        .where(Refund.next_poll_at <= now)
        .order_by(Refund.next_poll_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).one_or_none()


def claim_for_bank(session: Session) -> list[Refund]:
    """Approved refunds of remittances, locked with their orders; another file made at once gets none of them."""
    query = select(Refund.refund_id).join(MoneyReceived)
    query = query.where(Refund.state == "approved", MoneyReceived.method == "bank")
    due = session.scalars(query.order_by(Refund.order_id, Refund.opened_at, Refund.refund_id)).all()
    locked = [lock_refund(session, refund_id)[0] for refund_id in due]
    return [refund for refund in locked if refund is not None and refund.state == "approved"]


def lines_of(session: Session, refund_ids: Collection[str]) -> dict[str, list[RefundLine]]:
    """The lines that each of some refunds returns."""
    query = select(RefundLine).where(RefundLine.refund_id.in_(refund_ids)).order_by(RefundLine.line)
    found: dict[str, list[RefundLine]] = {refund_id: [] for refund_id in refund_ids}
    for line in session.scalars(query):
        found[line.refund_id].append(line)
    return found


def returned(session: Session, order_id: str, *, without: Collection[str] = ()) -> dict[int, int]:
    """Fen of each line of an order that were returned or are to be; ``without`` refunds in some states."""
    query = (
        select(RefundLine.line, func.sum(RefundLine.amount))
        .join(Refund, Refund.refund_id == RefundLine.refund_id)
        .where(RefundLine.order_id == order_id, Refund.state.not_in(("refused", "divided", *without)))
        .group_by(RefundLine.line)
    )
    return {line: int(amount) for line, amount in session.execute(query)}


def returned_money(session: Session, order_id: str) -> dict[int, int]:
    """As :func:`returned`, of what is no fee any more."""
    return returned(session, order_id, without=NO_MONEY)


def actions_of(session: Session, refund_id: str) -> Sequence[RefundAction]:
    """What happened to a refund, in order."""
    query = select(RefundAction).where(RefundAction.refund_id == refund_id)
    return session.scalars(query.order_by(RefundAction.at, RefundAction.action_id)).all()


def listed(
    session: Session, states: Collection[str], words: str, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Refund]:
    """Refunds in some states, the newest first. ``words`` are looked for in title, numbers, payer and amount."""
    query = select(Refund).where(Refund.state.in_(states))
    if before is not None:
        query = query.where(tuple_(Refund.opened_at, Refund.refund_id) < before)
    if words:
        query = query.join(MoneyReceived).outerjoin(Order, Order.order_id == Refund.order_id)
        query = query.where(or_(*(_has(column, words) for column in _SEARCHED), *_amount_is(words)))
    return session.scalars(query.order_by(Refund.opened_at.desc(), Refund.refund_id.desc()).limit(limit)).all()


_SEARCHED = (Order.title, Order.serial_number, Order.payer, MoneyReceived.transaction_id, Refund.refund_id)


def _has(column: InstrumentedAttribute[str], words: str) -> ColumnElement[bool]:
    return column.icontains(words, autoescape=True)


def _amount_is(words: str) -> list[ColumnElement[bool]]:
    """The words as an amount of yuan, if they are one."""
    found = re.fullmatch(r"[¥￥]?([0-9]{1,10})(?:\.([0-9]{2}))?", words.replace(",", ""), re.ASCII)
    return [Refund.amount == int(found[1]) * 100 + int(found[2] or 0)] if found else []


def counts(session: Session) -> dict[str, int]:
    """How many refunds are in each state."""
    return {state: int(n) for state, n in session.execute(select(Refund.state, func.count()).group_by(Refund.state))}
