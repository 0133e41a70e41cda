"""The record of the queue (append-only), its chain, and the figures of each day (frozen)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from filing.base import Base
from filing.queue.model import GENESIS, chained


class QueueEntryRow(Base):
    """Something that happened to a case in the queue: who, when, why, and by which rule it had its place. ``due_on``:
    the day that it is placed by; ``ahead``: of a claim, how many of its type that waited were due on an earlier day."""

    __tablename__ = "queue_entries"
    __table_args__ = (
        CheckConstraint("event IN ('entered', 'moved', 'claimed', 'returned', 'left')", name="event"),
        CheckConstraint("(event = 'claimed') = (ahead IS NOT NULL)", name="ahead_of_claims"),
        CheckConstraint("ahead IS NULL OR ahead = 0 OR reason <> ''", name="out_of_order_has_reason"),
        Index("ix_queue_entries_case_id", "case_id", "id"),
        Index("ix_queue_entries_at", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    request_id: Mapped[str]
    event: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    due_on: Mapped[date | None]
    ahead: Mapped[int | None]
    rule: Mapped[str]

    def said(self) -> dict[str, Any]:
        """What the chain is made over: everything of the entry."""
        return {
            "id": self.id,
            "case_id": self.case_id,
            "request_id": self.request_id,
            "event": self.event,
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": self.actor,
            "reason": self.reason,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "ahead": self.ahead,
            "rule": self.rule,
        }


class QueueLinkRow(Base):
    """The number of an entry, without gaps, and the hash over it and all before it. Append-only.

    Numbers are given after the fact, a moment later: given with the entry, every acceptance would wait for every other.
    """

    __tablename__ = "queue_links"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("queue_entries.id"), unique=True)
    hash: Mapped[str]


class QueueDayRow(Base):
    """The public figures of a legal day, as it began. Append-only."""

    __tablename__ = "queue_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]


def link(session: Session, limit: int) -> int:
    """Chains entries that have no number yet, in the order of their ids; one replica at a time. Returns how many."""
    unlinked = (
        select(QueueEntryRow)
        .outerjoin(QueueLinkRow, QueueLinkRow.entry_id == QueueEntryRow.id)
        .where(QueueLinkRow.entry_id.is_(None))
        .order_by(QueueEntryRow.id)
        .limit(limit)
    )
    if session.scalars(unlinked.limit(1)).first() is None:
        return 0
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("queue_links"))))
    number, last = head(session)
    rows = session.scalars(unlinked).all()
    for row in rows:
        number, last = number + 1, chained(last, number + 1, row.said())
        session.add(QueueLinkRow(number=number, entry_id=row.id, hash=last))
    session.flush()
    return len(rows)


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last link; 0 and zeros before the first."""
    found = session.execute(
        select(QueueLinkRow.number, QueueLinkRow.hash).order_by(QueueLinkRow.number.desc()).limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else (0, GENESIS)


def broken_at(session: Session) -> int | None:
    """The number of the first entry that is not as it was when it was chained, or is gone; None when all are."""
    last, expected = GENESIS, 1
    query = (
        select(QueueLinkRow, QueueEntryRow)
        .outerjoin(QueueEntryRow, QueueEntryRow.id == QueueLinkRow.entry_id)
        .order_by(QueueLinkRow.number)
        .execution_options(yield_per=1000)
    )
    for found, entry in session.execute(query):
        if entry is None or found.number != expected or found.hash != chained(last, expected, entry.said()):
            return expected
        last, expected = found.hash, expected + 1
    return None


def frozen(session: Session, day: date) -> bool:
    """Whether the figures of a day are there."""
    return session.get(QueueDayRow, day) is not None


def freeze(session: Session, day: date, figures: dict[str, Any]) -> None:
    """Keeps the figures of a day; the first replica's count."""
    session.execute(insert(QueueDayRow).values(day=day, figures=figures).on_conflict_do_nothing())


def days(session: Session, limit: int) -> Sequence[QueueDayRow]:
    """The newest figures first."""
    return session.scalars(select(QueueDayRow).order_by(QueueDayRow.day.desc()).limit(limit)).all()


_WAITING = text("""
    SELECT type, greatest(CAST(:today AS date) - CAST(accepted_at AT TIME ZONE 'Asia/Shanghai' AS date), 0) AS days,
        count(*) FROM cases
    WHERE state = 'accepted' AND NOT (paper_required AND paper_received_at IS NULL) GROUP BY 1, 2
    """)
_CLAIMED = text("""
    SELECT c.type, greatest(CAST(e.at AT TIME ZONE 'Asia/Shanghai' AS date)
        - CAST(c.accepted_at AT TIME ZONE 'Asia/Shanghai' AS date), 0) AS days,
        count(*), count(*) FILTER (WHERE e.ahead > 0)
    FROM queue_entries e JOIN cases c ON c.id = e.case_id
    WHERE e.event = 'claimed' AND e.at >= :since GROUP BY 1, 2
    """)
_HURRIED = text("""
    SELECT tier, min(tier_zh), min(tier_en), count(*), count(*) FILTER (WHERE state = 'active'),
        count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'missed')
    FROM expedites WHERE asked_at >= :since GROUP BY 1 ORDER BY 1
    """)


def waiting_days(session: Session, today: date) -> dict[str, dict[int, int]]:
    """How many cases of each type wait for an examiner, by calendar days since acceptance."""
    found: dict[str, dict[int, int]] = {}
    for filing_type, length, count in session.execute(_WAITING, {"today": today}):
        found.setdefault(filing_type, {})[int(length)] = int(count)
    return found


def claims(session: Session, since: datetime) -> dict[str, tuple[dict[int, int], int]]:
    """Of each type: how long claimed cases had waited, and how many were claimed out of order."""
    found: dict[str, tuple[dict[int, int], int]] = {}
    for filing_type, length, count, beside in session.execute(_CLAIMED, {"since": since}):
        lengths, before = found.get(filing_type, ({}, 0))
        found[filing_type] = ({**lengths, int(length): int(count)}, before + int(beside))
    return found


def hurried(session: Session, since: datetime) -> list[tuple[str, str, str, int, int, int, int]]:
    """Of each tier: code, words, and how many were asked, are active, were kept and missed."""
    return [tuple(row) for row in session.execute(_HURRIED, {"since": since})]
