"""Filing the works of a batch under the one signature: each is a case from then on, and one order is for all."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.batches import BATCH_SUBMITTED, BatchSubmitted, SubmittedWork
from contracts.objects import DocumentRef

from filing.applicants.store import find_applicant
from filing.batches.checking import acting
from filing.batches.counting import counts_of
from filing.batches.forgetting import forget_transient
from filing.batches.lifecycle import advance, put, tell
from filing.batches.model import CHANGED
from filing.batches.printing import in_order
from filing.batches.store import BatchRow, BatchWork, lock_held, works_in
from filing.cases.store import Filed, filed_of, lock_cases
from filing.documents.store import declarations_of, documents_by_id
from filing.drafts.handlers import type_in_force
from filing.forms.policy import policies
from filing.materials.store import materials_by_case
from filing.signatures.handlers import Bundle, Content, proof_in
from filing.submission.handlers import Signing, file_signed
from filing.types import TYPES

CHUNK = 16
"""Cases filed in one transaction: whoever files alone waits no longer than for these numbers."""


def file_some(runtime: Runtime, held: BatchRow) -> bool:
    """Files the next works; False when there are none left."""
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        works = works_in(uow.session, batch.id, "complete", limit=CHUNK)
        if not works:
            return False
        _file(uow, batch, works)
        counts = counts_of(uow.session, [batch.id])[batch.id]
        left = counts.get("complete", 0)
        batch.progress = 1 - left / max(left + counts.get("filed", 0), 1)
    return True


def _file(uow: UnitOfWork, batch: BatchRow, works: Sequence[BatchWork]) -> None:
    """Each as it was signed; what has changed since, or is filed already, stays behind."""
    filing_type, policy = type_in_force(batch.type, uow)
    applicant = find_applicant(uow.session, batch.account_id)
    declaration = DocumentRef.model_validate(batch.declaration)
    proof = proof_in(uow, batch.evidence or "", batch.account_id)
    cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
    materials = materials_by_case(uow.session, list(cases))
    declared = declarations_of(uow.session, list(cases), declaration.object.sha256)
    printed = documents_by_id(uow.session, [work.application_form_id for work in works if work.application_form_id])
    if applicant is None or batch.prepared_on is None:
        raise LookupError(f"batch {batch.id} was filed without having been declared")
    same_policy = policies().on(batch.type, batch.prepared_on) == policy
    for work in works:
        case = cases[work.case_id or ""]
        form = filing_type.read(case.form, applicant).form
        open_ = same_policy and case.state == "draft" and case.batch_id == batch.id
        files, fields = in_order(materials[case.id]), TYPES[case.type].fields
        content = Content(form, case.form, applicant, files, fields) if form and open_ else None
        if content is None or content.basis != work.basis:
            put(work, "left", [_changed()])
            continue
        bundle = Bundle(declared[case.id], printed[work.application_form_id or ""])
        work.fee_basis = dict(
            file_signed(uow, case, content, Signing(bundle, proof, batch.evidence or ""), cover_later=True)
        )
        put(work, "filed", work.problems)
    forget_transient(uow, batch, [work for work in works if work.state == "filed"])


def _changed() -> dict[str, object]:
    return {"field": "row", "code": CHANGED, "severity": "error", "params": {}, "column": "", "heading": ""}


def finish_filing(uow: UnitOfWork, batch: BatchRow) -> None:
    """All that was signed is filed: the order follows. Nothing left to file, the batch is as before it was signed."""
    works = works_in(uow.session, batch.id, "filed", typed=False)
    if not works:
        batch.evidence, batch.submitted_at = None, None
        advance(batch, "checked")
        return
    cases = filed_of(uow.session, [work.case_id for work in works if work.case_id])
    advance(batch, "filed")
    batch.covers_due = any(case.paper_required for case in cases.values())
    uow.emit(
        BATCH_SUBMITTED,
        BatchSubmitted(
            batch_id=batch.id,
            account_id=batch.account_id,
            applicant_name=batch.organisation,
            name=batch.name,
            submitted_at=batch.submitted_at or uow.legal_now(),
            works=[_submitted(work, cases[work.case_id or ""]) for work in works],
        ),
    )
    tell(uow, batch)


def _submitted(work: BatchWork, case: Filed) -> SubmittedWork:
    return SubmittedWork(
        application_id=case.id,
        kind=TYPES[case.type].kind,
        title=case.title,
        serial_number=case.serial_number,
        fee_basis=work.fee_basis or {},
    )
