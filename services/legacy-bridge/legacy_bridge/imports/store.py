"""Tables of imports: the jobs, every row of their sources with its outcome, batches with the original rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.bulk import copy_packed, driver_of
from chassis.db import run
from chassis.objects.references import holds
from chassis.work import Resumable, Terms, indexes
from contracts.legacy import FieldSum
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from legacy_bridge.database import Base
from legacy_bridge.imports.model import CHANNEL, Judged, Named, State
from legacy_bridge.imports.packed import COLUMNS, packed


class Import(Resumable, Base):
    """``source``: as it is shown, without a password; ``asked`` is how to open it, sealed. ``fingerprint``: SHA-256 of
    its bytes (of a live database, of its address), by which a resumed import knows it again. ``reading``: how it is
    read and by what evidence, ``stated`` in English. ``failure``: why it could not be read on or be withdrawn, a code,
    or empty.
    """

    OPEN = "state = 'reading'"
    TERMS = Terms(CHANNEL, lease=timedelta(seconds=15))
    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("state IN ('reading', 'loading', 'done', 'failed', 'withdrawing', 'withdrawn')", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        *indexes("imports", OPEN),
        Index("ix_imports_fingerprint", "fingerprint", "mapping"),
    )

    import_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Text)
    mapping: Mapped[str]
    target: Mapped[str]
    source: Mapped[str]
    asked: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[str]
    size: Mapped[int]
    columns: Mapped[list[str]]
    stated: Mapped[str]
    reading: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    dry_run: Mapped[bool]
    rate: Mapped[int] = mapped_column(comment="rows a second at most; 0: as fast as it goes")
    rows: Mapped[int] = mapped_column(server_default="0")
    failure: Mapped[str] = mapped_column(server_default="")
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(comment="on the operator's machine")
    ended_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="", comment="an account of staff, or as begun_by")
    undone_because: Mapped[str] = mapped_column(server_default="")
    undone_at: Mapped[datetime | None]

    @property
    def space(self) -> str:
        """Where its rows count as records: a dry run's only beside each other."""
        return self.import_id if self.dry_run else ""


class ImportRow(Base):
    """A row of a source: in exactly one outcome, once. ``key`` names the record that it is about."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint("outcome IN ('loaded', 'duplicate', 'rejected', 'withdrawn')", name="outcome"),
        CheckConstraint("(outcome = 'rejected') = (reason <> '')", name="rejected_with_a_reason"),
        CheckConstraint("outcome <> 'duplicate' OR other_row IS NOT NULL", name="duplicate_of_a_named_row"),
        Index("uq_import_rows_record", "key", "space", unique=True, postgresql_where=text("outcome = 'loaded'")),
        Index("ix_import_rows_other", "other_import", postgresql_where=text("other_import IS NOT NULL")),
    )

    import_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str]
    field: Mapped[str]
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    space: Mapped[str]
    other_import: Mapped[str | None]
    other_row: Mapped[int | None]


class ImportBatch(Base):
    """Rows that were judged together. ``originals``: as the source had them, compressed and sealed. ``sums`` are ours,
    ``owner_sums`` those of whoever stored the rows. The file of the batch is kept until its owner has taken it."""

    __tablename__ = "import_batches"
    __table_args__ = (
        Index("ix_import_batches_object_sha256", "object_sha256"),
        Index("ix_import_batches_sealed_sha256", "sealed_sha256"),
        Index("ix_import_batches_waiting", "import_id", postgresql_where=text("owner_sums IS NULL")),
    )

    import_id: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_row: Mapped[int]
    last_row: Mapped[int]
    handed_over: Mapped[int] = mapped_column(comment="rows")
    originals: Mapped[bytes] = mapped_column(LargeBinary)
    sums: Mapped[dict[str, Any]]
    sample: Mapped[bytes | None] = mapped_column(LargeBinary)
    owner_sums: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    object_sha256: Mapped[str | None] = mapped_column(info=holds())
    sealed_sha256: Mapped[str | None] = mapped_column(info=holds(IDENTITY_SPACE))


class ImportCheck(Base):
    """A question to an owner what it holds of an import, the answer, and what was ``found`` beside the
    source, read again."""

    __tablename__ = "import_checks"

    check_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    told_at: Mapped[datetime | None]
    rows: Mapped[int | None]
    sums: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


def known(session: Session, target: str, space: str, keys: Sequence[bytes]) -> dict[bytes, Named]:
    """Rows that are loaded under these keys, for the transaction: nobody else loads records of the target meanwhile."""
    run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"legacy:{target}:{space}"})
    statement = """
        SELECT key, import_id, number, digest FROM import_rows
        WHERE key = ANY(%(keys)b) AND space = ANY(%(spaces)s) AND outcome = 'loaded'"""
    found = driver_of(session).execute(statement, {"keys": list(keys), "spaces": list({"", space})}, binary=True)
    return {key: Named(import_id, number, digest) for key, import_id, number, digest in found}


def is_loaded(session: Session, key: bytes) -> bool:
    """Whether whoever keeps such records has taken the one with this key, in an import that was not a dry run."""
    taken = ImportBatch.owner_sums.is_not(None) & ImportRow.number.between(ImportBatch.first_row, ImportBatch.last_row)
    query = (
        select(ImportRow.number)
        .join(ImportBatch, (ImportBatch.import_id == ImportRow.import_id) & taken)
        .where(ImportRow.key == key, ImportRow.space == "", ImportRow.outcome == "loaded")
    )
    return session.scalars(query).first() is not None


def write_rows(session: Session, row: Import, judged: Sequence[Judged]) -> None:
    """Every row of a batch with its outcome."""
    copy_packed(session, ImportRow.__tablename__, COLUMNS, packed(row.import_id, row.space, judged))


def get(session: Session, import_id: str, *, lock: bool = False) -> Import | None:
    """``lock``: until the transaction ends, and as it is now."""
    return session.get(Import, import_id, with_for_update=lock, populate_existing=lock)


def unfinished(session: Session, fingerprint: str, mapping: str, *, dry_run: bool) -> Import | None:
    """The import of this source that has not come to its end."""
    found = select(Import).where(
        Import.fingerprint == fingerprint,
        Import.mapping == mapping,
        Import.dry_run == dry_run,
        Import.state.in_(["reading", "loading"]),
    )
    return session.scalars(found.order_by(Import.begun_at.desc())).first()


def go_on(session: Session, row: Import, reached: Mapping[str, Any], progress: float) -> bool:
    """Writes down, in the transaction of a batch, how far the import is; False when another hand has it."""
    statement = """
        UPDATE imports SET checkpoint = %(reached)s::jsonb, rows = %(rows)s, progress = %(progress)s, attempts = 1,
            leased_until = clock_timestamp() + %(term)s
        WHERE import_id = %(id)s AND lease = %(lease)s AND state = 'reading' RETURNING 1"""
    values = {"reached": json.dumps(reached), "rows": reached["rows"], "progress": progress, "term": row.TERMS.lease}
    return bool(run(session, statement, {**values, "id": row.import_id, "lease": row.lease}))


def waiting_batches(session: Session, import_id: str) -> int:
    """Batches that their owner has not answered for."""
    statement = "SELECT count(*) FROM import_batches WHERE import_id = %(id)s AND owner_sums IS NULL"
    return int(run(session, statement, {"id": import_id})[0].count)


def bounds(session: Session, import_id: str) -> Sequence[Any]:
    """``(batch, first_row, last_row)`` of the batches in their order."""
    statement = "SELECT batch, first_row, last_row FROM import_batches WHERE import_id = %(id)s ORDER BY batch"
    return run(session, statement, {"id": import_id})


def originals(session: Session, import_id: str, batch: int) -> bytes:
    """The original rows of a batch, sealed."""
    statement = "SELECT originals FROM import_batches WHERE import_id = %(id)s AND batch = %(batch)s"
    return bytes(run(session, statement, {"id": import_id, "batch": batch})[0].originals)


def sums(session: Session, import_id: str) -> Sequence[Any]:
    """``(batch, sums, owner_sums)`` of the batches in their order."""
    statement = "SELECT batch, sums, owner_sums FROM import_batches WHERE import_id = %(id)s ORDER BY batch"
    return run(session, statement, {"id": import_id})


def outcomes(session: Session, import_id: str) -> Sequence[Any]:
    """``(outcome, reason, field, count, example)``: how many rows ended so, and the first of them."""
    statement = """
        SELECT outcome, reason, field, count(*) AS count, min(number) AS example FROM import_rows
        WHERE import_id = %(id)s GROUP BY outcome, reason, field ORDER BY count(*) DESC, outcome, reason, field"""
    return run(session, statement, {"id": import_id})


def extent(session: Session, import_id: str) -> tuple[int, int, int]:
    """``(rows, first, last)``: without a gap where ``rows`` is ``last - first + 1``."""
    statement = """
        SELECT count(*) AS rows, coalesce(min(number), 0) AS first, coalesce(max(number), 0) AS last
        FROM import_rows WHERE import_id = %(id)s"""
    found = run(session, statement, {"id": import_id})[0]
    return found.rows, found.first, found.last


def rejects(session: Session, import_id: str, first: int, last: int) -> Sequence[Any]:
    """Rejected rows of a batch: ``(number, reason, field, other_import, other_row)``."""
    statement = """
        SELECT number, reason, field, other_import, other_row FROM import_rows
        WHERE import_id = %(id)s AND number BETWEEN %(first)s AND %(last)s AND outcome = 'rejected' ORDER BY number"""
    return run(session, statement, {"id": import_id, "first": first, "last": last})


def loaded_numbers(session: Session, import_id: str, first: int, last: int) -> set[int]:
    """Rows of a range that were loaded."""
    statement = """
        SELECT number FROM import_rows
        WHERE import_id = %(id)s AND number BETWEEN %(first)s AND %(last)s AND outcome = 'loaded'"""
    return {row.number for row in run(session, statement, {"id": import_id, "first": first, "last": last})}


def refuse_rows(session: Session, import_id: str, reasons: Mapping[int, str]) -> None:
    """Rows that their owner did not take."""
    statement = """
        UPDATE import_rows r SET outcome = 'rejected', reason = told.reason
        FROM unnest(%(numbers)s::bigint[], %(reasons)s::text[]) AS told (number, reason)
        WHERE r.import_id = %(id)s AND r.number = told.number"""
    run(session, statement, {"id": import_id, "numbers": list(reasons), "reasons": list(reasons.values())})


def named_elsewhere(session: Session, import_id: str) -> int:
    """Rows of other imports, that were not undone themselves, that are duplicates of this one's."""
    statement = """
        SELECT count(*) FROM import_rows r JOIN imports i ON i.import_id = r.import_id AND i.state <> 'withdrawn'
        WHERE r.other_import = %(id)s AND r.import_id <> %(id)s AND r.space = '' AND r.outcome = 'duplicate'"""
    return int(run(session, statement, {"id": import_id})[0].count)


def give_up_rows(session: Session, import_id: str) -> None:
    """Its records are nobody's any more: another import may load them."""
    run(
        session,
        "UPDATE import_rows SET outcome = 'withdrawn' WHERE import_id = %(id)s AND outcome = 'loaded'",
        {"id": import_id},
    )


def as_json(found: Mapping[str, FieldSum]) -> dict[str, Any]:
    """Sums as a batch keeps them."""
    return {name: one.model_dump() for name, one in found.items()}


def as_sums(kept: Mapping[str, Any]) -> dict[str, FieldSum]:
    """The other way round."""
    return {name: FieldSum(**one) for name, one in kept.items()}
