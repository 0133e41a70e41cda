"""Both sides again, later: the source is read and mapped anew, its sums are compared with those of the import and with
what the owner holds now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.legacy import TARGETS, FieldSum, sums_of_said, together

from legacy_bridge.imports import store
from legacy_bridge.imports.model import ImportRefused, judge, said
from legacy_bridge.imports.order import fingerprint_of, opened_order
from legacy_bridge.imports.owners import salt_of
from legacy_bridge.imports.store import Import, ImportCheck
from legacy_bridge.mappings import mapping_of
from legacy_bridge.sources import Asked, Row, SourceRefused, open_source


@dataclass(frozen=True)
class Difference:
    """``where``: the source against the import, or the owner's tables against it."""

    where: str
    field: str
    expected: int
    found: int


@dataclass
class Checked:
    """``rows`` of the source that count as loaded; ``not_compared``: fields that the owner has no more."""

    rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


def read_again(runtime: Runtime, import_id: str, source: Asked | None = None) -> tuple[int, dict[str, FieldSum]]:
    """Rows and sums of a source as it is now, over the rows that the import loaded. ``source``: where it lies by now.

    Raises ``ImportRefused`` for an import that is not at its end, ``SourceRefused`` for a source that is another.
    """
    with runtime.unit_of_work() as uow:
        row = store.get(uow.session, import_id)
        if row is None or row.state != "done":
            raise ImportRefused("import_not_done", import_id=import_id)
        asked = source or opened_order(row.asked, runtime.sealing, import_id)
        if fingerprint_of(asked) != row.fingerprint:
            raise SourceRefused("source_changed", source=row.source)
        found, count = [], 0
        opened = open_source(asked)
        plan = mapping_of(row.mapping).plan(opened.columns)
        rows, target = opened.rows(), TARGETS[row.target]
        for batch in store.bounds(uow.session, import_id):
            loaded = store.loaded_numbers(uow.session, import_id, batch.first_row, batch.last_row)
            part = islice(rows, batch.last_row - batch.first_row + 1)
            kept = said([judge(plan, row.target, one) for one in part if one.number in loaded])
            if not kept:
                continue
            count += len(kept)
            found.append(sums_of_said(target, kept, salt_of(uow, target, import_id, batch.batch)))
    return count, together(found)


def rows_again(runtime: Runtime, row: Import) -> Iterator[Row] | None:
    """The rows of an import's source, if it still is what it was."""
    asked = opened_order(row.asked, runtime.sealing, row.import_id)
    try:
        return open_source(asked).rows() if fingerprint_of(asked) == row.fingerprint else None
    except (SourceRefused, OSError):
        return None


def answer_of(uow: UnitOfWork, check_id: str) -> ImportCheck | None:
    """The owner's answer, once it is there."""
    check = uow.session.get(ImportCheck, check_id, populate_existing=True)
    return check if check is not None and check.told_at is not None else None


def compare(row: Import, again: tuple[int, dict[str, FieldSum]], answer: ImportCheck) -> Checked:
    """What the source says now against what the owner holds now."""
    rows, ours = again
    theirs: dict[str, Any] = store.as_sums(answer.sums or {})
    checked = Checked(rows)
    if answer.rows != rows:
        checked.differences.append(Difference(row.target, "", rows, answer.rows or 0))
    for name, one in ours.items():
        if name not in theirs:
            checked.not_compared.append(name)
        elif theirs[name] != one:
            checked.differences.append(Difference(row.target, name, one.filled, theirs[name].filled))
    return checked
