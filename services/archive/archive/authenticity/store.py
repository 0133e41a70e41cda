"""Files that somebody wants checked: the queue for the worker, and the findings while they are fresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base


class FileCheck(Base):
    """One file, by its hash. ``findings`` is what the sandbox said; kept for minutes: keys can be revoked."""

    __tablename__ = "file_checks"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (findings IS NULL)", name="done_has_findings"),
        Index("ix_file_checks_queued", "requested_at", postgresql_where=text("done_at IS NULL")),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    findings: Mapped[dict[str, Any] | None]
    done_at: Mapped[datetime | None]


_CLAIM = text(
    """
    UPDATE file_checks SET attempts = attempts + 1, lease_until = clock_timestamp() + :lease
    WHERE sha256 = (
        SELECT sha256 FROM file_checks
        WHERE done_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
        ORDER BY requested_at LIMIT 1
        FOR UPDATE SKIP LOCKED)
    RETURNING sha256, attempts
    """
)


@contextmanager
def aside(session: Session) -> Iterator[Session]:
    """A short transaction of its own beside the caller's, so that a worker sees the request while the caller waits."""
    with Session(session.get_bind()) as own, own.begin():
        yield own


def request_check(session: Session, sha256: str, size: int, channel: str) -> None:
    """Asks for a check, unless one is waiting already, and wakes the workers. Stale findings are dropped."""
    statement = insert(FileCheck).values(sha256=sha256, size=size)
    statement = statement.on_conflict_do_update(
        index_elements=[FileCheck.sha256],
        set_={
            "findings": null(),
            "done_at": None,
            "attempts": 0,
            "lease_until": None,
            "requested_at": func.clock_timestamp(),
        },
        where=FileCheck.done_at.is_not(None),
    )
    session.execute(statement)
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})


def fresh_findings(session: Session, sha256: str, fresh: timedelta) -> dict[str, Any] | None:
    """What was found in these bytes a moment ago."""
    return session.execute(
        select(FileCheck.findings).where(FileCheck.sha256 == sha256, FileCheck.done_at > func.clock_timestamp() - fresh)
    ).scalar_one_or_none()


def claim(session: Session, lease: timedelta) -> tuple[str, int] | None:
    """The next file to check with the number of attempts; the caller commits before it starts."""
    row = session.execute(_CLAIM, {"lease": lease}).one_or_none()
    return (row.sha256, row.attempts) if row else None


def store_findings(session: Session, sha256: str, found: dict[str, Any]) -> None:
    session.execute(
        update(FileCheck)
        .where(FileCheck.sha256 == sha256, FileCheck.done_at.is_(None))
        .values(findings=found, done_at=func.clock_timestamp())
    )


def forget(session: Session, older_than: timedelta) -> int:
    """Forgets old requests; returns how many."""
    statement = delete(FileCheck).where(FileCheck.requested_at < func.clock_timestamp() - older_than)
    return len(session.execute(statement.returning(FileCheck.sha256)).all())
