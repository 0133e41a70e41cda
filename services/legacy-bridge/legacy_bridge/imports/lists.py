"""What the office's pages ask of the tables of imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chassis.db import run
from sqlalchemy import select
from sqlalchemy.orm import Session

from legacy_bridge.imports.store import Import, ImportCheck


def newest(session: Session, before: str | None, limit: int) -> Sequence[Import]:
    """Imports by their ids, which say when they began, the newest first."""
    query = select(Import)
    if before:
        query = query.where(Import.import_id < before)
    return session.scalars(query.order_by(Import.import_id.desc()).limit(limit)).all()


def last_check(session: Session, import_id: str) -> ImportCheck | None:
    """The verification that was asked for last."""
    query = select(ImportCheck).where(ImportCheck.import_id == import_id)
    return session.scalars(query.order_by(ImportCheck.asked_at.desc()).limit(1)).one_or_none()


def samples(session: Session, import_id: str) -> Iterator[tuple[int, bytes]]:
    """``(batch, sealed)`` of the batches that have one."""
    statement = """
        SELECT batch, sample FROM import_batches WHERE import_id = %(id)s AND sample IS NOT NULL ORDER BY batch"""
    return ((row.batch, bytes(row.sample)) for row in run(session, statement, {"id": import_id}))


def rejected_after(session: Session, import_id: str, after: int, limit: int) -> Sequence[Any]:
    """Rejected rows behind a row of the source, each with its ``batch`` and its place in it (``place_in_batch``)."""
    statement = """
        SELECT r.number, r.reason, r.field, r.other_import, r.other_row, b.batch,
            r.number - b.first_row AS place_in_batch
        FROM import_rows r JOIN import_batches b
          ON b.import_id = r.import_id AND r.number BETWEEN b.first_row AND b.last_row
        WHERE r.import_id = %(id)s AND r.number > %(after)s AND r.outcome = 'rejected'
        ORDER BY r.number LIMIT %(limit)s"""
    return run(session, statement, {"id": import_id, "after": after, "limit": limit})
