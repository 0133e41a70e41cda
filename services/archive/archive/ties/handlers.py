"""What keeps an account open: acts of the office, on which its holder is to be heard, and paper on its way."""

from __future__ import annotations

from chassis.ties import telling, tie_of
from contracts.ties import Tie
from sqlalchemy.orm import Session

from archive.ties import store


def of_account(session: Session, account_id: str) -> list[Tie]:
    """On registrations that the account holds, and parcels to it."""
    return [
        tie_of("office_act", store.office_acts(session, account_id)),
        tie_of("parcel", store.parcels(session, account_id)),
    ]


account_ties = telling(of_account)
