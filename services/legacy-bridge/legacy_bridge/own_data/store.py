"""Files of a case of the old system."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from legacy_bridge.cases.store import LegacyFileRow


def files_of(session: Session, record_id: str) -> Sequence[LegacyFileRow]:
    """In the order in which they came."""
    query = select(LegacyFileRow).where(LegacyFileRow.record_id == record_id)
    return session.scalars(query.order_by(LegacyFileRow.sent_at, LegacyFileRow.file_id)).all()
