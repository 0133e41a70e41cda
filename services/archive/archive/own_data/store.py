"""What is the account's, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from archive.certificates.store import Certificate, Document
from archive.legacy.store import LegacyFiler, LegacyRegistration
from archive.office_acts.store import OfficeAct, seen_by
from archive.parties.store import DealingParty, identity_of
from archive.register.store import RegisterEntry, RegisterRecord


def entries_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[RegisterEntry]:
    """What stands in the register of the account."""
    query = select(RegisterEntry).where(
        RegisterEntry.account_id == account_id, RegisterEntry.registration_number > after
    )
    return session.scalars(query.order_by(RegisterEntry.registration_number).limit(limit)).all()


def documents_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[Document]:
    """What the archive issued to it."""
    query = select(Document).where(Document.account_id == account_id, Document.document_id > after)
    return session.scalars(query.order_by(Document.document_id).limit(limit)).all()


def old_registrations_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[LegacyRegistration]:
    """What the old accounts that are joined to it had registered."""
    row = LegacyRegistration
    query = (
        select(row)
        .join(LegacyFiler, LegacyFiler.login == row.login)
        .where(LegacyFiler.account_id == account_id, row.login != "", row.record_id > after)
    )
    return session.scalars(query.order_by(row.record_id).limit(limit)).all()


def dealings_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[RegisterRecord]:
    """Records of what was done with rights: in a registration of the account, naming it, or filed by it."""
    record = RegisterRecord
    place = tuple_(record.registration_number, record.sequence)
    held = select(RegisterEntry.registration_number).where(RegisterEntry.account_id == account_id)
    named = select(DealingParty.registration_number, DealingParty.sequence).where(
        DealingParty.who.in_(identity_of(account_id))
    )
    filed = select(Certificate.registration_number, Certificate.record).where(
        Certificate.account_id == account_id, Certificate.paper == "dealing_proof"
    )
    query = select(record).where(
        record.act.in_(("assigned", "licensed", "pledged")),
        or_(record.registration_number.in_(held), place.in_(named), place.in_(filed)),
        record.number > after,
    )
    return session.scalars(query.order_by(record.number).limit(limit)).all()


def who_of(session: Session, account_id: str) -> frozenset[str]:
    """Who the account is or was, as parties are compared."""
    return frozenset(session.scalars(identity_of(account_id)))


def office_acts_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[OfficeAct]:
    """Those that concern the account, and objections of its own."""
    query = select(OfficeAct).where(seen_by(session, account_id), OfficeAct.act_id > after)
    return session.scalars(query.order_by(OfficeAct.act_id).limit(limit)).all()
