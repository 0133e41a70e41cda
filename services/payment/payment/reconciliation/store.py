"""Days compared with providers, and their differences. A difference stays when it is cleared or explained."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from chassis.db import run
from chassis.objects.references import NAMES
from chassis.work import Leased, Terms, indexes
from contracts.books import DifferenceKind
from contracts.payment import Method
from sqlalchemy import CheckConstraint, Text, UniqueConstraint, func, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.reconciliation.model import Key, Record, What

_OPEN = "state = 'waiting'"


class DayCompared(Leased, Base):
    """One day (Asia/Shanghai) with one provider; waits in a leased queue for its bill. Counts are of the last run."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        UniqueConstraint("day", "method"),
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state_known"),
        *indexes("reconciliations", _OPEN),
    )
    OPEN: ClassVar[str] = _OPEN
    TERMS: ClassVar[Terms] = Terms(
        "payment_reconciliation", lease=timedelta(minutes=2), attempts=12, again=timedelta(minutes=1)
    )

    reconciliation_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    method: Mapped[Method] = mapped_column(Text)
    state: Mapped[str] = mapped_column(server_default="waiting")
    our_payments: Mapped[int] = mapped_column(server_default="0")
    our_refunds: Mapped[int] = mapped_column(server_default="0")
    their_payments: Mapped[int] = mapped_column(server_default="0")
    their_refunds: Mapped[int] = mapped_column(server_default="0")
    rows: Mapped[int] = mapped_column(server_default="0")
    bill_sha256: Mapped[str] = mapped_column(server_default="", info=NAMES)
    compared_at: Mapped[datetime | None]


class DifferenceFound(Base):
    """What a bill and the books do not say alike; unique by day, provider and number, so that a second run finds it
    again."""

    __tablename__ = "differences"
    __table_args__ = (
        UniqueConstraint("day", "method", "what", "number"),
        CheckConstraint("(explained_by IS NULL) = (explained_at IS NULL)", name="explained_has_time"),
    )

    difference_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    method: Mapped[Method] = mapped_column(Text)
    kind: Mapped[DifferenceKind] = mapped_column(Text)
    what: Mapped[What] = mapped_column(Text)
    number: Mapped[str] = mapped_column(index=True)
    ours: Mapped[int | None]
    theirs: Mapped[int | None]
    our_state: Mapped[str]
    their_state: Mapped[str]
    explanation: Mapped[str] = mapped_column(server_default="")
    explained_by: Mapped[str | None]
    explained_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]

    @property
    def open(self) -> bool:
        return self.explained_by is None and self.cleared_at is None


_OURS = """
    SELECT 'payment' AS what, transaction_id AS number, amount, coalesce(provider_paid_at, received_at) AS at,
        'paid' AS state, true AS good
    FROM money_received WHERE method = %(method)s
    UNION ALL
    SELECT 'refund', coalesce(r.refund_number, r.refund_id), r.amount,
        CASE WHEN m.method = 'bank' THEN coalesce(r.refunded_at, r.closed_at, r.sent_at) ELSE r.sent_at END,
        r.state, r.state = 'done'
    FROM refunds r JOIN money_received m USING (money_id) WHERE m.method = %(method)s AND r.sent_at IS NOT NULL"""


def records_of(session: Session, method: Method, day: date) -> list[Record]:
    """Payments and refunds of a day in the books, by their times at the provider."""
    statement = f"""SELECT * FROM ({_OURS}) AS ours WHERE at >= %(begins)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND at < %(ends)s::timestamp AT TIME ZONE 'Asia/Shanghai'"""  # noqa: S608  constants
    rows = run(session, statement, {"method": method, "begins": day, "ends": day + timedelta(days=1)})
    return [Record(**row._asdict()) for row in rows]


def records_by_number(session: Session, method: Method, numbers: Collection[str]) -> dict[Key, Record]:
    """Of any day, by the numbers that a bill has."""
    statement = f"SELECT * FROM ({_OURS}) AS ours WHERE number = ANY(%(numbers)s)"  # noqa: S608  constants
    found = [Record(**row._asdict()) for row in run(session, statement, {"method": method, "numbers": [*numbers]})]
    return {(record.what, record.number): record for record in found}


def differences_of(session: Session, day: date, method: Method) -> Sequence[DifferenceFound]:
    """Every difference that was found for a day, those that were cleared too."""
    query = select(DifferenceFound).where(DifferenceFound.day == day, DifferenceFound.method == method)
    return session.scalars(query.order_by(DifferenceFound.what, DifferenceFound.number)).all()


def waiting_elsewhere(session: Session, day: date, method: Method, numbers: Collection[str]) -> list[DifferenceFound]:
    """Open differences of other days about the same payments and refunds."""
    query = select(DifferenceFound).where(
        DifferenceFound.method == method,
        DifferenceFound.day != day,
        DifferenceFound.number.in_(numbers),
        DifferenceFound.explained_by.is_(None),
        DifferenceFound.cleared_at.is_(None),
    )
    return list(session.scalars(query))


def find_day(session: Session, day: date, method: Method, *, lock: bool = False) -> DayCompared | None:
    """A day with a provider or the bank."""
    query = select(DayCompared).where(DayCompared.day == day, DayCompared.method == method)
    if lock:
        query = query.with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def known_days(session: Session, since: date) -> set[tuple[date, Method]]:
    """Which days are compared already, or wait."""
    query = select(DayCompared.day, DayCompared.method).where(DayCompared.day >= since)
    return {(day, method) for day, method in session.execute(query)}


def days(session: Session, before: tuple[date, str] | None, limit: int, *, open_only: bool) -> Sequence[DayCompared]:
    """The newest first. ``open_only``: with a difference that nobody has explained, or without a bill."""
    query = select(DayCompared)
    if before is not None:
        query = query.where(tuple_(DayCompared.day, DayCompared.reconciliation_id) < before)
    if open_only:
        unexplained = select(DifferenceFound.difference_id).where(
            DifferenceFound.day == DayCompared.day,
            DifferenceFound.method == DayCompared.method,
            DifferenceFound.explained_by.is_(None),
            DifferenceFound.cleared_at.is_(None),
        )
        query = query.where(or_(unexplained.exists(), DayCompared.state == "failed"))
    query = query.order_by(DayCompared.day.desc(), DayCompared.reconciliation_id.desc())
    return session.scalars(query.limit(limit)).all()


def tallies(session: Session, wanted: Collection[DayCompared]) -> dict[tuple[date, Any], tuple[int, int]]:
    """How many differences each of some days has, and how many of them nobody has explained."""
    open_ = DifferenceFound.explained_by.is_(None)
    query = (
        select(DifferenceFound.day, DifferenceFound.method, func.count(), func.count().filter(open_))
        .where(DifferenceFound.day.in_({one.day for one in wanted}), DifferenceFound.cleared_at.is_(None))
        .group_by(DifferenceFound.day, DifferenceFound.method)
    )
    return {(day, method): (int(all_), int(left)) for day, method, all_, left in session.execute(query)}


def count_open(session: Session) -> int:
    """Differences that nobody has explained."""
    query = select(func.count()).where(DifferenceFound.explained_by.is_(None), DifferenceFound.cleared_at.is_(None))
    return int(session.scalar(query) or 0)
