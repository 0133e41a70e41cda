"""Whom a registration concerns: whose its papers are, who owns it by now, and who has a part in its rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.clock import legal_date, legal_now
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.certificates.store import Certificate, newest_of
from archive.parties.store import DealingParty, accounts_named, identity_of
from archive.register.holding import is_in_force
from archive.register.store import RegisterEntry, RegisterRecord


@dataclass(frozen=True)
class Keeper:
    """Of whom an entry's newest certificate is, and with which case."""

    account_id: str
    application_id: str


def keeper_of(session: Session, entry: RegisterEntry) -> Keeper:
    """Whoever had it issued anew, made or being made; else whose the registration was at first."""
    newest = newest_of(session, entry.registration_number)
    return (
        Keeper(newest.account_id, newest.application_id) if newest else Keeper(entry.account_id, entry.application_id)
    )


def owning(session: Session, entry: RegisterEntry) -> frozenset[str]:
    """The accounts whose a registration was at first, that had its certificate issued anew, and to which rights in it
    went over, as far as they can be told apart."""
    kept = session.scalars(
        select(Certificate.account_id).where(
            Certificate.registration_number == entry.registration_number, Certificate.paper == "certificate"
        )
    )
    return frozenset({entry.account_id, *kept, *_named(session, entry, RegisterRecord.act == "assigned")})


def dealing_with(session: Session, entry: RegisterEntry) -> frozenset[str]:
    """The accounts of those who have a licence, a pledge or rights for a time in force, as far as they can be told
    apart."""
    return frozenset(_named(session, entry, is_in_force(_today(session))))


def concerned(session: Session, entry: RegisterEntry) -> frozenset[str]:
    """The accounts that lose something when a registration is revoked."""
    return owning(session, entry) | dealing_with(session, entry)


def is_owned(number: InstrumentedAttribute[str], account_id: str) -> ColumnElement[bool]:
    """The condition that a registration of this number has an account among the :func:`owning`."""
    kept = select(Certificate.registration_number).where(
        Certificate.account_id == account_id, Certificate.paper == "certificate"
    )
    at_first = select(RegisterEntry.registration_number).where(RegisterEntry.account_id == account_id)
    assigned = _naming(account_id).where(RegisterRecord.act == "assigned")
    return or_(number.in_(at_first), number.in_(kept), number.in_(assigned))


def concerns(session: Session, number: InstrumentedAttribute[str], account_id: str) -> ColumnElement[bool]:
    """The condition that a registration of this number has an account among the :func:`concerned`."""
    dealing = _naming(account_id).where(is_in_force(_today(session)))
    return or_(is_owned(number, account_id), number.in_(dealing))


def _today(session: Session) -> date:
    return legal_date(legal_now(session))


def _named(session: Session, entry: RegisterEntry, which: ColumnElement[bool]) -> set[str]:
    number = entry.registration_number
    query = select(RegisterRecord.sequence).where(RegisterRecord.registration_number == number, which)
    return {account for place in session.scalars(query).all() for account in accounts_named(session, number, place)}


def _naming(account_id: str) -> Select[str]:
    """Numbers of registrations with a record that names an account."""
    place = and_(
        DealingParty.registration_number == RegisterRecord.registration_number,
        DealingParty.sequence == RegisterRecord.sequence,
    )
    query = select(RegisterRecord.registration_number).join(DealingParty, place)
    return query.where(DealingParty.who.in_(identity_of(account_id)))
