"""Addresses of parcels: sealed where they stand, opened for who needs them, deleted when nobody does."""

from __future__ import annotations

from chassis.sealing import Sealing
from chassis.uow import UnitOfWork
from contracts.mailing import PostalAddress

from archive.mailing import store
from archive.mailing.model import KEPT, PURPOSE

AT_ONCE = 500


def sealed(sealing: Sealing, parcel_number: str, address: PostalAddress) -> bytes:
    """For the parcel alone."""
    return sealing.seal(PURPOSE, address.model_dump_json().encode(), parcel_number)


def opened(sealing: Sealing, parcel: store.Parcel) -> PostalAddress | None:
    """None once it was deleted."""
    if parcel.address is None:
        return None
    return PostalAddress.model_validate_json(sealing.open(PURPOSE, parcel.address, parcel.parcel_number))


def forget_addresses(uow: UnitOfWork) -> int:
    """Sweeper: deletes the addresses that nothing needs any more."""
    rows = store.outdated(uow.session, uow.today() - KEPT, AT_ONCE)
    for row in rows:
        row.address = None
    return len(rows)
