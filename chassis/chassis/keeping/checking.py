"""Once a day: every reference has its object. A shelf of the store after the other, so that replicas share the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import MetaData, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.metrics import OBJECTS_MISSING
from chassis.objects.references import held_on_shelf, spaces_of, tables_of
from chassis.objects.store import SHELVES, ObjectStore
from chassis.tables import ObjectCheck
from chassis.telemetry import logger
from chassis.uow import UnitOfWork

EVERY = timedelta(days=1)
SHELVES_AT_ONCE = 4
"""In one transaction, which nobody else waits for."""

StoreOf = Callable[[str], ObjectStore]
_log = logger("chassis.objects")


@dataclass(frozen=True)
class Missing:
    """An object that rows refer to and that is not there."""

    space: str
    sha256: str


def missing_on_shelf(session: Session, metadata: MetaData, store_of: StoreOf, shelf: str) -> Iterator[Missing]:
    """What rows refer to and the store has not. Asked twice: the row or the object may have come or gone meanwhile."""
    for space in spaces_of(metadata):
        due = held_on_shelf(session, metadata, space, shelf)
        if not due:
            continue
        store = store_of(space)
        absent = due - {item.sha256 for item in store.listed(shelf)}
        if absent:
            absent &= held_on_shelf(session, metadata, space, shelf)
        yield from (Missing(space, sha256) for sha256 in sorted(absent) if not store.exists(sha256))


@contextmanager
def round_of(session: Session, kind: str, every: timedelta) -> Iterator[ObjectCheck | None]:
    """The state of a daily round, if it is due and nobody else is at it; ``next_shelf`` says where it stands."""
    session.execute(insert(ObjectCheck).values(kind=kind, ended_at=func.now()).on_conflict_do_nothing())
    row = session.scalars(
        select(ObjectCheck)
        .where(
            ObjectCheck.kind == kind,
            ObjectCheck.ended_at.is_(None) | (ObjectCheck.ended_at < func.now() - every),
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is not None and row.ended_at is not None:
        row.ended_at, row.next_shelf, row.found = None, 0, 0
    yield row


def shelves_of(row: ObjectCheck) -> tuple[str, ...]:
    """Those to look at now."""
    return SHELVES[row.next_shelf : row.next_shelf + SHELVES_AT_ONCE]


def step_on(row: ObjectCheck, found: int, now: datetime) -> bool:
    """Goes on to the next shelves; says whether the round is over."""
    row.next_shelf += SHELVES_AT_ONCE
    row.found += found
    if row.next_shelf < len(SHELVES):
        return False
    row.ended_at = now
    return True


def check_references(session: Session, metadata: MetaData, store_of: StoreOf, now: datetime) -> int:
    """Looks at the next shelves of the daily round; 0 when it is not due. What is missing is logged and counted."""
    with round_of(session, "missing", EVERY) as row:
        if row is None:
            return 0
        missing = [each for shelf in shelves_of(row) for each in missing_on_shelf(session, metadata, store_of, shelf)]
        for each in missing:
            _log.error("object_missing", space=each.space, sha256=each.sha256)
        if step_on(row, len(missing), now):
            OBJECTS_MISSING.set(row.found)
    return SHELVES_AT_ONCE


def check_own_references(uow: UnitOfWork) -> int:
    """Sweeper: the objects of this service's rows."""
    return check_references(uow.session, tables_of(uow.settings.service), uow.store_of, uow.now())
