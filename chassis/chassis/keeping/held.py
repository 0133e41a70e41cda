"""What a service says of the objects it refers to, to whoever collects those that nobody refers to.

A service never removes an object of the common space. It answers which of some objects it holds, and tells which ones
it has ceased to hold: :func:`release`, in the transaction that forgets the row.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts.objects import (
    AskHeldObjects,
    HeldObjects,
    ReleasedObject,
    ReleasedObjects,
    TakeReleasedObjects,
)
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis.objects.references import held_among, tables_of
from chassis.tables import Released
from chassis.uow import UnitOfWork

AT_ONCE = 500


def held_objects(request: AskHeldObjects, uow: UnitOfWork) -> HeldObjects:
    """Those of the named objects that any row of this service refers to."""
    found = held_among(uow.session, tables_of(uow.settings.service), request.space, request.sha256s)
    return HeldObjects(sha256s=sorted(found))


def release(session: Session, sha256s: Iterable[str], space: str = "") -> None:
    """Notes, in the transaction that forgets them, that rows no longer refer to these objects. Others still may."""
    if rows := [{"space": space, "sha256": sha256} for sha256 in sorted(set(sha256s))]:
        session.execute(insert(Released), rows)


def released_objects(request: TakeReleasedObjects, uow: UnitOfWork) -> ReleasedObjects:
    """The next objects that were released, after forgetting those that the caller has taken down."""
    if request.taken:
        uow.session.execute(delete(Released).where(Released.number <= request.taken))
    rows = uow.session.scalars(select(Released).order_by(Released.number).limit(AT_ONCE))
    return ReleasedObjects(
        items=[ReleasedObject(number=row.number, space=row.space, sha256=row.sha256) for row in rows]
    )
