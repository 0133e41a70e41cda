"""Making certificates: render, sign, store, then say so. May be killed anywhere; each certificate is issued once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from chassis.documents import DocumentRenderer
from chassis.failpoints import failpoint
from chassis.runtime import Runtime
from chassis.signing import SealSigner
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane, put_off
from contracts.archive import (
    CERTIFICATE_ISSUED,
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    LEGACY_CERTIFICATE_ISSUED,
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
)
from contracts.legacy import is_record
from contracts.objects import ObjectRef

from archive.certificates import store
from archive.certificates.model import LOCATION, OFFICE, SEAL_BOX, Certified, Printing, data_of, template_of
from archive.certificates.words import name_of

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
                certified = store.certified(session, certificate)
            if ref := _stored_file(runtime, certificate, certified):
                _issue(runtime, certificate, certified, ref)
        except Exception as error:
            _log.exception("certificate_failed", registration_number=certificate.registration_number)
            put_off(runtime, certificate, error)
    return True


def _stored_file(runtime: Runtime, certificate: store.Certificate, certified: Certified) -> ObjectRef | None:
    """The signed file in the object store: that of an interrupted attempt, else a new one. None: the lease is lost."""
    if certificate.candidate_sha256 and runtime.objects.exists(certificate.candidate_sha256):
        return ObjectRef(sha256=certificate.candidate_sha256, size=certificate.candidate_size or 0)
    signed = seal_of(runtime.settings.pki_dir).sign_pdf(
        _render(runtime, certificate, certified),
        reason=_name(certificate, certified),
        location=LOCATION,
        name=OFFICE,
        box=SEAL_BOX,
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


def _render(runtime: Runtime, certificate: store.Certificate, certified: Certified) -> bytes:
    printing = Printing(
        registration_number=certificate.registration_number,
        language=certificate.language,
        public_url=runtime.settings.public_url,
        sandbox=runtime.settings.sandbox,
    )
    data = data_of(certificate.paper, certified, printing)
    return _renderer().render(template_of(certificate.paper, certified.standing.particulars.kind), data)


def _name(certificate: store.Certificate, certified: Certified) -> str:
    """What it is called, in its own language."""
    if certificate.paper == "certificate":
        return name_of(certified.standing.particulars.kind, certificate.language)
    named = certificate.paper if certificate.paper == "revocation_proof" else certified.record.act
    return name_of(named, certificate.language)


def _number(certificate: store.Certificate, certified: Certified) -> str:
    """Of a certificate its registration number, of a proof its own."""
    return certificate.registration_number if certificate.paper == "certificate" else certified.record.number


def _issue(runtime: Runtime, certificate: store.Certificate, certified: Certified, ref: ObjectRef) -> None:
    """The file exists: marks the certificate issued and says so, in one transaction. Of a twin in another language
    nobody else needs to hear."""
    with runtime.unit_of_work() as uow:
        issued_at = uow.now()
        if not store.mark_issued(uow.session, certificate, issued_at):
            return
        twin = certificate.language != "zh"
        document = store.Document(
            document_id=certificate.document_id,
            application_id=certificate.application_id,
            account_id=certificate.account_id,
            kind=f"{certificate.paper}_translation" if twin else certificate.paper,
            title=_name(certificate, certified),
            file_name=f"{_number(certificate, certified)}{f'-{certificate.language}' if twin else ''}.pdf",
            content_type="application/pdf",
            sha256=ref.sha256,
            size=ref.size,
            issued_at=issued_at,
        )
        uow.session.add(document)
        uow.audit(
            "certificate.issue",
            subject=certificate.registration_number,
            sha256=ref.sha256,
            language=certificate.language,
        )
        if not twin:
            _announce(certificate, certified, document, uow)


def _announce(certificate: store.Certificate, certified: Certified, document: store.Document, uow: UnitOfWork) -> None:
    """The first certificate, or the proof of a change, is issued; a later one is issued anew; a registration is revoked
    once its proof says so. Of a case that the old system began, the bridge hears of the first certificate alone."""
    standing, record, number = certified.standing, certified.record, _number(certificate, certified)
    facts: dict[str, Any] = {
        "application_id": certificate.application_id,
        "account_id": certificate.account_id,
        "title": standing.particulars.title,
        "registration_number": certificate.registration_number,
        "registered_on": standing.registered_on,
        "certificate_sha256": document.sha256,
        "number": number if certificate.paper != "certificate" else "",
        "documents": [document.reference()],
    }
    if certificate.paper == "revocation_proof":
        uow.emit(CERTIFICATE_REVOKED, CertificateRevoked(**facts, ground=record.ground))
    elif certificate.edition > 1 and certificate.paper == "certificate":
        anew = CertificateReissued(**facts, ground=record.ground, edition=certificate.edition)
        uow.emit(CERTIFICATE_REISSUED, anew)
    else:
        event = LEGACY_CERTIFICATE_ISSUED if is_record(certificate.application_id) else CERTIFICATE_ISSUED
        uow.emit(event, CertificateIssued(**facts))
