"""What an operator sees of the queues of one service's database, and the release of what was parked.

The queues are found in the database's own catalogue: whoever looks need not know the service's tables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, func, select, text, update
from sqlalchemy.orm import Session

_QUEUES = text("""
    SELECT t.relname AS table, k.attname AS key, pg_get_expr(i.indpred, i.indrelid) AS waiting
    FROM pg_class t
    JOIN pg_index i ON i.indrelid = t.oid
    JOIN pg_class n ON n.oid = i.indexrelid AND n.relname = 'ix_' || t.relname || '_turn'
    JOIN pg_index p ON p.indrelid = t.oid AND p.indisprimary
    JOIN pg_attribute k ON k.attrelid = t.oid AND k.attnum = p.indkey[0]
    WHERE t.relnamespace = current_schema()::regnamespace
      AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'parked_at')
    ORDER BY t.relname
    """)


@dataclass(frozen=True)
class Queue:
    """A table of leased work. ``in_queue``: SQL that is true of a row in it, as its index has it."""

    table: str
    key: str
    in_queue: str

    def description(self) -> Table:
        """As far as every queue is alike."""
        stamps = ("queued_at", "parked_at", "leased_until")
        return Table(
            self.table,
            MetaData(),
            Column(self.key, Text, key="key"),
            *(Column(name, DateTime(timezone=True)) for name in stamps),
            Column("attempts", Integer),
            Column("lease", Text),
            Column("last_error", Text),
        )


@dataclass(frozen=True)
class Counts:
    """``waiting`` for a hand, also for its next attempt; ``held`` by one; ``parked``."""

    queue: str
    waiting: int
    held: int
    parked: int


@dataclass(frozen=True)
class Parked:
    """A piece that waits for a person."""

    queue: str
    key: str
    attempts: int
    queued_at: datetime
    parked_at: datetime
    error: str


def queues(session: Session) -> Sequence[Queue]:
    """Of the database that the session is connected to."""
    return [Queue(row.table, row.key, row.waiting) for row in session.execute(_QUEUES)]


def counts(session: Session) -> Sequence[Counts]:
    """One for each queue."""
    found = []
    for queue in queues(session):
        table = queue.description()
        columns = table.c
        held = columns.lease.is_not(None) & (columns.leased_until > func.clock_timestamp())
        in_queue, held_now, parked_now = session.execute(
            select(
                func.count().filter(text(queue.in_queue)),
                func.count().filter(text(queue.in_queue), held),
                func.count().filter(columns.parked_at.is_not(None)),
            ).select_from(table)
        ).one()
        found.append(Counts(queue.table, in_queue - held_now, held_now, parked_now))
    return found


def parked(session: Session, limit: int = 100) -> Sequence[Parked]:
    """Of each queue at most ``limit``, the newest first."""
    found = []
    for queue in queues(session):
        columns = queue.description().c
        rows = session.execute(
            select(columns.key, columns.attempts, columns.queued_at, columns.parked_at, columns.last_error)
            .where(columns.parked_at.is_not(None))
            .order_by(columns.parked_at.desc())
            .limit(limit)
        )
        found += [Parked(queue.table, *row) for row in rows]
    return found


def release(session: Session, keys: Collection[str] = ()) -> int:
    """Gives parked pieces (all, or those with these keys) to the hands again, with all their attempts; how many."""
    count = 0
    for queue in queues(session):
        table = queue.description()
        change = update(table).where(table.c.parked_at.is_not(None)).returning(table.c.key)
        if keys:
            change = change.where(table.c.key.in_(keys))
        fresh = {"parked_at": None, "attempts": 0, "lease": None, "leased_until": None}
        count += len(session.execute(change.values(fresh)).all())
    return count
