"""Files that somebody wants checked: the queue for the worker, and the findings while they are fresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chassis.db import run
from chassis.keeping.held import release
from chassis.objects.references import holds
from chassis.work import Leased, Rank, Sender, Terms, drop_unwanted, indexes, take_turn
from sqlalchemy import CheckConstraint, ColumnElement, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.authenticity.model import CHANNEL, NOT_CHECKED, PATIENCE_SECONDS
from archive.database import Base

_PATIENCE = timedelta(seconds=PATIENCE_SECONDS)


class FileCheck(Leased, Base):
    """One file, by its hash. ``findings`` is what the confined process said; kept for minutes: keys can be revoked.
    ``evidence`` is said with them and kept beside them: a release that is gone back to takes no other word in
    ``findings`` than it knows.

    A file that several wait for is one piece, of the one among them who is served first.
    """

    OPEN = "done_at IS NULL"
    TERMS = Terms(
        CHANNEL,
        lease=timedelta(seconds=20),
        attempts=2,
        again=timedelta(seconds=1),
        most={Rank.OFFICE: 20, Rank.SIGNED_IN: 8, Rank.VISITOR: 4},
        wanted=dict.fromkeys(Rank, _PATIENCE),
    )

    __tablename__ = "file_checks"
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (findings IS NULL)", name="done_has_findings"),
        *indexes("file_checks", OPEN),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True, info=holds())
    size: Mapped[int]
    findings: Mapped[dict[str, Any] | None]
    evidence: Mapped[str] = mapped_column(server_default="")
    done_at: Mapped[datetime | None]


@contextmanager
def aside(session: Session) -> Iterator[Session]:
    """A short transaction of its own beside the caller's, so that a worker sees the request while the caller waits."""
    with Session(session.get_bind()) as own, own.begin():
        yield own


_REQUEST = """
    INSERT INTO file_checks AS f (sha256, size, rank, party, turn, wanted_until, queued_at)
    VALUES (%(sha256)s, %(size)s, %(rank)s, %(party)s, %(turn)s, clock_timestamp() + %(patience)s, clock_timestamp())
    ON CONFLICT (sha256) DO UPDATE SET
        findings = NULL, evidence = '', done_at = NULL, wanted_until = excluded.wanted_until,
        attempts = CASE WHEN f.done_at IS NULL THEN f.attempts ELSE 0 END,
        lease = CASE WHEN f.done_at IS NULL THEN f.lease END,
        leased_until = CASE WHEN f.done_at IS NULL THEN f.leased_until END,
        queued_at = CASE WHEN f.done_at IS NULL THEN f.queued_at ELSE excluded.queued_at END,
        (rank, turn, party) = (
            SELECT first.* FROM (VALUES (f.rank, f.turn, f.party), (excluded.rank, excluded.turn, excluded.party)) first
            WHERE f.done_at IS NULL OR first = ROW(excluded.rank, excluded.turn, excluded.party)
            ORDER BY 1, 2 LIMIT 1)"""


def request_check(session: Session, sha256: str, size: int, sender: Sender) -> None:
    """Asks for a check and wakes the workers. One that waits already serves both; stale findings are dropped.

    Problem ``work_too_many``.
    """
    facts = {"sha256": sha256, "size": size, "rank": sender.rank, "party": sender.party, "patience": _PATIENCE}
    run(session, _REQUEST, {**facts, "turn": take_turn(session, FileCheck, sender)})
    run(session, "SELECT pg_notify(%(channel)s, '')", {"channel": CHANNEL})


def fresh_findings(
    session: Session, sha256: str, fresh: timedelta, *, since: datetime | None = None
) -> dict[str, Any] | None:
    """What was found in these bytes a moment ago. That they could not be checked is told only to those who waited:
    asked for ``since`` when."""
    statement = select(FileCheck.findings, FileCheck.evidence, FileCheck.done_at).where(
        FileCheck.sha256 == sha256, FileCheck.done_at > func.clock_timestamp() - fresh
    )
    row = session.execute(statement).one_or_none()
    if row is None or row.findings is None:
        return None
    if NOT_CHECKED in row.findings["problems"] and (since is None or row.done_at < since):
        return None
    return {"evidence": row.evidence, **row.findings}


def leave(session: Session, sha256: str) -> None:
    """The caller has waited long enough: unless others wait for it, or it is in hand, the file is not checked."""
    _forget(
        session,
        FileCheck.sha256 == sha256,
        FileCheck.done_at.is_(None),
        FileCheck.lease.is_(None),
        FileCheck.wanted_until < func.clock_timestamp() + _PATIENCE / 8,
    )


def store_findings(session: Session, sha256: str, found: dict[str, Any]) -> None:
    """What the check of the file came to; the first result stays when two replicas looked at it."""
    kept = {name: said for name, said in found.items() if name != "evidence"}
    session.execute(
        update(FileCheck)
        .where(FileCheck.sha256 == sha256, FileCheck.done_at.is_(None))
        .values(findings=kept, evidence=found.get("evidence", ""), done_at=func.clock_timestamp())
    )


def forget(session: Session, older_than: timedelta) -> int:
    """Forgets old requests; returns how many."""
    return _forget(session, FileCheck.queued_at < func.clock_timestamp() - older_than)


def forget_unwanted(session: Session) -> int:
    """Forgets files that nobody waits for any more and nobody checks; returns how many."""
    return drop_unwanted(session, FileCheck, lambda keys: _forget(session, FileCheck.sha256.in_(keys)))


def _forget(session: Session, *conditions: ColumnElement[bool]) -> int:
    gone = session.scalars(delete(FileCheck).where(*conditions).returning(FileCheck.sha256)).all()
    release(session, gone)
    return len(gone)
