"""Closed days, append-only, and the sums of the entries of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from chassis.db import run
from chassis.objects.references import NAMES
from sqlalchemy import CheckConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from payment.base import Base
from payment.ledger.store import BOOKING_LOCK


class LedgerClosing(Base):
    """A closed day. ``figures``: account → opening, debit, credit, closing in fen; ``before``: the hash of the closing
    before. Days without entries have none of their own, and are closed with the next."""

    __tablename__ = "ledger_closings"
    __table_args__ = (CheckConstraint("entries > 0", name="has_entries"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]
    entries_sha256: Mapped[str] = mapped_column(info=NAMES)
    figures: Mapped[dict[str, Any]]
    before: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True, info=NAMES)
    closed_at: Mapped[datetime] = mapped_column(server_default=func.now())


def stop_booking(session: Session) -> None:
    """Waits for what is being booked, and keeps anything else from being booked until the transaction ends."""
    run(session, "SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": BOOKING_LOCK})


def last_closing(session: Session, until: date | None = None) -> LedgerClosing | None:
    """The newest closed day, or the newest not after a day."""
    query = select(LedgerClosing).order_by(LedgerClosing.day.desc()).limit(1)
    if until is not None:
        query = query.where(LedgerClosing.day <= until)
    return session.scalars(query).one_or_none()


def next_open_day(session: Session, before: date) -> date | None:
    """The first day with entries that is not closed, of those before a day."""
    found = run(
        session,
        """SELECT min(day) AS day FROM ledger_entries
        WHERE day > coalesce((SELECT max(day) FROM ledger_closings), '-infinity') AND day < %(before)s""",
        {"before": before},
    )
    return found[0].day if found else None


def booked(session: Session, after: date | None, until: date) -> dict[str, tuple[int, int]]:
    """Debit and credit of each account, of the entries of the days after one and until another."""
    rows = run(
        session,
        """SELECT p.account, coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)::bigint AS debit,
            coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0)::bigint AS credit
        FROM ledger_entries e JOIN ledger_postings p USING (entry_id)
        WHERE e.day > coalesce(%(after)s::date, '-infinity') AND e.day <= %(until)s GROUP BY p.account""",
        {"after": after, "until": until},
    )
    return {row.account: (row.debit, row.credit) for row in rows}


def entries_of(session: Session, day: date) -> tuple[int, str]:
    """How many entries a day has, and a SHA-256 over all their postings in the order of their ids."""
    [row] = run(
        session,
        """SELECT count(DISTINCT e.entry_id) AS entries,
            encode(sha256(convert_to(coalesce(string_agg(
                concat_ws(' ', e.entry_id, e.kind, e.reference, p.line, p.account, p.amount), E'\\n'
                ORDER BY e.entry_id, p.line), ''), 'UTF8')), 'hex') AS digest
        FROM ledger_entries e JOIN ledger_postings p USING (entry_id) WHERE e.day = %(day)s""",
        {"day": day},
    )
    return int(row.entries), str(row.digest)


def closings(session: Session, before: date | None, limit: int) -> Sequence[LedgerClosing]:
    """Closed days, the newest first."""
    query = select(LedgerClosing).order_by(LedgerClosing.day.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(LedgerClosing.day < before)).all()


def titles(session: Session) -> dict[str, tuple[str, str]]:
    """Every account with its names."""
    rows = run(session, "SELECT code, title_zh, title_en FROM ledger_accounts", {})
    return {row.code: (row.title_zh, row.title_en) for row in rows}


def income(session: Session, since: date) -> list[Any]:
    """What came and went back by month (Asia/Shanghai) and method, of the months since one."""
    return run(
        session,
        """WITH moved AS (
            SELECT method, received_at AS at, amount AS received, 0 AS refunded FROM money_received
            WHERE received_at >= %(since)s
            UNION ALL
            SELECT m.method, r.closed_at, 0, r.amount FROM refunds r JOIN money_received m USING (money_id)
            WHERE r.state = 'done' AND r.closed_at >= %(since)s)
        SELECT to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, method,
            sum(received)::bigint AS received, sum(refunded)::bigint AS refunded
        FROM moved GROUP BY 1, 2 ORDER BY 1, 2""",
        {"since": since},
    )
