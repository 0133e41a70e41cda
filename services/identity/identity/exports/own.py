"""What identity keeps of an account, as it tells it to its holder. What is sealed is opened for them alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chassis.own_data import facts_of
from chassis.uow import UnitOfWork
from contracts.own_data import PAGE, OwnData, OwnFile, OwnRecord, ReadOwnData, Section
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from identity.accounts import store as accounts
from identity.accounts.store import ID_NUMBER
from identity.base import Base
from identity.consents.store import Consent
from identity.enquiries.store import Enquiry
from identity.legacy.model import facts_of as old_facts
from identity.links.store import of_account as links_of
from identity.messages.store import Message
from identity.numbers.store import CaseNumber
from identity.recoveries.store import Recovery
from identity.sealing import vault
from identity.sessions.store import SignInSession
from identity.signatures.store import Signature, seal_of
from identity.verification import operators
from identity.verification import store as verifications
from identity.verification.store import Verification

_ACCOUNT = (
    *("kind", "name", "organisation_name", "account_name", "mobile", "email", "email_confirmed_at", "id_type"),
    *("uscc", "verification", "language", "muted", "from_old_system", "created_at"),
)
_OLD_SECRETS = frozenset({"salt", "password"})


_TIMES = ("submitted_at", "due_on", "decided_at")


def own_data(request: ReadOwnData, uow: UnitOfWork) -> OwnData:
    """A page of a section, as other services tell theirs (``contracts.own_data``)."""
    items = _PAGES[request.section](uow, request.account_id, request.cursor)
    return OwnData(items=items, next_cursor=items[-1].record_id if len(items) == PAGE else None)


def _account(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    account = accounts.get(uow.session, account_id)
    if account is None or after:
        return []
    seals, facts = vault(uow.settings), facts_of(account, _ACCOUNT)
    if account.sealed_id_number is not None:
        facts["id_number"] = seals.open(ID_NUMBER, account.sealed_id_number, account_id).decode()
    facts["old_accounts"] = [
        {
            "linked_at": link.linked_at,
            "how": link.how,
            "facts": {
                name: value
                for name, value in old_facts(old.record_id, old.facts, seals).items()
                if value and name not in _OLD_SECRETS
            },
        }
        for link, old in links_of(uow.session, account_id)
    ]
    seal = seal_of(uow.session, account_id)
    files = [OwnFile(file_name=seal.file_name, sha256=seal.sha256, size=seal.size)] if seal else []
    title = account.organisation_name or account.name
    return [OwnRecord(record_id=account_id, title=title, at=account.created_at, facts=facts, files=files)]


def _consents(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    query = select(Consent).where(Consent.account_id == account_id, Consent.id > int(after or 0))
    rows = uow.session.scalars(query.order_by(Consent.id).limit(PAGE))
    names = ("notice", "version", "state", "at", "client", "sha256")
    return [
        OwnRecord(record_id=f"{row.id:019d}", title=row.notice, at=row.at, facts=facts_of(row, names)) for row in rows
    ]


def _verifications(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    """Photographs by name and hash, with when those that are not kept were destroyed."""
    told = []
    for row in _rows(uow, Verification, Verification.verification_id, account_id, after):
        images = verifications.images(uow.session, row.verification_id)
        names = ("kind", "part", "why", "state", "earlier_name", "new_name", "reasons", "findings", *_TIMES)
        change, told_of = operators.get(uow.session, row.verification_id), ("name", "id_type", "masked_id_number")
        facts = facts_of(row, names) | {
            "operator": facts_of(change, told_of) if change is not None else None,
            "images": [facts_of(image, ("document", "content_type", "discarded_at")) for image in images],
        }
        files = [
            OwnFile(file_name=image.file_name, sha256=image.original_sha256, size=image.original_size)
            for image in images
        ]
        told.append(
            OwnRecord(record_id=row.verification_id, title=row.state, at=row.submitted_at, facts=facts, files=files)
        )
    return told


def _sessions(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    names = ("method", "client", "user_agent", "created_at", "last_used_at", "ended_at", "ended_because")
    return [
        OwnRecord(record_id=row.session_id, title=row.client, at=row.created_at, facts=facts_of(row, names))
        for row in _rows(uow, SignInSession, SignInSession.session_id, account_id, after)
    ]


def _signatures(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    names = ("signer_name", "signer_kind", "masked_id_number", "document_id", "sha256", "method", "signed_at")
    return [
        OwnRecord(record_id=row.evidence_id, title=row.document_id, at=row.signed_at, facts=facts_of(row, names))
        for row in _rows(uow, Signature, Signature.evidence_id, account_id, after)
    ]


def _messages(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    """By every channel; of one with a code in it, only that it was sent."""
    names = ("channel", "recipient", "template", "body", "application_id", "read_at")
    return [
        OwnRecord(record_id=row.message_id, title=row.subject, at=row.sent_at, facts=facts_of(row, names))
        for row in _rows(uow, Message, Message.message_id, account_id, after)
    ]


def _recoveries(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    """Whoever asked for the account may be a stranger: how to reach them is theirs."""
    query = select(Recovery).where(
        or_(Recovery.account_id == account_id, Recovery.new_account_id == account_id), Recovery.recovery_id > after
    )
    names = ("receipt", "channel", "state", "outcome", "submitted_at", "ended_at", "objected_at")
    return [
        OwnRecord(record_id=row.recovery_id, title=row.receipt, at=row.submitted_at, facts=facts_of(row, names))
        for row in uow.session.scalars(query.order_by(Recovery.recovery_id).limit(PAGE))
    ]


def _enquiries(uow: UnitOfWork, account_id: str, after: str) -> list[OwnRecord]:
    """What customer service noted of the account and of its cases. Who of the office did, and who called from where, is
    theirs."""
    cases = select(CaseNumber.application_id).where(CaseNumber.account_id == account_id)
    query = select(Enquiry).where(
        or_(
            and_(Enquiry.subject == "account", Enquiry.subject_id == account_id),
            and_(Enquiry.subject == "application", Enquiry.subject_id.in_(cases)),
        ),
        Enquiry.enquiry_id > after,
    )
    names = ("channel", "text", "promised", "call_back_on", "ended_at")
    return [
        OwnRecord(record_id=row.enquiry_id, title=row.channel, at=row.at, facts=facts_of(row, names))
        for row in uow.session.scalars(query.order_by(Enquiry.enquiry_id).limit(PAGE))
    ]


def _rows(
    uow: UnitOfWork, row_type: type[Base], key: InstrumentedAttribute[str], account_id: str, after: str
) -> Sequence[Any]:
    owner: InstrumentedAttribute[str] = row_type.account_id  # type: ignore[attr-defined]  # all of these have one
    query = select(row_type).where(owner == account_id, key > after).order_by(key).limit(PAGE)
    return uow.session.scalars(query).all()


_PAGES: Mapping[Section, Callable[[UnitOfWork, str, str], list[OwnRecord]]] = {
    "account": _account,
    "consents": _consents,
    "verifications": _verifications,
    "sessions": _sessions,
    "signatures": _signatures,
    "messages": _messages,
    "recoveries": _recoveries,
    "enquiries": _enquiries,
}
