"""Preparing what is signed, and submitting it."""

from __future__ import annotations

from typing import Any

from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.tokens import TokenError
from chassis.uow import UnitOfWork
from contracts.filing import (
    APPLICATION_SUBMITTED,
    ApplicationSubmitted,
    Declaration,
    PrepareSubmission,
    SubmitApplication,
    Submitted,
)

from filing.cases.access import own_case
from filing.cases.facts import case_facts
from filing.cases.lifecycle import move
from filing.cases.model import step
from filing.cases.pinned import policy_of
from filing.cases.store import Case
from filing.clocks.store import latest
from filing.documents.issue import issue, kind_words, progress_address
from filing.documents.store import DocumentRow, documents_of, latest_document
from filing.forms.policy import policies
from filing.materials.handlers import material_document
from filing.numbers.store import next_number
from filing.submission.checks import Filing, require_complete, require_verified
from filing.submission.model import declaration_data, digest, pages_of
from filing.types import TYPES


def prepare_submission(request: PrepareSubmission, uow: UnitOfWork) -> Declaration:
    """Checks everything and renders the declaration that is to be signed; unchanged content keeps its declaration.

    Errors: ``application_unknown``, ``action_not_allowed``, ``not_verified``, ``form_invalid``,
    ``application_incomplete``.
    """
    case = own_case(uow, request.application_id)
    step(case.status, "submit")
    filing = require_complete(uow, case)
    basis = digest(case.form, filing.applicant, filing.materials)
    row = latest_document(uow.session, case.id, "declaration")
    if row is None or row.basis != basis or legal_date(row.issued_at) != uow.today():
        row = issue(uow, case, "declaration", _declaration(case, filing, uow), basis=basis)
    return Declaration(document_id=row.id, sha256=row.sha256, document=row.ref)


def submit_application(request: SubmitApplication, uow: UnitOfWork) -> Submitted:
    """Files a signed application: serial number, cover sheet, frozen form, event for the fee.

    Errors: ``application_unknown``, ``action_not_allowed``, ``not_verified``, ``declaration_required``,
    ``declaration_outdated``, ``evidence_invalid``, ``form_invalid``, ``application_incomplete``.
    """
    case = own_case(uow, request.application_id)
    step(case.status, "submit")
    require_verified(uow, case.account_id)
    declaration = _signed_declaration(uow, case, request.evidence)
    filing = require_complete(uow, case)
    if digest(case.form, filing.applicant, filing.materials) != declaration.basis:
        raise Problem("declaration_outdated")
    policy = policy_of(case, uow.today())
    move(
        uow,
        case,
        "submit",
        serial_number=next_number(uow.session, policy.code, "S", uow.today().year),
        form_code=policy.code,
        paper_required=policy.paper_required,
        policy_on=uow.today(),
        submitted_at=uow.legal_now(),
        evidence=request.evidence,
        applicant={"name": filing.applicant.name, "kind": filing.applicant.kind}
        | {"id_type": filing.applicant.id_type, "masked_id_number": filing.applicant.masked_id_number},
    )
    documents = [declaration]
    if case.paper_required:
        documents.append(issue(uow, case, "cover_sheet", _cover_sheet(case, uow)))
    facts = case_facts(case, *documents) | {
        "submitted_at": case.submitted_at,
        "fee_basis": TYPES[case.type].fee_basis(filing.form, policy, filing.applicant.kind),
        "materials": [material_document(material) for material in filing.materials],
        "evidence": request.evidence,
        "applicant_name": filing.applicant.name,
    }
    uow.emit(APPLICATION_SUBMITTED, ApplicationSubmitted.model_validate(facts))
    return Submitted(application_id=case.id, serial_number=case.serial_number or "", state=case.status)


def _signed_declaration(uow: UnitOfWork, case: Case, evidence: str) -> DocumentRow:
    """The case's current declaration, if this is identity's evidence that the owner signed exactly it."""
    current = latest_document(uow.session, case.id, "declaration")
    if current is None:
        raise Problem("declaration_required")
    try:
        claims = uow.trust.verify(evidence, audience="evidence", issuer="identity")
    except TokenError as error:
        raise Problem("evidence_invalid") from error
    if claims.get("sub") != case.account_id:
        raise Problem("evidence_invalid")
    signed = (claims.get("document_id"), claims.get("sha256"))
    if signed == (current.id, current.sha256):
        return current
    former = {(row.id, row.sha256) for row in documents_of(uow.session, case.id)}
    raise Problem("declaration_outdated" if signed in former else "evidence_invalid")


def _declaration(case: Case, filing: Filing, uow: UnitOfWork) -> dict[str, Any]:
    of_form = TYPES[case.type].declaration(filing.form, policy_of(case, uow.today()))
    materials = [(material, pages_of(material.precheck.facts)) for material in filing.materials]
    return declaration_data(of_form, filing.applicant, materials)


def _cover_sheet(case: Case, uow: UnitOfWork) -> dict[str, Any]:
    deadline = latest(uow.session, case.id, "paper")
    policy = policy_of(case, uow.today())
    return {
        "serial_number": case.serial_number,
        "kind": kind_words(case, policy),
        "applicant": (case.applicant or {})["name"],
        "submitted_on": uow.today().isoformat(),
        "paper": policy.paper,
        "recipient": policies().office.model_dump(),
        "deadline_on": deadline.due_on.isoformat() if deadline else "",
        "barcode": case.serial_number,
        "qr": progress_address(uow, case.serial_number or ""),
    }
