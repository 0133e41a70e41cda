"""The applicant's side of mailing: asking for the paper certificate, where it goes, and where it is."""

from __future__ import annotations

from chassis.access import acting_for, may
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.mailing import AskParcel, CancelParcel, ListParcels, OpenParcel, ParcelList, ParcelPlace, ParcelView

from archive.certificates.store import count_of
from archive.mailing import store
from archive.mailing.addresses import sealed
from archive.mailing.asking import names_earlier_owners, new_parcel
from archive.mailing.model import AGAIN, CHANGEABLE
from archive.mailing.shown import view_of
from archive.mailing.steps import step
from archive.register.keeping import keeper_of
from archive.register.store import TAKEN_OVER, RegisterEntry, find_entry

MOST_RETURNED = 50


def ask_parcel(request: AskParcel, uow: UnitOfWork) -> ParcelView:
    """A parcel to this address. One that has not left gets the address, and is printed again; asked twice for the
    same, nothing changes.

    Problems: ``registration_number_unknown``; ``certificate_of_another`` of somebody else's; ``certificate_not_valid``
    for one that was replaced or revoked; ``certificate_of_old_system`` where this register never issued one;
    ``certificate_names_others`` where all the rights went over to others, who have it issued anew first;
    ``parcel_not_changeable`` when it has left or was delivered.
    """
    entry, keeper = _kept(uow, request.registration_number)
    if entry.status != "valid":
        raise Problem("certificate_not_valid", status=entry.status)
    if not _issued_here(entry, uow):
        raise Problem("certificate_of_old_system")
    if names_earlier_owners(entry, uow):
        raise Problem("certificate_names_others")
    parcel = store.last_parcel(uow.session, entry.registration_number, keeper)
    if parcel is None or parcel.state in AGAIN:
        if store.is_open(uow.session, entry.registration_number):  # what an earlier keeper asked for is on its way
            raise Problem("parcel_not_changeable")
        parcel = new_parcel(entry, request.address, uow)
    elif parcel.state not in CHANGEABLE:
        raise Problem("parcel_not_changeable")
    elif view_of(uow.sealing, parcel, entry).address != request.address:
        parcel.address = sealed(uow.sealing, parcel.parcel_number, request.address)
        parcel.batch_id = None
        step(uow, parcel, "correct_address")
    return view_of(uow.sealing, parcel, entry)


def cancel_parcel(request: CancelParcel, uow: UnitOfWork) -> ParcelView:
    """The applicant wants no paper after all; nobody needs the address any more. Cancelled twice, nothing changes.

    Problems: ``registration_number_unknown``; ``certificate_of_another`` of somebody else's; ``parcel_unknown`` where
    none was asked for; ``parcel_not_cancellable`` once it is in a batch.
    """
    entry, keeper = _kept(uow, request.registration_number)
    parcel = store.last_parcel(uow.session, entry.registration_number, keeper)
    if parcel is None:
        raise Problem("parcel_unknown")
    if parcel.state == "asked":
        parcel.address, parcel.ended_on = None, uow.today()
        step(uow, parcel, "cancel")
    elif parcel.state == "returned" and (gone := store.later(uow.session, parcel, cancelled=True)):
        parcel = gone
    elif parcel.state != "cancelled":
        raise Problem("parcel_not_cancellable")
    return view_of(uow.sealing, parcel, entry)


def _kept(uow: UnitOfWork, number: str) -> tuple[RegisterEntry, str]:
    """The entry, locked, and who keeps its certificate, for whom the caller files. Problems
    ``registration_number_unknown``, ``certificate_of_another``."""
    entry = store.locked_entry(uow.session, number)
    if entry is None:
        raise Problem("registration_number_unknown", number=number, looks_like="other")
    keeper = keeper_of(uow.session, entry).account_id
    if not may(uow.actor, keeper, "file"):
        raise Problem("certificate_of_another", number=number)
    return entry, keeper


def open_parcel(request: OpenParcel, uow: UnitOfWork) -> ParcelPlace:
    """Problems ``registration_number_unknown``; ``certificate_of_another`` whose certificate is not the caller's, or is
    not any more."""
    entry = find_entry(uow.session, request.registration_number)
    if entry is None:
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    keeper = keeper_of(uow.session, entry)
    if not may(uow.actor, keeper.account_id, "read"):
        raise Problem("certificate_of_another", number=request.registration_number)
    found = store.latest(uow.session, [entry.registration_number], keeper.account_id)
    others = names_earlier_owners(entry, uow)
    view = view_of(uow.sealing, found[0][0], entry) if found else None
    return ParcelPlace(
        registration_number=entry.registration_number,
        title=entry.title,
        application_id=keeper.application_id,
        status=entry.status,
        names_others=others,
        asks=entry.status == "valid" and not others and _issued_here(entry, uow) and (view is None or view.changeable),
        parcel=view,
    )


def _issued_here(entry: RegisterEntry, uow: UnitOfWork) -> bool:
    """Of what was taken over from the old system, a certificate is there once one was reissued."""
    return entry.series != TAKEN_OVER or count_of(uow.session, entry.registration_number, "certificate") > 0


def list_parcels(request: ListParcels, uow: UnitOfWork) -> ParcelList:
    """The last parcel of each of these registrations that has one, and that is the caller's; or what of the caller's
    came back and was not asked for again, the newest first, at most fifty."""
    if request.registration_numbers:
        rows = store.latest(uow.session, request.registration_numbers)
    else:
        rows = store.came_back(uow.session, acting_for(uow.actor, "read"), MOST_RETURNED)
    return ParcelList(
        items=[
            view_of(uow.sealing, parcel, entry) for parcel, entry in rows if may(uow.actor, parcel.account_id, "read")
        ]
    )
