"""What came of an import: every row accounted for, every field summed up on both sides, and the rejects as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from chassis.sealing import Sealing
from chassis.spreadsheets import write_row
from contracts.legacy import TARGETS, FieldSum, together
from contracts.legacy.imports import REJECTS_ADD
from sqlalchemy.orm import Session

from legacy_bridge.imports import store
from legacy_bridge.imports.model import originals_of
from legacy_bridge.imports.reading import ORIGINALS
from legacy_bridge.imports.store import Import
from legacy_bridge.mappings import mapping_of
from legacy_bridge.sources import Row


@dataclass(frozen=True)
class Reason:
    """Why rows were rejected: how many, and the first of them."""

    reason: str
    field: str
    count: int
    example: int


@dataclass(frozen=True)
class Compared:
    """A field on both sides; ``theirs`` is None while the owner has not answered, and in a dry run."""

    field: str
    ours: FieldSum
    theirs: FieldSum | None


@dataclass(frozen=True)
class Report:
    """``whole``: rows are numbered from 1 without a gap, and each has one outcome."""

    import_id: str
    state: str
    dry_run: bool
    rows: int
    counts: Mapping[str, int]
    whole: bool
    reasons: Sequence[Reason]
    fields: Sequence[Compared]

    @property
    def agrees(self) -> bool:
        """Every row is accounted for, and what was stored is what was read (in a dry run nothing is)."""
        return self.whole and (self.dry_run or all(field.theirs == field.ours for field in self.fields))


def report_of(session: Session, row: Import) -> Report:
    """As the tables have it now."""
    found = store.outcomes(session, row.import_id)
    counts = dict.fromkeys(("loaded", "duplicate", "rejected", "withdrawn"), 0)
    for one in found:
        counts[one.outcome] += one.count
    rows, first, last = store.extent(session, row.import_id)
    whole = rows == row.rows == sum(counts.values()) and (not rows or (first == 1 and last == rows))
    reasons = [Reason(one.reason, one.field, one.count, one.example) for one in found if one.outcome == "rejected"]
    return Report(row.import_id, row.state, row.dry_run, rows, counts, whole, reasons, _compared(session, row))


def _compared(session: Session, row: Import) -> list[Compared]:
    batches = store.sums(session, row.import_id)
    ours = together(store.as_sums(batch.sums) for batch in batches)
    answered = not row.dry_run and all(batch.owner_sums is not None for batch in batches)
    theirs = together(store.as_sums(batch.owner_sums) for batch in batches) if answered else {}
    return [Compared(name, ours[name], theirs.get(name)) for name in TARGETS[row.target].fields if name in ours]


def write_rejects(
    session: Session, row: Import, sealing: Sealing, stream: TextIO, again: Iterator[Row] | None = None
) -> int:
    """CSV with the columns of the source, so that it can be corrected and imported as it is; how many rows.

    A row that could not be read has no values: its bytes stand in ``_original``, what is no text as ``\\x..``. What the
    bridge may not keep is blank there. No cell is a formula to a spreadsheet; the reader of sources undoes that.
    ``again``: the rows of the source, from which it is filled in once more.
    """
    write_row(stream, [*row.columns, *REJECTS_ADD])
    secrets, count = mapping_of(row.mapping).plan(row.columns).secrets, 0
    for values, number, *told in _rejects(session, row, sealing):
        if again is not None and secrets and any(values):
            source = next(one.values for one in again if one.number == number)
            values = [source[place] if place in secrets else value for place, value in enumerate(values)]
        write_row(stream, [*values, number, *told])
        count += 1
    return count


def _rejects(
    session: Session, row: Import, sealing: Sealing
) -> Iterator[tuple[Sequence[str], int, str, str, str, str]]:
    """Values, number, reason, field, the other row, the original: in the order of the source."""
    for batch in store.bounds(session, row.import_id):
        rejected = store.rejects(session, row.import_id, batch.first_row, batch.last_row)
        if not rejected:
            continue
        sealed = store.originals(session, row.import_id, batch.batch)
        kept = originals_of(sealing.open(ORIGINALS, sealed, f"{row.import_id}:{batch.batch}"))
        for one in rejected:
            values = kept.rejected.get(one.number) or []
            raw = kept.raws[one.number - batch.first_row]
            text = "" if values else raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
            other = f"{one.other_import} {one.other_row}" if one.other_import else ""
            yield values or [""] * len(row.columns), one.number, one.reason, one.field, other, text
