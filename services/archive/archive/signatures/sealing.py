"""Sealing signed documents: draw the signature, attach its evidence, sign, store. May be killed anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from chassis.documents import SIGNATURE_BOX, DocumentRenderer
from chassis.runtime import Runtime
from chassis.signing import covered_by
from chassis.signing.evidence import COVERED, EVIDENCE
from chassis.signing.seal import Attachment
from chassis.telemetry import logger
from chassis.work import ALONE, Lane, put_off
from contracts.archive import DOCUMENT_SIGNED, DocumentSigned
from contracts.objects import ObjectRef

from archive.certificates.issuing import seal_of
from archive.certificates.model import LOCATION, OFFICE
from archive.certificates.store import Document
from archive.dossier.store import serial_number_of
from archive.signatures import store
from archive.signatures.model import KINDS, edition_title, file_check_address, reason, stamp_data
from archive.signatures.store import SignedDocument

_log = logger("archive.signatures")
_LARGEST = 32 << 20


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


def seal_next(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Seals the next signed document; False when there is none. A failure is written down and tried again."""
    with lane.piece(runtime, SignedDocument) as row:
        if row is None:
            return False
        try:
            claims = runtime.trust.verify(row.evidence, audience="evidence", issuer="identity")
            if ref := _stored_file(runtime, row, claims):
                _issue(runtime, row, claims, ref)
        except Exception as error:
            _log.exception("signed_document_failed", document=row.document_id)
            put_off(runtime, row, error)
    return True


def _stored_file(runtime: Runtime, row: SignedDocument, claims: dict[str, Any]) -> ObjectRef | None:
    """The sealed file in the object store: that of an interrupted attempt, else a new one. None: the lease is lost."""
    if row.candidate_sha256 and runtime.objects.exists(row.candidate_sha256):
        return ObjectRef(sha256=row.candidate_sha256, size=row.candidate_size or 0)
    with runtime.unit_of_work() as uow:
        same = store.sealed_before(uow.session, row)
        if same is not None:
            return same if store.record_candidate(uow.session, row, same) else None
    sealed = _sealed(runtime, row, claims)
    ref = ObjectRef(sha256=hashlib.sha256(sealed).hexdigest(), size=len(sealed))
    with runtime.unit_of_work() as uow:
        if not store.record_candidate(uow.session, row, ref):
            return None
    runtime.objects.put_bytes(sealed)
    return ref


def _sealed(runtime: Runtime, row: SignedDocument, claims: dict[str, Any]) -> bytes:
    pdf = runtime.objects.read(row.source_sha256, _LARGEST)
    picture = runtime.objects.read(row.picture_sha256, 1 << 20) if row.picture_sha256 else b""
    data = stamp_data(
        claims,
        row.title,
        row.source_sha256,
        check=file_check_address(runtime.settings.public_url),
        sandbox=runtime.settings.sandbox,
        seal=_as_svg(picture) if picture else "",
        serial_number=_serial_number(runtime, row),
    )
    token: Attachment = (EVIDENCE, "application/jwt", row.evidence.encode(), "Evidence of the signature")
    attachments = [token]
    if row.kind != "declaration":
        covered = covered_by(runtime.objects.read(row.declaration_sha256, _LARGEST), row.source_sha256)
        attachments.insert(0, (COVERED, "application/json", covered, "What the signature covers"))
    return seal_of(runtime.settings.pki_dir).sign_pdf(
        pdf,
        reason=reason(claims),
        location=LOCATION,
        name=OFFICE,
        box=SIGNATURE_BOX,
        page=-1,
        appearance=_renderer().render("signature", data),
        attachments=attachments,
    )


def _serial_number(runtime: Runtime, row: SignedDocument) -> str:
    """Of the case, for what is of one case alone: the works of a batch share their declaration."""
    if row.kind != "application_form":
        return ""
    with runtime.unit_of_work() as uow:
        return serial_number_of(uow.session, row.application_id)


def _as_svg(png: bytes) -> str:
    """A picture in the one form in which templates take data: text."""
    encoded = base64.b64encode(png).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
        f'<image width="100" height="100" xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )


def _issue(runtime: Runtime, row: SignedDocument, claims: dict[str, Any], ref: ObjectRef) -> None:
    """The file exists: enters it as a document of the case and says so, in one transaction."""
    with runtime.unit_of_work() as uow:
        issued_at = uow.now()
        if not store.mark_issued(uow.session, row, issued_at):
            return
        title = edition_title(row.title)
        document = Document(
            document_id=row.document_id,
            application_id=row.application_id,
            account_id=row.account_id,
            kind=KINDS[row.kind],
            title=title,
            file_name=f"{title}.pdf",
            content_type="application/pdf",
            sha256=ref.sha256,
            size=ref.size,
            issued_at=issued_at,
        )
        uow.session.add(document)
        uow.audit("document.seal", subject=row.application_id, document=row.document_id, sha256=ref.sha256)
        uow.emit(
            DOCUMENT_SIGNED,
            DocumentSigned(
                application_id=row.application_id,
                account_id=row.account_id,
                evidence_id=row.evidence_id,
                signer_name=str(claims["name"]),
                signed_at=claims["signed_at"],
                signed_sha256=row.source_sha256,
                documents=[document.reference()],
            ),
        )
