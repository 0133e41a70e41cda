"""Scans that the old system had kept of a registration or case, as they are taken over."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.base import Identifier, Model
from contracts.objects import ObjectRef


class TakenScan(Model):
    """``file_id`` is the same whenever the same scan of a record comes; ``file_name`` has the ending of what the file
    is. The bytes lie in the common space."""

    file_id: Identifier
    record_id: Identifier
    file_name: str
    object: ObjectRef
    taken_at: datetime


class ScansTaken(Model):
    """Some scans of registrations that an import brought; a few at a time. Said again, it is the same."""

    import_id: Identifier
    scans: list[TakenScan]


class RefusedScans(Model):
    """Scans that could not be taken for one reason; the first of them by its row and the path that it names."""

    reason: str
    count: int
    row_number: int
    path: str


class ScanTally(Model):
    """Scans that rows of an import name, of rows that were loaded."""

    named: int = 0
    taken: int = 0
    waiting: int = Field(default=0, description="not looked for yet")
    refused: list[RefusedScans] = []


class LegacyPaper(Model):
    """A scan as its holder sees it."""

    file_id: str
    file_name: str
    size: int


class OpenLegacyPaper(Model):
    """A scan of a finished registration."""

    record_id: Identifier
    file_id: Identifier
