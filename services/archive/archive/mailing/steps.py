"""Writing down what happens to a parcel, and telling it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.mailing import PARCEL_ADVANCED, ParcelAdvanced, ParcelState

from archive.mailing import store
from archive.register.store import RegisterEntry

Action = Literal["ask", "correct_address", "print", "send", "delivered", "returned", "cancel", "put_back"]
LEADS_TO: Mapping[Action, ParcelState] = {
    "ask": "asked",
    "correct_address": "asked",
    "print": "printed",
    "send": "sent",
    "delivered": "delivered",
    "returned": "returned",
    "cancel": "cancelled",
    "put_back": "asked",
}


def step(
    uow: UnitOfWork, parcel: store.Parcel, action: Action, note: str = "", was: tuple[date | None, str] = (None, "")
) -> None:
    """The one place that writes a parcel's state, with who did it; also in the audit log. ``was``: day and reason of
    the outcome that this corrects."""
    parcel.state = LEADS_TO[action]
    uow.session.flush()
    uow.session.add(
        store.ParcelStep(
            step_id=new_id("mls"),
            parcel_number=parcel.parcel_number,
            state=parcel.state,
            at=uow.now(),
            actor=uow.actor.subject,
            note=note,
            was_on=was[0],
            was_because=was[1],
        )
    )
    uow.audit(f"mailing.{action}", subject=parcel.parcel_number, registration_number=parcel.registration_number)


def tell(uow: UnitOfWork, parcel: store.Parcel, entry: RegisterEntry, on: date, *, corrected: bool = False) -> None:
    """The applicant gets a message of where it is now."""
    state = parcel.state
    if state not in ("sent", "returned", "delivered"):
        raise ValueError(f"nobody is told that a parcel is {state}")
    uow.emit(
        PARCEL_ADVANCED,
        ParcelAdvanced(
            application_id=parcel.application_id,
            account_id=parcel.account_id,
            title=entry.title,
            registration_number=parcel.registration_number,
            parcel_number=parcel.parcel_number,
            state=state,
            corrected=corrected,
            at_on=on,
            tracking_number=parcel.tracking_number or "",
            reason=parcel.reason,
        ),
    )
