"""Making certificates: render, sign, store, then say so. May be killed anywhere; each certificate is issued once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import cast

from chassis.documents import DocumentRenderer
from chassis.failpoints import failpoint
from chassis.runtime import Runtime
from chassis.signing import SealSigner
from chassis.telemetry import logger
from chassis.untold import fault
from chassis.work import ALONE, Lane
from contracts.archive import CERTIFICATE_ISSUED, CertificateIssued
from contracts.forms import Kind
from contracts.objects import ObjectRef

from archive.certificates import store
from archive.certificates.model import LOCATION, OFFICE, SEAL_BOX, TITLES, certificate_data, retry_delay
from archive.register.store import RegisterEntry

_log = logger("archive.issuing")


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


@cache
def seal_of(pki_dir: Path) -> SealSigner:
    """The office's seal, once per process."""
    return SealSigner.load(pki_dir)


def issue_next(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Makes the next certificate of the queue; False when there is none. A failure is written down and retried."""
    with lane.piece(runtime, store.Certificate) as certificate:
        if certificate is None:
            return False
        failpoint("issuing.claimed")
        try:
            with runtime.reading_sessions() as session:
                entry = store.entry_of(session, certificate)
            if ref := _stored_file(runtime, certificate, entry):
                _issue(runtime, certificate, entry, ref)
        except Exception as error:
            _log.exception("certificate_failed", registration_number=certificate.registration_number)
            with runtime.unit_of_work() as uow:
                delay = retry_delay(certificate.attempts)
                store.mark_failed(uow.session, certificate, fault(error), delay)
    return True


def _stored_file(runtime: Runtime, certificate: store.Certificate, entry: RegisterEntry) -> ObjectRef | None:
    """The signed file in the object store: that of an interrupted attempt, else a new one. None: the lease is lost."""
    if certificate.candidate_sha256 and runtime.objects.exists(certificate.candidate_sha256):
        return ObjectRef(sha256=certificate.candidate_sha256, size=certificate.candidate_size or 0)
    signed = seal_of(runtime.settings.pki_dir).sign_pdf(
        _render(runtime, certificate, entry), reason=TITLES[entry.kind], location=LOCATION, name=OFFICE, box=SEAL_BOX
    )
    failpoint("issuing.signed")
    ref = ObjectRef(sha256=hashlib.sha256(signed).hexdigest(), size=len(signed))
    with runtime.unit_of_work() as uow:
        if not store.record_candidate(uow.session, certificate, ref):
            return None
    failpoint("issuing.recorded")
    runtime.objects.put_bytes(signed)
    failpoint("issuing.stored")
    return ref


def _render(runtime: Runtime, certificate: store.Certificate, entry: RegisterEntry) -> bytes:
    data = certificate_data(
        kind=cast(Kind, entry.kind),
        registration_number=entry.registration_number,
        certificate_number=certificate.certificate_number,
        title=entry.title,
        category=entry.category,
        authors=entry.registered_authors,
        owners=entry.registered_owners,
        completion_date=entry.completion_date,
        publication_date=entry.publication_date,
        acquisition=entry.acquisition,
        rights_scope=entry.rights_scope,
        applicant=entry.applicant,
        registered_on=entry.registered_on,
        public_url=runtime.settings.public_url,
        sandbox=runtime.settings.sandbox,
    )
    return _renderer().render(f"{entry.kind}_certificate", data)


def _issue(runtime: Runtime, certificate: store.Certificate, entry: RegisterEntry, ref: ObjectRef) -> None:
    """The file exists: marks the certificate issued and says so, in one transaction."""
    with runtime.unit_of_work() as uow:
        issued_at = uow.now()
        if not store.mark_issued(uow.session, certificate, issued_at):
            return
        document = store.Document(
            document_id=certificate.document_id,
            application_id=entry.application_id,
            account_id=entry.account_id,
            kind="certificate",
            title=TITLES[entry.kind],
            file_name=f"{entry.registration_number}.pdf",
            content_type="application/pdf",
            sha256=ref.sha256,
            size=ref.size,
            issued_at=issued_at,
        )
        uow.session.add(document)
        uow.audit("certificate.issue", subject=entry.registration_number, sha256=ref.sha256)
        uow.emit(
            CERTIFICATE_ISSUED,
            CertificateIssued(
                application_id=entry.application_id,
                account_id=entry.account_id,
                title=entry.title,
                registration_number=entry.registration_number,
                registered_on=entry.registered_on,
                certificate_sha256=ref.sha256,
                documents=[document.reference()],
            ),
        )
