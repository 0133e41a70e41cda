"""A new parcel: because its applicant asked for it, or had chosen it in the form; and the end of one that goes to who
keeps the certificate no more."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.mailing import PostalAddress

from archive.certificates.standing import names_others
from archive.certificates.store import newest_of
from archive.mailing import store
from archive.mailing.addresses import sealed
from archive.mailing.model import CHANGEABLE, SERIES, parcel_number
from archive.mailing.steps import step
from archive.register.keeping import keeper_of
from archive.register.store import RegisterEntry, next_number, records_of

IN_THE_FORM = "form"
"""Note of a first step: the parcel was chosen before there was a registration."""
ANOTHER_KEEPER = "another_keeper"
"""Note of a last step: the certificate was issued anew for somebody else, who gets no parcel that another asked for."""


def new_parcel(entry: RegisterEntry, address: PostalAddress, uow: UnitOfWork, note: str = "") -> store.Parcel:
    """For the keeper of its certificate. The caller holds the entry's lock, and knows that no other parcel is under
    way."""
    year, keeper = uow.today().year, keeper_of(uow.session, entry)
    number = parcel_number(year, next_number(uow.session, SERIES, year))
    parcel = store.Parcel(
        parcel_number=number,
        registration_number=entry.registration_number,
        application_id=keeper.application_id,
        account_id=keeper.account_id,
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


def names_earlier_owners(entry: RegisterEntry, uow: UnitOfWork) -> bool:
    """Whether the newest certificate names those to whom nothing belongs any more: nobody gets it on paper."""
    newest = newest_of(uow.session, entry.registration_number)
    return newest is not None and names_others(newest.record, records_of(uow.session, entry.registration_number))


def stop_for_others(registration_number: str, uow: UnitOfWork) -> None:
    """In the transaction that assigns all the rights or issues a certificate anew: what has not left does not go to an
    address of somebody else than whose the certificate is, or ought to be."""
    entry = store.locked_entry(uow.session, registration_number)
    parcel = store.last_parcel(uow.session, entry.registration_number) if entry else None
    if entry is None or parcel is None or parcel.state not in CHANGEABLE:
        return
    if parcel.account_id != keeper_of(uow.session, entry).account_id or names_earlier_owners(entry, uow):
        parcel.address, parcel.batch_id, parcel.document_id, parcel.ended_on = None, None, None, uow.today()
        step(uow, parcel, "cancel", ANOTHER_KEEPER)
