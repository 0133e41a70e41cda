"""What the old system had kept of a case on paper, as scans that came with an import."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.db import run
from contracts.legacy.scans import TakenScan
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from legacy_bridge.cases.store import LegacyFileRow


def add(session: Session, import_id: str, scans: Sequence[TakenScan], *, checked: bool) -> None:
    """They are there; twice they are once. ``checked``: for malware."""
    rows = [
        {
            "file_id": one.file_id,
            "record_id": one.record_id,
            "import_id": import_id,
            "file_name": one.file_name,
            "sha256": one.object.sha256,
            "size": one.object.size,
            "scanned": "clean" if checked else "",
            "sent_at": one.taken_at,
        }
        for one in scans
    ]
    session.execute(insert(LegacyFileRow).values(rows).on_conflict_do_nothing())


def of_case(session: Session, record_id: str) -> Sequence[LegacyFileRow]:
    """In the order in which they came."""
    row = LegacyFileRow
    query = select(row).where(row.record_id == record_id, row.import_id.is_not(None))
    return session.scalars(query.order_by(row.sent_at, row.file_name, row.file_id)).all()


def withdraw(session: Session, import_id: str) -> list[str]:
    """Takes out all that came with an import; the objects that they were."""
    statement = "DELETE FROM legacy_files WHERE import_id = %(id)s RETURNING sha256"
    return [row.sha256 for row in run(session, statement, {"id": import_id})]
