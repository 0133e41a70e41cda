"""The table of scans that imported rows name, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chassis.bulk import copy_lines, escaped
from chassis.db import run
from chassis.objects.references import holds
from contracts.objects import ObjectRef
from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from legacy_bridge.database import Base
from legacy_bridge.scans.model import Refusal, State


class NamedScan(Base):
    """A scan that a row names, the ``place`` counted from 0 within the row. ``path``: as the old system wrote it.
    ``record_id``: of the registration or case whose it is. ``reason``: why it was not taken the last time."""

    __tablename__ = "legacy_scans"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'refused')", name="state"),
        CheckConstraint("(state = 'taken') = (sha256 IS NOT NULL)", name="taken_is_there"),
        CheckConstraint("(state = 'refused') = (reason <> '')", name="refused_with_a_reason"),
        Index("ix_legacy_scans_sha256", "sha256"),
    )

    import_id: Mapped[str] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record_id: Mapped[str]
    path: Mapped[str]
    state: Mapped[State] = mapped_column(Text, server_default="waiting")
    reason: Mapped[str] = mapped_column(server_default="")
    file_name: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str | None] = mapped_column(info=holds())
    size: Mapped[int | None]
    taken_at: Mapped[datetime | None]


class Waiting(NamedTuple):
    """One to be looked for."""

    row_number: int
    place: int
    record_id: str
    path: str


_COLUMNS = ("import_id", "row_number", "place", "record_id", "path")


def note(session: Session, import_id: str, scans: Iterable[Waiting]) -> None:
    """Writes down, with the rows of a batch, what they name."""
    lines = [f"{import_id}\t{one.row_number}\t{one.place}\t{one.record_id}\t{escaped(one.path)}" for one in scans]
    if lines:
        copy_lines(session, NamedScan.__tablename__, _COLUMNS, lines)


def next_ones(session: Session, import_id: str, after: tuple[int, int], limit: int) -> list[Waiting]:
    """Those that are not there yet, of rows that were loaded; locked, and those of another hand passed over."""
    statement = """
        SELECT s.row_number, s.place, s.record_id, s.path FROM legacy_scans s
        JOIN import_rows r ON r.import_id = s.import_id AND r.number = s.row_number AND r.outcome = 'loaded'
        WHERE s.import_id = %(id)s AND s.state <> 'taken' AND (s.row_number, s.place) > (%(row)s, %(place)s)
        ORDER BY s.row_number, s.place LIMIT %(limit)s FOR UPDATE OF s SKIP LOCKED"""
    values = {"id": import_id, "row": after[0], "place": after[1], "limit": limit}
    return [Waiting(row.row_number, row.place, row.record_id, row.path) for row in run(session, statement, values)]


def take(session: Session, import_id: str, scan: Waiting, file_name: str, ref: ObjectRef, at: datetime) -> None:
    """It is there."""
    statement = """
        UPDATE legacy_scans SET state = 'taken', reason = '', file_name = %(name)s, sha256 = %(sha256)s,
            size = %(size)s, taken_at = %(at)s
        WHERE import_id = %(id)s AND row_number = %(row)s AND place = %(place)s"""
    values = {"name": file_name, "sha256": ref.sha256, "size": ref.size, "at": at}
    run(session, statement, {"id": import_id, "row": scan.row_number, "place": scan.place, **values})


def refuse(session: Session, import_id: str, scan: Waiting, reason: Refusal) -> None:
    """It could not be taken this time."""
    statement = """
        UPDATE legacy_scans SET state = 'refused', reason = %(reason)s
        WHERE import_id = %(id)s AND row_number = %(row)s AND place = %(place)s"""
    run(session, statement, {"id": import_id, "row": scan.row_number, "place": scan.place, "reason": reason})


def tally(session: Session, import_id: str) -> Sequence[Any]:
    """``(state, reason, count, row_number, path)``: how many stand so, and the first of them; of rows that were
    loaded."""
    statement = """
        SELECT s.state, s.reason, count(*) AS count, min(s.row_number) AS row_number,
            (array_agg(s.path ORDER BY s.row_number, s.place))[1] AS path
        FROM legacy_scans s
        JOIN import_rows r ON r.import_id = s.import_id AND r.number = s.row_number AND r.outcome = 'loaded'
        WHERE s.import_id = %(id)s GROUP BY s.state, s.reason ORDER BY count(*) DESC, s.state, s.reason"""
    return run(session, statement, {"id": import_id})


def forget(session: Session, import_id: str) -> list[str]:
    """All of an import; the objects that they were."""
    statement = "DELETE FROM legacy_scans WHERE import_id = %(id)s RETURNING sha256"
    return [row.sha256 for row in run(session, statement, {"id": import_id}) if row.sha256]
