"""Preparing what is signed, and submitting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.errors import Problem
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
from filing.cases.store import Case
from filing.clocks.store import latest
from filing.documents.issue import issue, kind_words, progress_address
from filing.documents.store import DocumentRow
from filing.extracts.handlers import keep_up
from filing.forms.pinned import policy_of
from filing.forms.policy import policies
from filing.materials.handlers import material_document
from filing.materials.store import materials_of
from filing.numbers.store import next_number
from filing.signatures.handlers import Bundle, Content, prepare, record, signed_bundle, to_sign
from filing.signatures.model import Evidence
from filing.submission.checks import require_complete, require_verified
from filing.types import TYPES


def prepare_submission(request: PrepareSubmission, uow: UnitOfWork) -> Declaration:
    """Checks everything and renders what is to be signed, declaration and application form; unchanged content keeps it.

    Errors: ``application_unknown``, ``action_not_allowed``, ``not_verified``, ``form_invalid``,
    ``application_incomplete``; of a case about a registration those of
    :func:`filing.extracts.handlers.keep_up`.
    """
    case = own_case(uow, request.application_id)
    step(case.status, "submit")
    keep_up(uow, case, request.extract)
    content = require_complete(uow, case)
    declaration = to_sign(prepare(uow, case, content))
    return declaration.model_copy(update={"fee_basis": _fee_basis(uow, case, content)})


def submit_application(request: SubmitApplication, uow: UnitOfWork) -> Submitted:
    """Files a signed application: serial number, cover sheet, frozen form, event for the fee.

    Errors: ``application_unknown``, ``action_not_allowed``, ``not_verified``, ``declaration_required``,
    ``declaration_outdated``, ``evidence_invalid``, ``form_invalid``, ``application_incomplete``; of a case about a
    registration as :func:`prepare_submission`.
    """
    case = own_case(uow, request.application_id)
    step(case.status, "submit")
    require_verified(uow, case.account_id)
    keep_up(uow, case, request.extract)
    bundle, proof = signed_bundle(uow, case, request.evidence)
    content = require_complete(uow, case)
    if content.basis != bundle.declaration.basis:
        raise Problem("declaration_outdated")
    case.batch_id = None  # filed by itself
    file_signed(uow, case, content, Signing(bundle, proof, request.evidence))
    return Submitted(application_id=case.id, serial_number=case.serial_number or "", state=case.status)


@dataclass(frozen=True)
class Signing:
    """An act of signing that stands for a case: what was signed, and identity's word for it."""

    bundle: Bundle
    proof: Evidence
    evidence: str


def file_signed(
    uow: UnitOfWork, case: Case, content: Content, signing: Signing, *, cover_later: bool = False
) -> dict[str, str | int | bool]:
    """Files a locked draft as it was signed; returns what its fee is reckoned from. ``cover_later``: the cover sheet
    follows by :func:`give_cover`, as of a thousand cases that are filed together."""
    bundle, policy, applicant = signing.bundle, policy_of(case, uow.today()), content.applicant
    move(
        uow,
        case,
        "submit",
        serial_number=next_number(uow.session, policy.code, "S", uow.today().year),
        form_code=policy.code,
        paper_required=policy.paper_required,
        policy_on=uow.today(),
        submitted_at=uow.legal_now(),
        evidence=signing.evidence,
        applicant={"name": applicant.name, "kind": applicant.kind}
        | {"id_type": applicant.id_type, "masked_id_number": applicant.masked_id_number},
    )
    record(uow, case, bundle, signing.proof, signing.evidence)
    documents = [bundle.declaration, bundle.application_form]
    if case.paper_required and not cover_later:
        documents.append(give_cover(uow, case, bundle))
    fee_basis = _fee_basis(uow, case, content)
    facts = case_facts(case, *documents) | {
        "submitted_at": case.submitted_at,
        "fee_basis": fee_basis,
        "materials": [material_document(material) for material in content.materials],
        "evidence": signing.evidence,
        "applicant_name": applicant.name,
        "batch_id": case.batch_id,
    }
    uow.emit(APPLICATION_SUBMITTED, ApplicationSubmitted.model_validate(facts))
    return fee_basis


def give_cover(uow: UnitOfWork, case: Case, bundle: Bundle) -> DocumentRow:
    """The cover sheet with which the paper of a filed case comes."""
    return issue(uow, case, "cover_sheet", _cover_sheet(case, bundle, uow))


def _fee_basis(uow: UnitOfWork, case: Case, content: Content) -> dict[str, str | int | bool]:
    """What payment reckons the fee from."""
    return TYPES[case.type].fee_basis(content.form, policy_of(case, uow.today()), content.applicant.kind)


def _cover_sheet(case: Case, bundle: Bundle, uow: UnitOfWork) -> dict[str, Any]:
    deadline = latest(uow.session, case.id, "paper")
    policy = policy_of(case, uow.today())
    roles = {material.role for material in materials_of(uow.session, case.id)}
    return {
        "serial_number": case.serial_number,
        "kind": kind_words(case, policy),
        "applicant": (case.applicant or {})["name"],
        "submitted_on": uow.today().isoformat(),
        "signed": [bundle.application_form.title, bundle.declaration.title],
        "paper": [[item.zh, item.en] for item in policy.paper_of(roles)],
        "recipient": policies().office.model_dump(),
        "deadline_on": deadline.due_on.isoformat() if deadline else "",
        "barcode": case.serial_number,
        "qr": progress_address(uow, case.serial_number or ""),
    }
