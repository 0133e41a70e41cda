"""What the archive keeps of an account: registrations, documents issued to it, registrations of old, parcels."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from chassis.own_data import facts_of, telling
from chassis.sealing import Sealing
from chassis.uow import UnitOfWork
from contracts.dealings import Grantee
from contracts.own_data import OwnData, OwnDocument, OwnRecord, ReadOwnData
from sqlalchemy.orm import Session

from archive.certificates.held import filed_by
from archive.mailing.addresses import opened
from archive.mailing.store import of_account as parcels_of
from archive.office_acts.store import answer_of
from archive.own_data import store
from archive.parties.store import numbers_of, who_is
from archive.register.model import Owner, public_owner
from archive.register.records import fold
from archive.register.store import records_of

_ENTRY = (
    *("registration_number", "certificate_number", "status", "kind", "category", "title", "short_name", "version"),
    *("authors", "owners", "completion_date", "publication_date", "registered_on", "application_id"),
)
_DOCUMENT = ("kind", "title", "file_name", "content_type", "sha256", "size", "issued_at", "application_id")
_ACT = (
    *("registration_number", "act", "state", "ground", "before", "states", "report", "reported_at", "statement"),
    *("proposed_at", "hear_until", "reason", "decided_at"),
)
_OBJECTION = ("registration_number", "state", "report", "reported_at", "reason", "decided_at")
_OBJECTED = {"report", "reported_at"}
"""What somebody else said of a registration is not its holder's."""
_DEALING = {
    *("number", "act", "on", "rights", "territory", "begins", "ends", "claim", "claim_due", "released_on"),
}
_SECURED = {"claim", "claim_due"}
"""What a pledge secures is its parties' business, not that of an earlier owner."""
_PARCEL = (*("registration_number", "state", "tracking_number", "sent_on", "ended_on", "reason", "application_id"),)
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
    """What the office did or means to do about registrations that concern the account, with what the account said; and
    its objections to those of others."""
    found = []
    for row in store.office_acts_of(session, account_id, after, limit):
        if row.act == "revoked" and row.reported_by == account_id:
            facts = facts_of(row, _OBJECTION)
            found.append(OwnRecord(record_id=row.act_id, title=row.registration_number, facts=facts))
            continue
        facts, said = facts_of(row, _ACT), answer_of(session, row.act_id, account_id)
        if row.act == "revoked":
            facts = {name: value for name, value in facts.items() if name not in _OBJECTED}
        if said is not None:
            facts |= {"heard": said.statement, "heard_at": said.said_at}
        found.append(OwnRecord(record_id=row.act_id, title=row.registration_number, facts=facts))
    return found


def dealings(sealing: Sealing, session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Contracts and pledges of rights to which the account is a party, or in what is registered to it: of other
    parties what anybody may see."""
    own, found = store.who_of(session, account_id), []
    for row in store.dealings_of(session, account_id, after, limit):
        standing = fold(records_of(session, row.registration_number))
        dealing = next(one for one in standing.dealings if one.number == row.number)
        named = row.number in numbers_of(session, row.registration_number, account_id)
        party = named or filed_by(session, row.registration_number, dealing.number) == account_id
        told = _DEALING if party else _DEALING - _SECURED
        facts = dealing.model_dump(mode="json", include=told, exclude_none=True)
        for side, people in (("grantors", dealing.grantors), ("grantees", dealing.grantees)):
            facts[side] = [_party(sealing, one, own) for one in people]
        facts["registration_number"] = row.registration_number
        found.append(OwnRecord(record_id=dealing.number, title=standing.particulars.title, facts=facts))
    return found


def _party(sealing: Sealing, one: Grantee, own: Collection[str]) -> dict[str, str]:
    """Oneself as the record has it; another as the public register does."""
    if who_is(sealing, one.name, one.id_type, one.masked_id_number) in own:
        return facts_of(one, ("name", "kind", "nationality", "id_type", "masked_id_number"))
    return {"name": public_owner(Owner(name=one.name, kind=one.kind)), "kind": one.kind}


def parcels(sealing: Sealing, session: Session, account_id: str, after: str, limit: int) -> list[OwnRecord]:
    """Paper certificates that they asked for, and where those were to go, as long as that is kept."""
    found = []
    for row in parcels_of(session, account_id, after, limit):
        address = opened(sealing, row)
        facts = facts_of(row, _PARCEL) | (address.model_dump() if address else {})
        found.append(OwnRecord(record_id=row.parcel_number, at=row.asked_at, facts=facts))
    return found


def own_data(request: ReadOwnData, uow: UnitOfWork) -> OwnData:
    """Problem ``not_found`` for a section of another service."""
    tell = telling(
        {
            "registrations": registrations,
            "documents": documents,
            "old_registrations": old_registrations,
            "office_acts": office_acts,
            "dealings": partial(dealings, uow.sealing),
            "parcels": partial(parcels, uow.sealing),
        }
    )
    return tell(request, uow)
