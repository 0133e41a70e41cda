"""Writing down what happens to a parcel, and telling it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.mailing import PARCEL_ADVANCED, ParcelAdvanced

from archive.mailing import store
from archive.register.store import RegisterEntry


def step(uow: UnitOfWork, parcel: store.Parcel, action: str, note: str = "") -> None:
    """The state that it has now, by whom; also in the audit log."""
    uow.session.add(
        store.ParcelStep(
            step_id=new_id("mls"),
            parcel_number=parcel.parcel_number,
            state=parcel.state,
            at=uow.now(),
            actor=uow.actor.subject,
            note=note,
        )
    )
    uow.audit(f"mailing.{action}", subject=parcel.parcel_number, registration_number=parcel.registration_number)


def tell(
    uow: UnitOfWork, parcel: store.Parcel, entry: RegisterEntry, state: Literal["sent", "returned"], on: date
) -> None:
    """The applicant gets a message of it."""
    uow.emit(
        PARCEL_ADVANCED,
        ParcelAdvanced(
            application_id=parcel.application_id,
            account_id=parcel.account_id,
            title=entry.title,
            registration_number=parcel.registration_number,
            parcel_number=parcel.parcel_number,
            state=state,
            at_on=on,
            tracking_number=parcel.tracking_number or "",
            reason=parcel.reason,
        ),
    )
