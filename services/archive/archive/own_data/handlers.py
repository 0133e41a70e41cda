"""What the archive keeps of an account: registrations, documents that were issued to it, registrations of old."""

from __future__ import annotations

from chassis.own_data import facts_of, telling
from contracts.own_data import OwnDocument, OwnRecord
from sqlalchemy.orm import Session

from archive.own_data import store

_ENTRY = (
    *("registration_number", "certificate_number", "status", "kind", "category", "title", "short_name", "version"),
    *("authors", "owners", "completion_date", "publication_date", "registered_on", "application_id"),
)
_DOCUMENT = ("kind", "title", "file_name", "content_type", "sha256", "size", "issued_at", "application_id")
_ACT = (
    *("registration_number", "act", "state", "ground", "before", "states", "report", "reported_at", "statement"),
    *("proposed_at", "hear_until", "heard", "heard_at", "reason", "decided_at"),
)
_OLD = (
    *("number", "kind", "certificate_number", "category", "title", "short_name", "version", "authors", "owners"),
    *("completion_date", "publication_date", "registered_on", "earlier_number", "serial_number", "login", "note"),
)


def registrations(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """As they stand in the register."""
    return [
        OwnRecord(record_id=row.registration_number, title=row.title, at=row.entered_at, facts=facts_of(row, _ENTRY))
        for row in store.entries_of(session, account_id, after, limit)
    ]


def documents(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Certificates, and declarations as they were signed."""
    return [
        OwnRecord(
            record_id=row.document_id,
            title=row.title,
            at=row.issued_at,
            facts=facts_of(row, _DOCUMENT),
            documents=[OwnDocument(document_id=row.document_id, title=row.title)],
        )
        for row in store.documents_of(session, account_id, after, limit)
    ]


def old_registrations(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """What the old accounts that are joined to this one had registered."""
    return [
        OwnRecord(record_id=row.record_id, title=row.title, facts=facts_of(row, _OLD))
        for row in store.old_registrations_of(session, account_id, after, limit)
    ]


def office_acts(session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """What the office did or means to do about registrations of the account, with what its holder said of it."""
    return [
        OwnRecord(record_id=row.act_id, title=row.registration_number, facts=facts_of(row, _ACT))
        for row in store.office_acts_of(session, account_id, after, limit)
    ]


own_data = telling(
    {
        "registrations": registrations,
        "documents": documents,
        "old_registrations": old_registrations,
        "office_acts": office_acts,
    }
)
