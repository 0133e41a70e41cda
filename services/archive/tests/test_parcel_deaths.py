"""A process that dies before or after any commit between the wish for a parcel and its end: one parcel, told once."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import Harness, person, staff_actor
from contracts.base import Empty
from contracts.filing import APPLICATION_APPROVED
from contracts.mailing import (
    ASK_PARCEL,
    CANCEL_PARCEL,
    LIST_MAILING,
    PARCEL_ADVANCED,
    SEND_PARCELS,
    SETTLE_PARCEL,
    TAKE_MAILING,
    TOTAL_MAILING,
    AskParcel,
    CancelParcel,
    ListMailing,
    PostalAddress,
    SendParcels,
    SettleParcel,
    TakeMailing,
    TrackingRow,
)
from sqlalchemy import text

from chassis import uow

from .conftest import approved
from .test_mailing import HOME

pytestmark = [pytest.mark.requirement("A-01"), pytest.mark.requirement("S-01")]
ANN, CLERK = person(), staff_actor("archivist")
EMS = "EE123456785CN"
WHERE = ("uow.before_commit", "uow.after_commit")


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


@pytest.fixture(params=WHERE)
def insist(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Does something with the same identifier until it is done; the first time the process dies at the point."""

    def insist(act: Any) -> Any:
        deaths: list[str] = []

        def failpoint(name: str) -> None:
            if name == request.param and not deaths:
                deaths.append(name)
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(uow, "failpoint", failpoint)
            with pytest.raises(Killed):
                act()
            return act()

    return insist


def parcels(archive: Harness) -> list[tuple[Any, ...]]:
    with archive.uow() as now:
        rows = now.session.execute(text("SELECT state, tracking_number FROM parcels ORDER BY parcel_number"))
        return [tuple(row) for row in rows]


def steps(archive: Harness) -> list[str]:
    with archive.uow() as now:
        return list(now.session.execute(text("SELECT state FROM parcel_steps ORDER BY step_id")).scalars())


def test_between_the_wish_and_the_return_there_is_one_parcel(archive: Harness, insist: Any) -> None:
    def command(method: Any, request: Any, actor: Any = CLERK) -> Any:
        request_id = new_id("req")
        return insist(lambda: archive.call(method, request, actor, request_id=request_id))

    event_id = new_id("evt")
    data = approved(delivery=PostalAddress(**HOME))

    def approval() -> None:
        archive.as_owner("UPDATE inbox SET next_attempt_at = now() WHERE done_at IS NULL")  # who had it has died
        archive.deliver(APPLICATION_APPROVED, data, sequence=1, event_id=event_id)

    insist(approval)
    assert parcels(archive) == [("asked", None)]
    archive.run_worker()
    assert archive.call(TOTAL_MAILING, Empty(), CLERK).count == 1
    batch = command(TAKE_MAILING, TakeMailing())
    assert batch.parcels == 1
    [item] = archive.call(LIST_MAILING, ListMailing(batch_id=batch.batch_id), CLERK).items
    row = TrackingRow(row=1, parcel_number=item.parcel_number, tracking_number=EMS)
    sent = command(SEND_PARCELS, SendParcels(rows=[row]))
    assert (sent.taken, sent.known, sent.wrong) == (1, 0, [])
    assert archive.call(TOTAL_MAILING, Empty(), CLERK).count == 0
    command(SETTLE_PARCEL, SettleParcel(number=EMS, outcome="returned", reason="not_reached"))
    assert parcels(archive) == [("returned", EMS)]
    assert steps(archive) == ["asked", "printed", "sent", "returned"]
    assert [event.state for event in archive.events(PARCEL_ADVANCED)] == ["sent", "returned"]

    number = item.registration_number
    again = AskParcel(registration_number=number, address=PostalAddress(**HOME))
    command(ASK_PARCEL, again, ANN)
    command(CANCEL_PARCEL, CancelParcel(registration_number=number), ANN)
    assert parcels(archive) == [("returned", EMS), ("cancelled", None)]
    assert steps(archive)[4:] == ["asked", "cancelled"]


def test_who_cancels_and_who_prints_at_once_do_not_both_win(archive: Harness, insist: Any) -> None:
    archive.deliver(APPLICATION_APPROVED, approved(delivery=PostalAddress(**HOME)))
    archive.run_worker()
    [item] = archive.call(LIST_MAILING, ListMailing(), CLERK).items
    request_id = new_id("req")
    insist(lambda: archive.call(TAKE_MAILING, TakeMailing(), CLERK, request_id=request_id))
    with pytest.raises(Problem, match="parcel_not_cancellable"):
        archive.call(CANCEL_PARCEL, CancelParcel(registration_number=item.registration_number), ANN)
    assert parcels(archive) == [("printed", None)]
