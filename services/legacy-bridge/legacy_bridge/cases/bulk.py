"""Cases as an import brings them, thousands at once, and takes them out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from chassis.bulk import column_sums, copy_lines, escaped
from chassis.db import run
from contracts.forms import Kind
from contracts.legacy import BETWEEN, CASES, FieldSum, account_record, as_field_sums
from contracts.legacy.batches import Said
from contracts.legacy.cases import LegacyState
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from legacy_bridge.cases.model import due_at_takeover
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.cases.store import LegacyCase

OPTIONAL = frozenset({"accepted_on", "due_on"})
"""Fields whose empty value is none."""

_STANDING = ("account_record", "stands", "since", "due_until")


def load(session: Session, import_id: str, rows: Sequence[Said]) -> None:
    """Writes the cases of a batch; each stands where the old system left it."""
    nullable = [name in OPTIONAL or name.endswith("_fen") for name in CASES.fields]
    today = clock.legal_date(clock.legal_now(session))

    def line(row: Said) -> str:
        number, record_id, said = row
        values = said.split(BETWEEN)
        told = ("\\N" if may and not value else escaped(value) for value, may in zip(values, nullable, strict=True))
        return "\t".join((import_id, str(number), record_id, *told, *_standing(values, today)))

    copy_lines(session, LegacyCase.__tablename__, (*CASES.columns, *_STANDING), map(line, rows))


_LOGIN, _KIND, _STATE, _FILED, _DUE = map(CASES.fields.index, ("login", "kind", "state", "filed_on", "due_on"))


def _standing(values: Sequence[str], today: date) -> Iterator[str]:
    state = cast(LegacyState, values[_STATE])
    old_due = date.fromisoformat(values[_DUE]) if values[_DUE] else None
    policy = policy_of(date.fromisoformat(values[_FILED]))
    due = due_at_takeover(state, cast(Kind, values[_KIND]), old_due, today, policy)
    yield from (account_record(values[_LOGIN]), state, today.isoformat(), due.isoformat() if due else "\\N")


def sums_of(session: Session, import_id: str, first: int, last: int) -> tuple[int, dict[str, FieldSum]]:
    """How many cases of these rows there are, and their sums."""
    where = "import_id = %(import_id)s AND row_number >= %(first)s AND row_number <= %(last)s"
    bounds = {"import_id": import_id, "first": first, "last": last}
    rows, sums = column_sums(session, LegacyCase.__tablename__, CASES.fields, where, bounds)
    return rows, as_field_sums(sums)


def numbers_of(session: Session, import_id: str, first: int, last: int) -> Sequence[Any]:
    """Of the cases of these rows: ``account_record``, and the ``numbers`` by which a case is known."""
    statement = """
        SELECT account_record, ARRAY[serial_number, acceptance_number] AS numbers FROM legacy_cases
        WHERE import_id = %(id)s AND row_number >= %(first)s AND row_number <= %(last)s AND login <> ''
        ORDER BY row_number"""
    return run(session, statement, {"id": import_id, "first": first, "last": last})


def records(session: Session, import_id: str, record_ids: Sequence[str]) -> Sequence[LegacyCase]:
    """Those of an import that are there."""
    row = LegacyCase
    return session.scalars(select(row).where(row.record_id.in_(record_ids), row.import_id == import_id)).all()


def gone_on_with(session: Session, import_id: str) -> int:
    """How many cases of an import have been changed since it brought them."""
    statement = "SELECT count(*) FROM legacy_cases WHERE import_id = %(id)s AND version > 1"
    return int(run(session, statement, {"id": import_id})[0].count)


def withdraw(session: Session, import_id: str) -> int:
    """Takes out all that an import brought; how many cases."""
    return len(run(session, "DELETE FROM legacy_cases WHERE import_id = %(id)s RETURNING 1", {"id": import_id}))
