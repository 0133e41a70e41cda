"""The queue of the materials workers: rows that are leased, so that a worker that dies gives its work back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TypeVar

from chassis.objects import StoreUnavailable
from chassis.runtime import Runtime
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

CHANNEL = "materials"
MAX_ATTEMPTS = 3
"""Work that took its worker down this often is given up with a reason instead of another try."""
LEASE = timedelta(seconds=45)
BEAT_SECONDS = 15.0
"""A worker that lives renews its leases; the work of one that was killed is somebody else's within a minute."""
REPORT_EVERY = 0.7
AGAIN = timedelta(seconds=10)
"""Before work is tried again that could not be done for want of the object store."""


class Leased:
    """Columns of work in the queue. ``state`` is ``running`` from the request on, until it is ended for good."""

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    progress: Mapped[float] = mapped_column(server_default="0")
    attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


Row = TypeVar("Row", bound=Leased)


def lease_next(session: Session, row_type: type[Row], now: datetime, lease: timedelta) -> Row | None:
    """Claims the oldest waiting row and counts the attempt, in one round trip; commit before working on it."""
    waiting = (
        select(row_type.id)
        .where(row_type.state == "running", or_(row_type.leased_until.is_(None), row_type.leased_until < now))
        .order_by(row_type.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(row_type)
        .where(row_type.id == waiting)
        .values(attempts=row_type.attempts + 1, leased_until=now + lease)
        .returning(row_type)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(claim).one_or_none()


def take_next(runtime: Runtime, row_type: type[Row]) -> Row | None:
    """Leases a row in a transaction of its own and hands it over detached."""
    with runtime.unit_of_work() as uow:
        row = lease_next(uow.session, row_type, uow.now(), LEASE)
        if row is not None:
            uow.session.expunge(row)
    return row


@contextmanager
def held(runtime: Runtime, row_type: type[Row], row_id: str) -> Iterator[None]:
    """Keeps the lease while the work goes on. Work that the object store kept from being done goes back into the queue,
    and the attempt does not count."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep_lease, args=(runtime, row_type, row_id, done), daemon=True)
    keeper.start()
    try:
        yield
    except StoreUnavailable:
        with runtime.unit_of_work() as uow:
            uow.session.execute(
                update(row_type)
                .where(row_type.id == row_id, row_type.state == "running")
                .values(attempts=row_type.attempts - 1, leased_until=uow.now() + AGAIN)
            )
        raise
    finally:
        done.set()
        keeper.join()


def _keep_lease(runtime: Runtime, row_type: type[Row], row_id: str, done: threading.Event) -> None:
    while not done.wait(BEAT_SECONDS):
        # A database that is away comes back in time, or the work is somebody else's by then.
        with suppress(SQLAlchemyError), runtime.unit_of_work() as uow:
            uow.session.execute(
                update(row_type)
                .where(row_type.id == row_id, row_type.state == "running")
                .values(leased_until=uow.now() + LEASE)
            )


def progress_of(runtime: Runtime, row_type: type[Row], row_id: str) -> Callable[[float], None]:
    """Writes the share of the work that is done, now and then."""
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last < REPORT_EVERY:
            return
        last = time.monotonic()
        with runtime.unit_of_work() as uow:
            uow.session.execute(
                update(row_type)
                .where(row_type.id == row_id, row_type.state == "running")
                .values(progress=min(1.0, max(0.0, share)))
            )

    return report
