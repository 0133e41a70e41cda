"""Cases that the old system had not finished: the bridge is their one owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from chassis.bulk import copy_lines, escaped, field_sums
from chassis.db import run
from contracts.legacy import CASES, FieldSum
from contracts.legacy.batches import Packed
from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from legacy_bridge.database import Base

OPTIONAL = frozenset({"accepted_on", "due_on"})
"""Fields whose empty value is none."""


class LegacyCase(Base):
    """An unfinished case as it was taken over. ``version`` counts from 1; what is above has been gone on with here.
    ``scans``: where the old system had them, as it wrote it."""

    __tablename__ = "legacy_cases"
    __table_args__ = (
        CheckConstraint("kind IN ('work', 'software')", name="kind"),
        CheckConstraint(
            "state IN ('fee_due', 'submitted', 'accepted', 'examined', 'correction_due', 'certificate_due')",
            name="state",
        ),
        CheckConstraint("fee_fen >= 0 AND paid_fen >= 0", name="no_negative_money"),
        Index("ix_legacy_cases_serial_number", "serial_number"),
        Index("ix_legacy_cases_login", "login"),
        Index("ix_legacy_cases_import_id", "import_id", "row_number"),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str]
    row_number: Mapped[int]
    serial_number: Mapped[str]
    acceptance_number: Mapped[str]
    login: Mapped[str] = mapped_column(comment="the old account that filed it")
    kind: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    filed_on: Mapped[date]
    accepted_on: Mapped[date | None]
    due_on: Mapped[date | None]
    fee_fen: Mapped[int | None]
    paid_fen: Mapped[int | None]
    correction: Mapped[str]
    scans: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    taken_over_at: Mapped[datetime] = mapped_column(server_default=func.now())


def load(session: Session, import_id: str, rows: Sequence[Packed]) -> None:
    """Writes the cases of a batch."""
    nullable = [name in OPTIONAL or name.endswith("_fen") for name in CASES.fields]

    def line(row: Packed) -> str:
        number, record_id, values = row
        told = ("\\N" if may and not value else escaped(value) for value, may in zip(values, nullable, strict=True))
        return "\t".join((import_id, str(number), record_id, *told))

    copy_lines(session, LegacyCase.__tablename__, CASES.columns, map(line, rows))


def sums_of(session: Session, import_id: str, first: int, last: int) -> tuple[int, dict[str, FieldSum]]:
    """How many cases of these rows there are, and their sums."""
    where = "import_id = %(import_id)s AND row_number >= %(first)s AND row_number <= %(last)s"
    bounds = {"import_id": import_id, "first": first, "last": last}
    return field_sums(session, LegacyCase.__tablename__, CASES.fields, where, bounds)


def gone_on_with(session: Session, import_id: str) -> int:
    """How many cases of an import have been changed since it brought them."""
    statement = "SELECT count(*) FROM legacy_cases WHERE import_id = %(id)s AND version > 1"
    return int(run(session, statement, {"id": import_id})[0].count)


def withdraw(session: Session, import_id: str) -> int:
    """Takes out all that an import brought; how many cases."""
    return len(run(session, "DELETE FROM legacy_cases WHERE import_id = %(id)s RETURNING 1", {"id": import_id}))
