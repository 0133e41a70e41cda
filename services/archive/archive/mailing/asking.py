"""A new parcel: because its applicant asked for it, or had chosen it in the form."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.mailing import PostalAddress

from archive.mailing import store
from archive.mailing.addresses import sealed
from archive.mailing.model import SERIES, parcel_number
from archive.mailing.steps import step
from archive.register.store import RegisterEntry, next_number

IN_THE_FORM = "form"
"""Note of a first step: the parcel was chosen before there was a registration."""


def new_parcel(entry: RegisterEntry, address: PostalAddress, uow: UnitOfWork, note: str = "") -> store.Parcel:
    """The caller holds the entry's lock, and knows that no other parcel is under way."""
    year = uow.today().year
    number = parcel_number(year, next_number(uow.session, SERIES, year))
    parcel = store.Parcel(
        parcel_number=number,
        registration_number=entry.registration_number,
        application_id=entry.application_id,
        account_id=entry.account_id,
        address=sealed(uow.sealing, number, address),
        asked_at=uow.now(),
        reason="",
    )
    uow.session.add(parcel)
    step(uow, parcel, "ask", note)
    return parcel


def ask_with_registration(registration_number: str, address: PostalAddress, uow: UnitOfWork) -> None:
    """In the transaction that registers. A registration that has, or had, a parcel gets no second one by this."""
    entry = store.locked_entry(uow.session, registration_number)
    if entry is not None and store.last_parcel(uow.session, registration_number) is None:
        new_parcel(entry, address, uow, IN_THE_FORM)
