"""What the office has under way of an account's registrations, and parcels on their way to it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.mailing.model import OPEN as ON_ITS_WAY
from archive.mailing.store import Parcel
from archive.office_acts.store import OPEN, OfficeAct, about


def office_acts(session: Session, account_id: str) -> Sequence[str]:
    """Numbers of the registrations that concern the account and are to be corrected or revoked, or reported to be
    wrong."""
    query = select(OfficeAct.registration_number).where(about(session, account_id), OfficeAct.state.in_(OPEN))
    return session.scalars(query.order_by(OfficeAct.act_id)).all()


def parcels(session: Session, account_id: str) -> Sequence[str]:
    """Numbers of the registrations whose paper certificates are asked for, printed or with EMS."""
    query = select(Parcel.registration_number).where(Parcel.account_id == account_id, Parcel.state.in_(ON_ITS_WAY))
    return session.scalars(query.order_by(Parcel.parcel_number)).all()
