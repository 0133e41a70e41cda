"""For whom the papers of a registration are: whoever had its certificate issued anew, and who owns it by now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.certificates.store import Certificate
from archive.parties.store import DealingParty, accounts_named, identity_of
from archive.register.store import RegisterEntry, RegisterRecord


@dataclass(frozen=True)
class Keeper:
    """Of whom an entry's newest certificate is, and with which case."""

    account_id: str
    application_id: str


def keeper_of(session: Session, entry: RegisterEntry) -> Keeper:
    """Whoever had it issued anew, made or being made; else whose the registration was at first."""
    query = (
        select(Certificate.account_id, Certificate.application_id)
        .where(
            Certificate.registration_number == entry.registration_number,
            Certificate.paper == "certificate",
            Certificate.language == "zh",
        )
        .order_by(Certificate.edition.desc())
        .limit(1)
    )
    newest = session.execute(query).one_or_none()
    return Keeper(*newest) if newest is not None else Keeper(entry.account_id, entry.application_id)


def concerned(session: Session, entry: RegisterEntry) -> frozenset[str]:
    """The accounts that what the office does with a registration concerns: whose it was at first, whoever had its
    certificate issued anew, and to whom rights in it went over, as far as they can be told apart."""
    number = entry.registration_number
    kept = session.scalars(
        select(Certificate.account_id).where(
            Certificate.registration_number == number, Certificate.paper == "certificate"
        )
    )
    query = select(RegisterRecord.sequence).where(
        RegisterRecord.registration_number == number, RegisterRecord.act == "assigned"
    )
    named = {account for place in session.scalars(query).all() for account in accounts_named(session, number, place)}
    return frozenset({entry.account_id, *kept, *named})


def concerns(number: InstrumentedAttribute[str], account_id: str) -> ColumnElement[bool]:
    """The condition that a registration of this number has an account among the :func:`concerned`."""
    place = and_(
        DealingParty.registration_number == RegisterRecord.registration_number,
        DealingParty.sequence == RegisterRecord.sequence,
    )
    assigned = (
        select(RegisterRecord.registration_number)
        .join(DealingParty, place)
        .where(RegisterRecord.act == "assigned", DealingParty.who.in_(identity_of(account_id)))
    )
    kept = select(Certificate.registration_number).where(
        Certificate.account_id == account_id, Certificate.paper == "certificate"
    )
    at_first = select(RegisterEntry.registration_number).where(RegisterEntry.account_id == account_id)
    return or_(number.in_(at_first), number.in_(kept), number.in_(assigned))
