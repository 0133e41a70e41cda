"""Printing what is signed for a batch: the application form of each work, and one declaration that names them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.clock import legal_date
from chassis.documents.apart import render_apart
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.objects import DocumentRef, ObjectRef
from materials.precheck.engine import shared_pool

from filing.applicants.store import find_applicant
from filing.batches.checking import acting, ground_of
from filing.batches.counting import count_to_print
from filing.batches.lifecycle import advance, put
from filing.batches.looking import Ground
from filing.batches.model import NOT_PRINTED
from filing.batches.store import BatchRow, BatchWork, lock_held, works_in, works_to_print
from filing.batches.writing import problems_of_case, set_problems
from filing.cases.store import Case, forms_of, lock_cases
from filing.documents.issue import TEMPLATES
from filing.documents.model import file_name
from filing.documents.store import DocumentRow, documents_by_id, find_document
from filing.drafts.handlers import type_in_force
from filing.forms.applicant import Applicant
from filing.materials.store import MaterialRow, materials_by_case
from filing.signatures.handlers import Content, print_form
from filing.signatures.model import manifest, method, signer
from filing.types import TYPES

CHUNK = 16
"""Application forms printed in one transaction."""


def print_some(runtime: Runtime, held: BatchRow) -> bool:
    """Looks once more at the next works and prints their forms; False when all are printed."""
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        works = works_to_print(uow.session, batch.id, CHUNK)
        if not works:
            return False
        ground = ground_of(uow, batch, files={})
        cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
        materials = materials_by_case(uow.session, list(cases))
        for work in works:
            _print(uow, batch, ground, work, cases[work.case_id or ""], materials)
        left = count_to_print(uow.session, batch.id)
        batch.progress = 1 - left / max(batch.works, 1)
    return True


def _print(
    uow: UnitOfWork,
    batch: BatchRow,
    ground: Ground,
    work: BatchWork,
    case: Case,
    materials: Mapping[str, Sequence[MaterialRow]],
) -> None:
    """A work that is no draft of the batch any more stays behind; one that has come to have faults waits for them."""
    if case.state != "draft" or case.batch_id != batch.id:
        put(work, "left")
        return
    files = in_order(materials[case.id])
    problems = problems_of_case(ground, case, files)
    warnings = [problem for problem in work.problems if problem["severity"] == "warning"]
    if any(problem["severity"] == "error" for problem in problems):
        set_problems(work, [*problems, *warnings], batch)
        return
    form = ground.type.read(case.form, ground.applicant).form
    assert form is not None  # nothing is wrong with it
    content = Content(form, case.form, ground.applicant, files, TYPES[case.type].fields)
    former = find_document(uow.session, work.application_form_id) if work.application_form_id else None
    if former is None or former.basis != content.basis or legal_date(former.issued_at) != uow.today():
        former, _ = print_form(uow, case, content)
        uow.session.flush()
    work.basis, work.application_form_id, work.title = content.basis, former.id, case.title
    work.fee_basis = dict(ground.type.fee_basis(form, ground.policy, ground.applicant.kind))


def in_order(files: Sequence[MaterialRow]) -> list[MaterialRow]:
    """As the applicant put them."""
    return sorted(files, key=lambda row: (row.position, row.id))


def finish_printing(uow: UnitOfWork, batch: BatchRow) -> None:
    """All forms are printed: the declaration follows, or the batch waits for what has come to be wrong with it."""
    failed = works_in(uow.session, batch.id, "failed", "waiting", typed=False)
    if failed and not batch.without_failed:
        advance(batch, "checked")
        batch.notes = [*batch.notes, {"code": NOT_PRINTED, "params": {"count": len(failed)}}]
        return
    works = works_in(uow.session, batch.id, "complete", typed=False)
    if not works:
        advance(batch, "checked")
        return
    for work in failed:
        put(work, "left", work.problems)
    applicant = find_applicant(uow.session, batch.account_id)
    assert applicant is not None  # its forms are printed
    batch.declaration = _declare(uow, batch, works, applicant).model_dump(mode="json")
    batch.prepared_on = uow.today()
    advance(batch, "prepared")


def _declare(uow: UnitOfWork, batch: BatchRow, works: Sequence[BatchWork], applicant: Applicant) -> DocumentRef:
    """Renders the declaration; every work has it among its documents."""
    filing_type, policy = type_in_force(batch.type, uow)
    [(_, form)] = forms_of(uow.session, [works[0].case_id or ""])
    materials = materials_by_case(uow.session, [work.case_id for work in works if work.case_id])
    printed = documents_by_id(uow.session, [work.application_form_id for work in works if work.application_form_id])
    says = filing_type.declaration(filing_type.form.model_validate(form), policy)
    entries, covered = [], []
    for work in works:
        files = in_order(materials[work.case_id or ""])
        form_sha256 = printed[work.application_form_id or ""].sha256
        covered.append(manifest(work.basis or "", form_sha256, files))
        names = [{"name": file.file_name, "sha256": file.sha256} for file in files]
        entries.append({"key": work.key, "title": work.title, "form": form_sha256, "files": names})
    document_id, now = new_id("fil"), uow.legal_now()
    data = {
        "document_id": document_id,
        "date": uow.today().isoformat(),
        "sandbox": uow.settings.sandbox,
        "declaration_title": filing_type.declaration_title,
        "title_en": says["title_en"],
        "note": says["note"],
        "warranties": says["warranties"],
        "name": batch.name,
        "works": entries,
        "manifest": json.dumps({"works": covered}, sort_keys=True),
        "applicant": signer(applicant),
        "signature_method": method(applicant),
    }
    pdf = render_apart(shared_pool(), TEMPLATES, "batch_declaration", data, pdf_standard="a-3b")
    reference = uow.objects.put_bytes(pdf)
    title = filing_type.declaration_title
    uow.session.add_all(_of_case(work, title, reference, now) for work in works)
    uow.audit("batch.declare", subject=batch.id, document=document_id, sha256=reference.sha256, works=len(works))
    return DocumentRef(
        document_id=document_id,
        kind="declaration",
        title=title,
        file_name=f"{title}-{batch.name}.pdf"[-100:],
        content_type="application/pdf",
        object=reference,
        issued_at=now,
    )


def _of_case(work: BatchWork, title: str, reference: ObjectRef, now: datetime) -> DocumentRow:
    return DocumentRow(
        id=new_id("fil"),
        case_id=work.case_id,
        kind="declaration",
        title=title,
        file_name=file_name(title, ""),
        content_type="application/pdf",
        sha256=reference.sha256,
        size=reference.size,
        basis=work.basis,
        issued_at=now,
    )
