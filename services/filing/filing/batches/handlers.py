"""What an organisation does with its batches (F-15)."""

from __future__ import annotations

from typing import Any

from chassis.access import acting_for, may
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.keeping.held import release
from chassis.uow import UnitOfWork
from contracts.batches import BatchRef, BatchView, CorrectBatch, CreateBatch, PrepareBatch, SubmitBatch

from filing.applicants.store import find_applicant
from filing.batches.counting import counts_of
from filing.batches.following import enqueue
from filing.batches.lifecycle import advance, put_away
from filing.batches.model import require
from filing.batches.store import BatchRow, check_anew, drafts_count_anew, lock_batch, print_anew
from filing.batches.views import view_batch
from filing.drafts.handlers import type_in_force
from filing.signatures.handlers import proof_in


def create_batch(request: CreateBatch, uow: UnitOfWork) -> BatchView:
    """Takes a filled template and the archive of its files; both are read and checked by a worker.

    Errors: ``batch_organisations_only``, ``not_verified``, ``kind_not_open``, ``receipt_invalid``, ``work_too_many``.
    """
    account = acting_for(uow.actor, "file")
    if uow.actor.kind != "organisation":
        raise Problem("batch_organisations_only")
    applicant = find_applicant(uow.session, account)
    if applicant is None:
        raise Problem("not_verified")
    filing_type, _ = type_in_force(request.type, uow, in_batches=True)
    sheet = uow.receipt(request.spreadsheet)
    archive = uow.receipt(request.archive) if request.archive else None
    batch = BatchRow(
        id=new_id("bat"),
        account_id=account,
        type=filing_type.name,
        name=request.name or sheet.file_name.rpartition(".")[0][:100] or sheet.file_name[:100],
        organisation=applicant.name,
        state="checking",
        version=1,
        spreadsheet_sha256=sheet.object.sha256,
        spreadsheet_size=sheet.object.size,
        spreadsheet_name=sheet.file_name,
        archive_sha256=archive and archive.object.sha256,
        layout={"columns": {}},
        notes=[],
        works=0,
        created_at=uow.legal_now(),
    )
    enqueue(uow, batch, "read")
    uow.session.add(batch)
    uow.session.flush()
    uow.audit("batch.create", subject=batch.id, type=batch.type, sheet=sheet.object.sha256)
    return view_batch(uow, batch)


def correct_batch(request: CorrectBatch, uow: UnitOfWork) -> BatchView:
    """Takes rows and files once more, or looks again at what was mended as a draft.

    Errors: ``batch_unknown``, ``batch_state``, ``receipt_invalid``, ``work_too_many``, ``kind_not_open``.
    """
    batch = own_batch(uow, request.batch_id)
    require("correct", batch.state)
    type_in_force(batch.type, uow)
    if request.spreadsheet:
        sheet = uow.receipt(request.spreadsheet)
        if not batch.read_sheet:
            release(uow.session, [batch.spreadsheet_sha256])
        batch.spreadsheet_sha256, batch.spreadsheet_size = sheet.object.sha256, sheet.object.size
        batch.spreadsheet_name, batch.read_sheet = sheet.file_name, False
    if request.archive:
        batch.archive_sha256, batch.read_archive = uow.receipt(request.archive).object.sha256, False
        check_anew(uow.session, batch.id, "failed")
    if not request.spreadsheet and not request.archive:
        drafts_count_anew(uow.session, batch.id)
        check_anew(uow.session, batch.id, "failed", "complete")
    batch.notes, batch.refusal = [], None
    _to_worker(uow, batch, "read", "checking")
    uow.audit("batch.correct", subject=batch.id, sheet=bool(request.spreadsheet), archive=bool(request.archive))
    return view_batch(uow, batch)


def prepare_batch(request: PrepareBatch, uow: UnitOfWork) -> BatchView:
    """Has all that is signed printed: a worker does, and looks at every work once more.

    Errors: ``batch_unknown``, ``batch_state``, ``batch_empty`` with nothing that could be filed, ``batch_rows_failed``
    unless they are to stay behind, ``work_too_many``.
    """
    batch = own_batch(uow, request.batch_id)
    require("prepare", batch.state)
    counts = counts_of(uow.session, [batch.id])[batch.id]
    if not counts.get("complete"):
        raise Problem("batch_empty")
    if counts.get("failed") and not request.without_failed:
        raise Problem("batch_rows_failed", failed=counts["failed"])
    batch.without_failed, batch.declaration = request.without_failed, None
    print_anew(uow.session, batch.id)
    _to_worker(uow, batch, "prepare", "preparing")
    uow.audit("batch.prepare", subject=batch.id, works=counts["complete"])
    return view_batch(uow, batch)


def submit_batch(request: SubmitBatch, uow: UnitOfWork) -> BatchView:
    """Files all works of a batch that was signed for: a worker does, each work whole or not at all.

    Errors: ``batch_unknown``, ``batch_state``, ``evidence_invalid``, ``work_too_many``, ``batch_outdated`` for another
    declaration than the one that counts, or one of another day.
    """
    batch = own_batch(uow, request.batch_id, "sign")
    require("submit", batch.state)
    proof = proof_in(uow, request.evidence, batch.account_id)
    declaration: dict[str, Any] = batch.declaration or {}
    signed = (proof.document_id, proof.sha256)
    if signed != (declaration["document_id"], declaration["object"]["sha256"]) or batch.prepared_on != uow.today():
        raise Problem("batch_outdated")
    batch.evidence, batch.submitted_at, batch.submitted_by = request.evidence, uow.legal_now(), uow.actor.subject
    _to_worker(uow, batch, "file", "filing")
    uow.audit("batch.submit", subject=batch.id, evidence=proof.jti)
    return view_batch(uow, batch)


def discard_batch(request: BatchRef, uow: UnitOfWork) -> BatchView:
    """Gives a batch up that was not filed. Errors: ``batch_unknown``, ``batch_state``."""
    batch = own_batch(uow, request.batch_id)
    require("discard", batch.state)
    advance(batch, "discarded")
    put_away(uow, batch)
    batch.version += 1
    uow.audit("batch.discard", subject=batch.id)
    return view_batch(uow, batch)


def own_batch(uow: UnitOfWork, batch_id: str, right: Any = "file") -> BatchRow:
    """A batch of the actor's organisation, locked. Problem ``batch_unknown``, also for others'."""
    acting_for(uow.actor, right)
    batch = lock_batch(uow.session, batch_id)
    if not may(uow.actor, batch.account_id, right):
        raise Problem("batch_unknown")
    return batch


def _to_worker(uow: UnitOfWork, batch: BatchRow, step: str, state: Any) -> None:
    enqueue(uow, batch, step)
    advance(batch, state)
    batch.version += 1
    uow.session.flush()
