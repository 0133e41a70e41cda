"""Imports as the office sees them: how far they are, what came of every row, and both sides of some rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Identifier, Model
from contracts.legacy.events import FieldSum, TargetName
from contracts.legacy.scans import ScanTally
from contracts.paging import Page
from contracts.text import Paragraphs

ImportState = Literal["reading", "loading", "done", "failed", "withdrawing", "withdrawn"]
Undo = Literal["offered", "not_ended", "nothing_loaded", "built_upon", "undone"]
SAMPLED = 10
"""Rows of an import of which both sides are shown."""
REJECTS_ADD = ("_row", "_reason", "_field", "_other", "_original")
"""Columns of a file of rejects besides those of the source; a mapping passes over names that begin so."""
_SECRET = frozenset({"password_md5", "salt"})
_PERSONAL: Mapping[TargetName, frozenset[str]] = {
    "registrations": frozenset({"authors", "owners", "login"}),
    "accounts": frozenset({"login", "name", "id_number", "email", "mobile"}),
    "cases": frozenset({"login"}),
}


def masked(target: TargetName, fields: Mapping[str, str]) -> dict[str, str]:
    """A record as it may be looked at beside its other side: of what is a person's the ends, of passwords nothing."""
    personal = _PERSONAL[target]
    return {name: _ends(value) if name in personal else value for name, value in fields.items() if name not in _SECRET}


def _ends(value: str) -> str:
    shown = 2 if len(value) >= 11 else 1
    return f"{value[:shown]}***{value[-shown:] if len(value) > 3 else ''}" if value else ""


class ReadingPart(Model):
    """One statement of how a source is read: a code of the bridge's ``sources.statements`` and its values."""

    code: str
    params: dict[str, str | int] = {}


class LegacyImportItem(Model):
    """A line of the list. ``reading``: how the source is read (form, encoding) and by what evidence, ``stated`` in
    English. ``begun_by``: the name that the operator had on their machine. ``rows`` have been judged."""

    import_id: str
    state: ImportState
    mapping: str
    target: TargetName
    source: str = Field(description="a file by its name, a database by its address without the password")
    stated: str
    reading: list[ReadingPart] = []
    begun_by: str
    begun_at: datetime
    ended_at: datetime | None
    dry_run: bool
    rows: int
    progress: float = Field(ge=0, le=1)


class LegacyImports(Model):
    """The newest first."""

    items: list[LegacyImportItem]
    next_cursor: str | None = None


class LegacyImportRef(Model):
    import_id: Identifier


class UndoLegacyImport(LegacyImportRef):
    """``reason``: needed; it stays with the import."""

    reason: Annotated[str, Paragraphs(500)] = ""


class RejectReason(Model):
    """Why rows were rejected; ``example`` is the first of them."""

    reason: str
    field: str
    count: int
    example: int


class BothSides(Model):
    """A field of all loaded rows; ``theirs`` is None while its owner has not answered, and where nothing was stored."""

    field: str
    ours: FieldSum
    theirs: FieldSum | None


class CheckDifference(Model):
    """``field`` is empty where the rows differ in number."""

    field: str
    expected: int
    found: int


class LegacyImportCheck(Model):
    """What a verification found; ``rows`` is None while it is under way, or was broken off."""

    asked_at: datetime
    rows: int | None
    differences: list[CheckDifference] = []
    not_compared: list[str] = []


class SampledRow(Model):
    """What the source says of a row, masked; ``held``: what its owner has, where that is the bridge itself."""

    row_number: int
    record_id: str
    said: dict[str, str]
    held: dict[str, str] | None = None


class LegacySample(Model):
    """The same rows whoever asks, in the order of the source."""

    items: list[SampledRow]


class LegacyImportView(LegacyImportItem):
    """``resting``: nobody reads it now. ``failure``: a code, or empty. ``whole``: each row has one outcome, none is
    missing. ``undo``: whether it can be undone, as far as the bridge knows; ``built_upon`` so many rows.
    ``undone_by``: who had it undone last, an account of staff or a name on the operator's machine, and why."""

    failure: str
    resting: bool
    rows_per_second: float
    seconds_left: int | None
    counts: dict[str, int]
    whole: bool
    agrees: bool
    reasons: list[RejectReason]
    fields: list[BothSides]
    scans: ScanTally = ScanTally()
    check: LegacyImportCheck | None
    undo: Undo
    built_upon: int = 0
    undone_by: str = ""
    undone_because: str = ""
    undone_at: datetime | None = None


class ListRejects(Page):
    """``values``: with what the source says of the row, which may be anybody's data (audited)."""

    import_id: Identifier
    values: bool = False


class RejectedRow(Model, personal=("values", "original")):
    """``values`` by ``columns``, empty where the row could not be read: then ``original`` is what there was of it."""

    row_number: int
    reason: str
    field: str
    other_import: str | None
    other_row: int | None
    values: list[str] = []
    original: str = ""


class RejectedRows(Model):
    """In the order of the source."""

    columns: list[str]
    items: list[RejectedRow]
    next_cursor: str | None = None


class HeldAsked(Model):
    """What does the owner have of these records, which an import brought?"""

    import_id: Identifier
    record_ids: list[Identifier] = Field(max_length=SAMPLED)


class HeldRecords(Model):
    """By record id, masked; one that is not there is not held. ``built_upon``: rows that somebody relies on by now."""

    records: dict[str, dict[str, str]]
    built_upon: int = 0
