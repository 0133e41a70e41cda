"""Whose papers are: of who asked for them, and of whom they concern."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, union
from sqlalchemy.orm import Session, aliased

from archive.certificates.store import Certificate, Document
from archive.parties.store import DealingParty, identity_of
from archive.register.store import RegisterEntry, RegisterRecord


def of_account(
    session: Session, account_id: str, before: str | None, limit: int
) -> Sequence[tuple[Certificate, RegisterEntry, Document | None, RegisterRecord]]:
    """An account's certificates, and proofs of what it is a party to, with entry, file and record, newest first."""
    certified = and_(
        RegisterRecord.registration_number == Certificate.registration_number,
        RegisterRecord.sequence == Certificate.record,
    )
    query = (
        select(Certificate, RegisterEntry, Document, RegisterRecord)
        .join(RegisterRecord, certified)
        .join(RegisterEntry, RegisterEntry.registration_number == Certificate.registration_number)
        .outerjoin(Document, Document.document_id == Certificate.document_id)
        .where(or_(Certificate.account_id == account_id, _party_to(account_id)), Certificate.language == "zh")
    )
    if before:
        query = query.where(Certificate.certificate_id < before)
    query = query.order_by(Certificate.certificate_id.desc()).limit(limit)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _party_to(account_id: str) -> ColumnElement[bool]:
    """Proofs of records that name who an account was verified to be; and of the revocation of what it has a paper of,
    or is a party to."""
    mine, other = DealingParty.who.in_(identity_of(account_id)), aliased(Certificate)
    named = select(DealingParty.registration_number, DealingParty.sequence).where(mine)
    concerned = union(
        select(DealingParty.registration_number).where(mine),
        select(other.registration_number).where(other.account_id == account_id),
    )
    place = tuple_(Certificate.registration_number, Certificate.record)
    return or_(
        and_(Certificate.paper == "dealing_proof", place.in_(named)),
        and_(Certificate.paper == "revocation_proof", Certificate.registration_number.in_(concerned)),
    )


def proves_of(session: Session, account_id: str, document_id: str) -> bool:
    """Whether a document is the proof of what an account is a party to."""
    query = select(Certificate.certificate_id).where(Certificate.document_id == document_id, _party_to(account_id))
    return session.scalars(query).one_or_none() is not None


def filed_by(session: Session, registration_number: str, number: str) -> str:
    """Whose the case is in which the dealing with this number was filed; empty where there is none."""
    record, of = RegisterRecord, RegisterRecord.registration_number == registration_number
    query = select(Certificate.account_id).where(
        Certificate.registration_number == registration_number,
        Certificate.paper == "dealing_proof",
        Certificate.language == "zh",
        Certificate.record.in_(select(record.sequence).where(of, record.number == number)),
    )
    return session.scalars(query).one_or_none() or ""
