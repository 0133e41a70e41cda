"""Submissions and answered corrections bring what was signed, with the evidence: both are kept and sealed."""

from __future__ import annotations

from typing import Any

from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.tokens import TokenError
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, enter
from contracts.filing import ApplicationSubmitted, CorrectionAnswered
from contracts.signed import ListSignedForms, SignedForm, SignedForms

from archive.certificates.handlers import may_read
from archive.dossier.handlers import record_event
from archive.signatures.model import KINDS
from archive.signatures.store import SignedDocument, signed_forms, stuck_forms

_log = logger("archive.signatures")


def record_signed(data: ApplicationSubmitted | CorrectionAnswered, uow: UnitOfWork) -> None:
    """Keeps the event in the dossier and queues a sealed edition of each document that was signed."""
    record_event(data, uow)
    signed = {document.kind: document for document in data.documents if document.kind in KINDS}
    declaration = signed.get("declaration")
    if not data.evidence or declaration is None:
        return
    claims = _claims(uow, data.evidence)
    if claims is None or claims.get("sha256") != declaration.object.sha256:
        _log.error("signature_evidence_unfit", application=data.application_id)
        return
    for document in signed.values():
        row = SignedDocument(
            document_id=new_id("arc"),
            application_id=data.application_id,
            account_id=data.account_id,
            evidence_id=str(claims["jti"]),
            evidence=data.evidence,
            kind=document.kind,
            title=document.title,
            source_sha256=document.object.sha256,
            source_size=document.object.size,
            declaration_sha256=declaration.object.sha256,
            declaration_size=declaration.object.size,
            picture_sha256=claims.get("seal_picture_sha256"),
        )
        enter(uow, row, Sender(Rank.OFFICE, data.account_id))


def list_signed_forms(request: ListSignedForms, uow: UnitOfWork) -> SignedForms:
    """Sealed application forms of the cases among these that the actor may read."""
    session, asked = uow.session, request.application_ids
    forms = [
        SignedForm(application_id=row.application_id, document=row.reference(), signed_sha256=sha256)
        for row, sha256 in signed_forms(session, asked)
        if may_read(uow.actor, row.account_id)
    ]
    stuck = {row.application_id for row in stuck_forms(session, asked) if may_read(uow.actor, row.account_id)}
    return SignedForms(items=forms, stuck=sorted(stuck))


def _claims(uow: UnitOfWork, evidence: str) -> dict[str, Any] | None:
    try:
        return uow.trust.verify(evidence, audience="evidence", issuer="identity")
    except TokenError:
        return None
