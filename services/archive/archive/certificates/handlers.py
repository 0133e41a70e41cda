"""Certificates: queueing them, listing mine, the archive's documents, and the archivist's view of the queue."""

from __future__ import annotations

from typing import Any, cast

from chassis.access import acting_for, may
from chassis.actor import Actor
from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, enter
from contracts.archive import CertificateIn, CertificateList, CertificateView, IssuingJob, IssuingQueue
from contracts.base import Empty
from contracts.forms import Kind
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments
from contracts.paging import Page, QueueTotals
from contracts.procedures import own_rights

from archive.certificates import held, store
from archive.certificates.model import DELAYED_AFTER, SOON
from archive.certificates.offering import Offer, offers_of
from archive.certificates.standing import ended_ones, names_others, standing_of
from archive.register.store import records_of_each

READERS = frozenset({"archivist", "customer_service", "examiner", "senior_examiner", "administrator"})
"""Staff whose work needs the documents of other people's cases."""


def may_read(actor: Actor, account_id: str) -> bool:
    """The party of the case, and staff whose work needs it."""
    return may(actor, account_id, "read", office=READERS)


def _may_have(uow: UnitOfWork, account_id: str, document_id: str) -> bool:
    """Also who is a party to what a proof proves."""
    if may_read(uow.actor, account_id):
        return True
    return bool(uow.actor.party) and held.proves_of(uow.session, acting_for(uow.actor, "read"), document_id)


def certificate_in(request: CertificateIn, uow: UnitOfWork) -> DocumentRef:
    """The same certificate in another language, signed like it; made when it is first asked for.

    Problems: ``document_unknown``, also for what belongs to somebody else and for what is no certificate;
    ``certificate_being_made`` (``seconds``): ask again.
    """
    found = store.lock_certificate_of(uow.session, request.document_id)
    if found is None or not _may_have(uow, found.account_id, request.document_id):
        raise Problem("document_unknown")
    twin = store.in_language(uow.session, found, request.language)
    if twin is None:
        twin = store.Certificate(
            certificate_id=new_id("crt"),
            registration_number=found.registration_number,
            record=found.record,
            paper=found.paper,
            edition=found.edition,
            language=request.language,
            application_id=found.application_id,
            account_id=found.account_id,
            document_id=new_id("arc"),
        )
        enter(uow, twin, Sender(Rank.SIGNED_IN, found.account_id))
        uow.audit("certificate.translate", subject=found.registration_number, language=request.language)
        uow.keep()
    document = uow.session.get(store.Document, twin.document_id)
    if document is None:
        raise Problem("certificate_being_made", seconds=SOON)
    return document.reference()


def list_certificates(request: Page, uow: UnitOfWork) -> CertificateList:
    """My certificates, newest first, with those that are still being made; also proofs of what I am a party to."""
    account_id = acting_for(uow.actor, "read")
    rows = held.of_account(uow.session, account_id, request.cursor, request.limit + 1)
    newest = store.in_force(uow.session, {entry.registration_number for _, entry, *_ in rows})
    records = records_of_each(uow.session, {entry.registration_number for _, entry, *_ in rows})
    ended = ended_ones([row[0] for row in rows], records, uow.today())
    offers = offers_of(uow.session, records, account_id, uow.today())
    items = [
        CertificateView(
            registration_number=entry.registration_number,
            certificate_number=entry.certificate_number,
            application_id=certificate.application_id,
            paper=certificate.paper,
            number=record.number or "",
            act=record.act if record.number else "",
            filed=may(uow.actor, certificate.account_id, "read"),
            title=entry.title,
            short_name=entry.short_name,
            version=entry.version,
            kind=cast(Kind, entry.kind),
            category=entry.category,
            registered_on=entry.registered_on,
            edition=certificate.edition if certificate.paper == "certificate" else 1,
            status=standing_of(certificate, entry.status, newest, ended) or "valid",
            names_others=certificate.paper == "certificate"
            and names_others(certificate.record, records[entry.registration_number]),
            state="issued" if document else "being_made",
            delayed=document is None and certificate.attempts > DELAYED_AFTER,
            document=document.reference() if document else None,
            procedures=offers[entry.registration_number].procedures,
            **_standing(offers[entry.registration_number]),
        )
        for certificate, entry, document, record in rows[: request.limit]
    ]
    more = len(rows) > request.limit
    return CertificateList(items=items, next_cursor=rows[request.limit - 1][0].certificate_id if more else None)


def _standing(offer: Offer) -> dict[str, Any]:
    """What the caller is to the registration."""
    said = offer.registered
    return {"role": said.role, "rights": own_rights(said)} if said else {}


def list_issuing(request: Page, uow: UnitOfWork) -> IssuingQueue:
    """Certificates that are not issued yet, oldest first, with what went wrong.

    Problem ``request_invalid`` for a cursor that is none.
    """
    rows = store.unfinished(uow.session, after_moment(request.cursor), request.limit + 1)
    page = rows[: request.limit]
    return IssuingQueue(
        items=[
            IssuingJob(
                registration_number=row.registration_number,
                language=row.language,
                application_id=row.application_id,
                queued_at=row.queued_at,
                attempts=row.attempts,
                next_attempt_at=row.leased_until or row.queued_at,
                last_error=row.last_error,
                parked_at=row.parked_at,
            )
            for row in page
        ],
        next_cursor=cursor(page[-1].queued_at, page[-1].certificate_id) if len(rows) > request.limit else None,
    )


def total_issuing(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Of all certificates that are not issued yet; ``late`` are those that failed and are being tried again."""
    count, failing, since = store.unfinished_totals(uow.session)
    return QueueTotals(on=uow.today(), count=count, late=failing, since=since and legal_date(since))


def list_documents(request: ListDocuments, uow: UnitOfWork) -> DocumentList:
    """The archive's own documents of a case: its certificates. A case of somebody else has none."""
    rows = store.documents_of(uow.session, request.application_id)
    papers = store.standings_of(uow.session, request.application_id)
    newest = store.in_force(uow.session, {paper.registration_number for paper, _ in papers.values()})
    found = [paper for paper, _ in papers.values()]
    records = records_of_each(uow.session, {paper.registration_number for paper in found})
    ended = ended_ones(found, records, uow.today())
    items = []
    for row in rows:
        if may_read(uow.actor, row.account_id):
            paper = papers.get(row.document_id)
            items.append(row.reference(standing_of(*paper, newest, ended) if paper else ""))
    return DocumentList(items=items)


def get_document(request: GetDocument, uow: UnitOfWork) -> DocumentRef:
    """Problem ``document_unknown`` for what does not exist and for what belongs to somebody else."""
    row = uow.session.get(store.Document, request.document_id)
    if row is None or not _may_have(uow, row.account_id, row.document_id):
        raise Problem("document_unknown")
    return row.reference()
