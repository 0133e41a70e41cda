"""A parcel as its applicant and as the office see it."""

from __future__ import annotations

from typing import cast

from chassis.sealing import Sealing
from contracts.forms import Kind
from contracts.mailing import MailingItem, ParcelView, Stopped

from archive.mailing import store
from archive.mailing.addresses import opened
from archive.mailing.model import AGAIN, CHANGEABLE, place_of, recipient_of
from archive.register.store import RegisterEntry


def stopped(parcel: store.Parcel, entry: RegisterEntry) -> Stopped:
    """Why it is not sent; nothing once it has been."""
    return entry.status if parcel.state in CHANGEABLE and entry.status != "valid" else ""


def view_of(sealing: Sealing, parcel: store.Parcel, entry: RegisterEntry) -> ParcelView:
    """For the applicant, with the address."""
    why = stopped(parcel, entry)
    return ParcelView(
        parcel_number=parcel.parcel_number,
        registration_number=parcel.registration_number,
        state=parcel.state,
        stopped=why,
        changeable=parcel.state in (*CHANGEABLE, *AGAIN) and entry.status == "valid",
        cancellable=parcel.state == "asked",
        asked_at=parcel.asked_at,
        tracking_number=parcel.tracking_number or "",
        sent_on=parcel.sent_on,
        ended_on=parcel.ended_on,
        reason=parcel.reason,
        address=opened(sealing, parcel),
    )


def item_of(sealing: Sealing, found: store.Listed) -> MailingItem:
    """For the office, masked."""
    parcel, entry, document_id = found
    address = opened(sealing, parcel)
    return MailingItem(
        parcel_number=parcel.parcel_number,
        registration_number=parcel.registration_number,
        title=entry.title,
        kind=cast(Kind, entry.kind),
        state=parcel.state,
        stopped=stopped(parcel, entry),
        recipient=recipient_of(address),
        place=place_of(address),
        asked_at=parcel.asked_at,
        batch_id=parcel.batch_id or "",
        document_id=document_id or "",
        tracking_number=parcel.tracking_number or "",
        sent_on=parcel.sent_on,
        ended_on=parcel.ended_on,
        reason=parcel.reason,
    )
