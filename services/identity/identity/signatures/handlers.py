"""Signing a document by its SHA-256 (I-08)."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from chassis.green import offload
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.identity import SignatureEvidence, SignDocument

from identity.accounts import id_numbers
from identity.accounts.handlers import account_acted_for
from identity.accounts.store import SEAL_PICTURE, Seal
from identity.otp import handlers as otp
from identity.sealing import vault
from identity.settings import EVIDENCE_LIFE
from identity.signatures import model, store
from identity.signatures.store import Signature


def sign_document(request: SignDocument, uow: UnitOfWork) -> SignatureEvidence:
    """Signs with a code sent for purpose *sign*, for this document or for any; an organisation's code applies its
    electronic seal.

    The token binds signer, party, time and SHA-256; it is real time, whatever the legal clock says. Problems:
    ``not_verified``, ``seal_required``, ``otp_wrong``, ``otp_expired``, ``otp_too_many``.
    """
    account = account_acted_for(uow, "sign")
    if account.verification != "approved" or account.mobile is None:
        raise Problem("not_verified")
    method = model.method_for(account.kind)
    seal = store.seal_of(uow.session, account.account_id) if method == "electronic_seal" else None
    if method == "electronic_seal" and seal is None:
        raise Problem("seal_required")
    by = otp.signing(account.account_id, request.sha256)
    code = otp.check_code(uow, "sign", account.mobile, request.otp, by)
    organisation = account.kind == "organisation"
    facts: dict[str, Any] = {
        "evidence_id": new_id("evi"),
        "account_id": account.account_id,
        "signer_name": account.organisation_name if organisation else account.name,
        "signer_kind": account.kind,
        "masked_id_number": id_numbers.mask(account.uscc or "") if organisation else account.masked_id_number,
        "document_id": request.document_id,
        "sha256": request.sha256,
        "method": method,
        "seal_sha256": seal.sha256 if seal else None,
        "signed_at": uow.now().replace(microsecond=0),
    }
    picture = _picture(uow, seal) if seal else None
    claims = model.claims(subject=uow.actor.subject, **facts, seal_picture_sha256=picture)
    token = uow.signer.sign(claims, audience=model.AUDIENCE, ttl=EVIDENCE_LIFE.total_seconds())
    uow.session.add(Signature(**facts, code_id=code.code_id, token=token))
    uow.session.flush()
    otp.use_code(uow, code)
    uow.audit(
        "document.sign",
        subject=request.document_id,
        evidence_id=facts["evidence_id"],
        sha256=request.sha256,
        method=method,
    )
    return SignatureEvidence.model_validate({**facts, "token": token})


def _picture(uow: UnitOfWork, seal: Seal) -> str | None:
    """Hands out the organisation's drawn seal for this signing: whoever holds its evidence may draw it.

    It is not personal any more than the documents that show it, so it lies in the common store, under its hash.
    """
    if seal.picture is None:
        return None
    picture = vault(uow.settings).open(SEAL_PICTURE, seal.picture, seal.account_id)
    return offload(uow.objects.put_bytes, picture).sha256
