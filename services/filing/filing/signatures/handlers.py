"""Making what is to be signed, and taking the evidence that it was: the same act at submission and correction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.access import may, signer_in
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.tokens import TokenError
from chassis.uow import UnitOfWork
from contracts.base import Model
from contracts.filing import Declaration

from filing.cases.store import Case
from filing.documents.application_form import sections
from filing.documents.issue import issue, kind_words
from filing.documents.store import DocumentRow, documents_of
from filing.forms.applicant import Applicant
from filing.forms.describing import describe
from filing.forms.fields import FormFields
from filing.forms.pinned import policy_of
from filing.materials.model import CORRECTION
from filing.materials.store import MaterialRow
from filing.signatures.model import Evidence, digest, listed, manifest, method, pages_of, read_evidence, signer
from filing.signatures.store import SignatureRow
from filing.types import TYPES


@dataclass(frozen=True)
class Content:
    """Everything that one signature covers: the form (as read, and what lasts of it as stored), who files, the
    materials that count."""

    form: Model
    stored: Mapping[str, Any]
    applicant: Applicant
    materials: Sequence[MaterialRow]
    fields: FormFields

    @property
    def basis(self) -> str:
        return digest(self.fields.lasting(self.stored), self.applicant, self.materials)


@dataclass(frozen=True)
class Bundle:
    """What is signed together."""

    declaration: DocumentRow
    application_form: DocumentRow


def latest_bundle(uow: UnitOfWork, case: Case) -> Bundle | None:
    """The newest declaration with the application form that it names."""
    rows = documents_of(uow.session, case.id)
    newest = {row.kind: row for row in rows}
    if "declaration" not in newest or "application_form" not in newest:
        return None
    return Bundle(newest["declaration"], newest["application_form"])


def prepare(uow: UnitOfWork, case: Case, content: Content, *, correction_round: int | None = None) -> Bundle:
    """Renders what is to be signed; content that has not changed since this morning keeps its bundle."""
    bundle, basis = latest_bundle(uow, case), content.basis
    if bundle and bundle.declaration.basis == basis and legal_date(bundle.declaration.issued_at) == uow.today():
        return bundle
    application_form, printed = print_form(uow, case, content, correction_round=correction_round)
    policy, filing_type = policy_of(case, uow.today()), TYPES[case.type]
    covered = {
        "application_form": application_form.sha256,
        "manifest": json.dumps(manifest(basis, application_form.sha256, content.materials), sort_keys=True),
        "round": correction_round,
    }
    data = printed | filing_type.declaration(content.form, policy) | covered
    title = filing_type.declaration_title
    return Bundle(issue(uow, case, "declaration", data, title=title, basis=basis), application_form)


def print_form(
    uow: UnitOfWork, case: Case, content: Content, *, correction_round: int | None = None
) -> tuple[DocumentRow, dict[str, Any]]:
    """Issues the application form that is signed; with it what the declaration says in the same words."""
    policy, filing_type = policy_of(case, uow.today()), TYPES[case.type]
    needs = filing_type.materials(content.form, policy)
    description = describe(filing_type.fields, filing_type.kind, needs, policy, "zh", case.policy_on or uow.today())
    titles = {need.role: need.title for need in description.materials} | {CORRECTION: "补正材料"}
    materials = [
        listed(material, titles.get(material.role, material.role), pages_of(material.precheck.facts))
        for material in content.materials
    ]
    common: dict[str, Any] = {
        "title": filing_type.title(content.form),
        "kind": kind_words(case, policy, content.stored),
        "applicant": signer(content.applicant),
        "signature_method": method(content.applicant),
        "declaration_title": filing_type.declaration_title,
        "materials": materials,
    }
    form_data = common | {
        "form_title": f"{policy.title.zh}申请表",
        "form_code": policy.code,
        "policy": policy.valid_from.isoformat(),
        "serial_number": case.serial_number or "",
        "sections": sections(description, content.stored),
        "round": correction_round,
    }
    title, basis = form_data["form_title"], content.basis
    return issue(uow, case, "application_form", form_data, title=title, basis=basis), common


def to_sign(bundle: Bundle) -> Declaration:
    """As whoever signs is told."""
    row = bundle.declaration
    return Declaration(
        document_id=row.id, sha256=row.sha256, document=row.ref, application_form=bundle.application_form.ref
    )


def signed_bundle(uow: UnitOfWork, case: Case, evidence: str) -> tuple[Bundle, Evidence]:
    """The case's newest bundle, if this is identity's evidence that exactly it was signed for its owner.

    Problems: ``declaration_required``, ``evidence_invalid``, ``declaration_outdated``.
    """
    bundle = latest_bundle(uow, case)
    if bundle is None:
        raise Problem("declaration_required")
    proof = proof_in(uow, evidence, case.account_id)
    signed = (proof.document_id, proof.sha256)
    if signed != (bundle.declaration.id, bundle.declaration.sha256):
        former = {(row.id, row.sha256) for row in documents_of(uow.session, case.id)}
        raise Problem("declaration_outdated" if signed in former else "evidence_invalid")
    return bundle, proof


def proof_in(uow: UnitOfWork, evidence: str, account_id: str) -> Evidence:
    """What identity says was signed for an account. Problem ``evidence_invalid``."""
    try:
        claims = uow.trust.verify(evidence, audience="evidence", issuer="identity")
    except TokenError as error:
        raise Problem("evidence_invalid") from error
    proof = read_evidence(claims)
    if proof is None or not may(signer_in(claims), account_id, "sign"):
        raise Problem("evidence_invalid")
    return proof


def record(
    uow: UnitOfWork, case: Case, bundle: Bundle, proof: Evidence, evidence: str, *, correction_id: str | None = None
) -> None:
    """Writes the signature into the case."""
    uow.session.add(
        SignatureRow(
            evidence_id=proof.jti,
            case_id=case.id,
            correction_id=correction_id,
            declaration_id=bundle.declaration.id,
            application_form_id=bundle.application_form.id,
            sha256=proof.sha256,
            content=bundle.declaration.basis,
            signer_name=proof.name,
            masked_id_number=proof.masked_id_number,
            method=proof.method,
            seal_sha256=proof.seal_sha256,
            signed_at=proof.signed_at,
            token=evidence,
        )
    )
