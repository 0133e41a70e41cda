"""Documents of a case, whoever keeps them: which service answers for an id, and their bytes on the way out."""

from __future__ import annotations

import base64
import io
from collections import Counter

from chassis.errors import Problem
from chassis.objects import ObjectMissing
from chassis.objects.sealing import decrypt
from contracts.base import RpcMethod
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments, SealedObject
from flask import Response, request, send_file

from contracts import archive, filing, payment
from gateway.web.calls import call
from gateway.web.file_names import with_plain_name
from gateway.web.resources import resources

PLAYED = ("audio/mpeg", "audio/wav", "audio/flac", "audio/ogg", "audio/mp4", "video/mp4", "video/x-matroska")
SAFE_INLINE = ("application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", *PLAYED)
SEALED_LIMIT = 21 << 20
OWNERS: dict[str, RpcMethod[GetDocument, DocumentRef]] = {
    "fil": filing.GET_DOCUMENT,
    "pay": payment.GET_DOCUMENT,
    "arc": archive.GET_DOCUMENT,
}
LISTS: tuple[RpcMethod[ListDocuments, DocumentList], ...] = (
    filing.LIST_DOCUMENTS,
    payment.LIST_DOCUMENTS,
    archive.LIST_DOCUMENTS,
)


def documents_of(application_id: str) -> list[DocumentRef]:
    """What filing, payment and archive issued for a case, oldest first. One that does not answer is left out."""
    found: dict[str, DocumentRef] = {}
    for method in LISTS:
        try:
            items = call(method, ListDocuments(application_id=application_id)).items
        except Problem as problem:
            if problem.status < 500 and problem.status != 404:
                raise
            continue
        found |= {document.document_id: document for document in items}
    return sorted(found.values(), key=lambda document: document.issued_at)


def once(documents: list[DocumentRef]) -> list[DocumentRef]:
    """For people: of what was signed the edition that carries the signatures, in place of the one that was signed."""
    signed = Counter(document.kind for document in documents)
    left = {kind: signed[f"signed_{kind}"] for kind in signed}
    shown = []
    for document in documents:
        if left.get(document.kind, 0) > 0:
            left[document.kind] -= 1
        else:
            shown.append(document)
    return shown


def all_documents_of(application_id: str) -> list[DocumentRef]:
    """As :func:`documents_of`, complete or not at all.

    Problems: ``application_unknown`` (also for somebody else's), ``service_unavailable``. Payment and archive know
    nothing of a case that has just begun.
    """
    asked = ListDocuments(application_id=application_id)
    found = {document.document_id: document for document in call(filing.LIST_DOCUMENTS, asked).items}
    for method in (payment.LIST_DOCUMENTS, archive.LIST_DOCUMENTS):
        try:
            found |= {document.document_id: document for document in call(method, asked).items}
        except Problem as problem:
            if problem.status != 404:
                raise
    return sorted(found.values(), key=lambda document: document.issued_at)


def find_document(document_id: str, language: archive.Language | None = None) -> DocumentRef:
    """A document by its id, whose prefix names the service that keeps it; of a certificate, its twin in a language.

    Problems: ``document_unknown``, ``certificate_being_made``.
    """
    method = OWNERS.get(document_id.partition("-")[0])
    if method is None:
        raise Problem("document_unknown")
    if language and method is archive.GET_DOCUMENT:
        return call(archive.CERTIFICATE_IN, archive.CertificateIn(document_id=document_id, language=language))
    return call(method, GetDocument(document_id=document_id))


def deliver(ref: DocumentRef) -> Response:
    """Bytes from the object store, or the range of them that a player asks for; only harmless types are shown,
    everything else is saved (ASVS 5.4.1)."""
    try:
        stream = resources().runtime.objects.open(ref.object.sha256)
    except ObjectMissing:
        raise Problem("document_unknown") from None
    inline = ref.content_type in SAFE_INLINE and not request.args.get("download")
    response = send_file(
        stream,
        mimetype=ref.content_type if inline else "application/octet-stream",
        as_attachment=not inline,
        download_name=ref.file_name,
        conditional=False,
        etag=ref.object.sha256,
    )
    response.make_conditional(request, accept_ranges=True, complete_length=ref.object.size)
    with_plain_name(response)
    if response.status_code == 200:
        response.headers["Content-Length"] = str(ref.object.size)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = harmless(response)
    return response


def deliver_sealed(sealed: SealedObject) -> Response:
    """An encrypted image, opened for this one look and never kept by the browser.

    The whole image (at most 20 MB) is decrypted before its first byte goes out: AES-GCM tells only at the end whether
    anybody changed it.
    """
    data = resources().runtime.sealed_objects.read(sealed.object.sha256, SEALED_LIMIT)
    plain = decrypt(data, base64.b64decode(sealed.key))
    shown = sealed.content_type in SAFE_INLINE
    response = send_file(
        io.BytesIO(plain),
        mimetype=sealed.content_type if shown else "application/octet-stream",
        as_attachment=not shown,
        download_name=sealed.file_name,
        etag=False,
    )
    with_plain_name(response)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = harmless(response)
    return response


def deliver_drawn(picture: bytes, mimetype: str = "image/jpeg") -> Response:
    """A picture that a service has drawn for this one look, never kept by the browser."""
    response = send_file(io.BytesIO(picture), mimetype=mimetype, etag=False)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = harmless(response)
    return response


def harmless(response: Response) -> str:
    """The policy for bytes that somebody sent us: nothing in them runs, loads or submits anything.

    Browsers show a PDF by a program of their own, which a sandboxed page may not start.
    """
    if response.mimetype == "application/pdf":
        return "script-src 'none'; frame-ancestors 'self'"
    if response.mimetype in PLAYED:
        return "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return "default-src 'none'; sandbox; frame-ancestors 'self'"
