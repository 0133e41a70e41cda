"""The one signature of a batch."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.batches import SUBMIT_BATCH, BatchView, SubmitBatch
from contracts.identity import SIGN_DOCUMENT, SignDocument
from contracts.objects import DocumentRef

from gateway.web.calls import call


def declaration_of(batch: BatchView) -> DocumentRef:
    """What is signed. Problem ``document_unknown`` before there is one."""
    if batch.declaration is None:
        raise Problem("document_unknown")
    return batch.declaration


def sign_and_submit(batch: BatchView, sha256: str | None, otp: str) -> BatchView:
    """Signs the declaration once for all works and files them; the code is used for nothing that would be refused.

    Problems: ``batch_state``, ``batch_outdated`` for another declaration than the one that counts, those of signing.
    """
    declared = batch.declaration
    if declared is None or "submit" not in batch.actions:
        raise Problem("batch_state", state=batch.state)
    if sha256 not in (None, declared.object.sha256):
        raise Problem("batch_outdated")
    signature = SignDocument(document_id=declared.document_id, sha256=declared.object.sha256, otp=otp)
    evidence = call(SIGN_DOCUMENT, signature)
    return call(SUBMIT_BATCH, SubmitBatch(batch_id=batch.batch_id, evidence=evidence.token))
