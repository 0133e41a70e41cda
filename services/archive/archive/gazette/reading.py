"""Records of a day as they are announced."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.gazette import GazetteItem
from sqlalchemy.orm import Session

from archive.gazette import store
from archive.gazette.model import announced, item_of


def items_of(session: Session, rows: Sequence[store.Announcement]) -> list[GazetteItem]:
    """Each as it stood after its record, whatever came later: the records of all numbers in one question."""
    records = store.histories(session, {row.registration_number for row in rows})
    return [
        item_of(
            row.registration_number,
            row.certificate_number,
            announced([record for record in records[row.registration_number] if record.sequence <= row.sequence]),
        )
        for row in rows
    ]
