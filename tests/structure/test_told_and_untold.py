"""Contracts declare what must not lie about: fields that look secret or personal are declared so, or argued here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from contracts.base import Model, RpcMethod
from contracts.catalogue import EVENTS, METHODS
from contracts.contents import has_secrets, is_personal, models_in

SECRET = re.compile(r"password|secret|(^|_)(otp|totp|pin|token|key|code|evidence|receipt)s?($|_)")
PERSONAL = re.compile(
    r"(^|_)(name|mobile|phone|email|address|postcode|login|uscc|contact|client|agent|ip|to|form|owner|author|signer|payer"
    r"|birth|pseudonym|changes)s?($|_)|id_number"
)
FREE = ("dict[str, typing.Any]", "list[dict[str, typing.Any]]", "dict[str, str]", "list[dict[str, str]]")
"""Types that hold whatever somebody put there."""

NOT_SECRET = {
    "code": "names a finding, a fee or a category",
    "form_code": "names a form",
    "code_url": "what the payer scans: it pays, and opens nothing",
    "object_code": "a receipt",
    "receipt": "attests bytes, and counts only together with its owner's own token",
    "receipts": "as receipt",
    "seal_receipt": "as receipt",
    "evidence_id": "an identifier",
    "AskExpedite.evidence": "as receipt",
    "ProposeAct.evidence": "as receipt",
    "BeHeard.evidence": "as receipt",
    "RaiseObjection.evidence": "as receipt",
    "OfficeActView.evidence": "files by name, each behind an access check of its own",
    "ExpediteView.evidence": "files by name, each behind an access check of its own",
    "AskRefund.evidence": "a cashier's words about what shows that money is to go back",
    "RefundView.evidence": "as AskRefund.evidence",
    "Payee.bank_code": "names a bank",
    "SignatureEvidence.token": "signed facts about a signature: personal, but it opens nothing",
    "AnswerCorrection.evidence": "as SignatureEvidence.token",
    "SubmitApplication.evidence": "as SignatureEvidence.token",
    "SubmitBatch.evidence": "as SignatureEvidence.token",
    "BatchRowView.key": "the number of a row",
    "BatchView.by_code": "codes of problems",
    "RegisterExtract.token": "attests what the register says; good for its party alone",
    "ApplicationSubmitted.evidence": "as SignatureEvidence.token",
    "CorrectionAnswered.evidence": "as SignatureEvidence.token",
}
NOT_PERSONAL = {
    "CertificateCheck.signer": "the office, as each certificate says",
    "SignedCheck.signer": "public: persons are masked",
    "to_agree": "texts that anybody can read",
    "file_name": "of a file, as its owner called it",
    "form_code": "names a form",
    "short_name": "of software",
    "application_form": "a reference to a document, which has its own access",
    "RenderTemplate.name": "of a form to fill in",
    "Node.name": "of a stage of the procedure",
    "BatchAdvanced.name": "of a batch, as its organisation calls it",
    "BatchOrderCreated.name": "as BatchAdvanced.name",
    "FiledTogether.name": "as BatchAdvanced.name",
    "BatchOrderPaid.name": "as BatchAdvanced.name",
    "BatchSubmitted.name": "as BatchAdvanced.name",
    "BatchSummary.name": "as BatchAdvanced.name",
    "BatchView.name": "as BatchAdvanced.name",
    "CreateBatch.name": "as BatchAdvanced.name",
    "FileMade.name": "what the file is: repaired, program, document",
    "CertificateCheck.authors": "public in the register, persons masked",
    "CertificateCheck.owners": "public in the register, persons masked",
    "GazetteItem.authors": "public in the gazette, persons masked",
    "GazetteItem.owners": "public in the gazette, persons masked",
    "GazetteItem.changes": "public: persons are masked",
    "RegisterItem.authors": "public in the register, persons masked",
    "RegisterItem.owners": "public in the register, persons masked",
    "SampledRow.said": "what could name a person is masked (contracts.legacy.imports.masked)",
    "CertificateCheck.changes": "public: persons are masked",
    "JobView.changes": "what a repair did to a file, as codes",
    "FormDescription.office": "where the office is",
    "FormField.name": "of a field of a form",
    "FormStep.name": "of a page of a form",
    "FormDescription.legal_basis": "articles of the law",
    "LegacyCaseView.legal_basis": "articles of the law",
    "PaymentView.remittance": "the office's own bank account",
    "Invoice.seller_name": "the office",
    "InvoiceLine.name": "of a fee",
}


def models() -> set[type[Model]]:
    """Everything that crosses a boundary, down to the smallest part."""
    roots: set[type[Any]] = {event.data for event in EVENTS.values()}
    for method in METHODS.values():
        roots |= {method.request, method.reply}
    return {model for root in roots for model in models_in(root) if issubclass(model, Model)}


def undeclared(model: type[Model]) -> Iterator[str]:
    """Fields that look like something and are not declared."""
    for name, field in model.model_fields.items():
        kind = str(field.annotation)
        here = {name, f"{model.__name__}.{name}"}
        if not ("str" in kind or "Any" in kind or "contracts." in kind):
            continue  # a flag, a number, one of a few words
        if SECRET.search(name) and name not in model.secret_fields and not here & NOT_SECRET.keys():
            yield f"{model.__name__}.{name} looks secret"
        told = model.secret_fields | model.personal_fields | model.added_fields
        if (PERSONAL.search(name) or kind in FREE) and name not in told and not here & NOT_PERSONAL.keys():
            yield f"{model.__name__}.{name} looks personal"


@pytest.mark.requirement("I-12")
def test_every_field_that_looks_secret_or_personal_is_declared_or_argued() -> None:
    assert sorted(complaint for model in models() for complaint in undeclared(model)) == []


def test_a_field_that_nobody_declared_is_found() -> None:
    class Forgetful(Model):
        new_password: str
        reset_token: str | None = None
        holder_name: str = ""
        answers: dict[str, Any] = {}
        count: int = 0

    assert len(list(undeclared(Forgetful))) == 4


def test_what_is_argued_exists() -> None:
    names = {
        name for model in models() for field in model.model_fields for name in (field, f"{model.__name__}.{field}")
    }
    assert (NOT_SECRET.keys() | NOT_PERSONAL.keys()) - names == set()


@pytest.mark.requirement("I-12")
def test_replies_with_secrets_are_never_kept() -> None:
    kept = [method for method in METHODS.values() if method.kind == "command" and method.keep_reply]
    assert [method.full_name for method in kept if has_secrets(method.reply)] == []
    assert len([method for method in kept if is_personal(method.reply)]) > 10, "sealed"


@pytest.mark.requirement("I-12")
def test_no_event_carries_a_secret_and_public_ones_nothing_about_a_person() -> None:
    assert [event.type for event in EVENTS.values() if has_secrets(event.data)] == []
    assert [event.type for event in EVENTS.values() if event.public and is_personal(event.data)] == []


@pytest.mark.requirement("W-06")
def test_what_the_gateway_adds_stands_at_the_top_of_a_request() -> None:
    """Only there is it left out of the digest by which a repeated request is known."""
    requests = {method.request for method in METHODS.values()}
    assert [model.__name__ for model in models() - requests if model.added_fields] == []
    added = {name for model in requests for name in model.added_fields}
    assert added == {
        *(
            "browser",
            "client",
            "client_ip",
            "device",
            "extract",
            "language",
            "network",
            "return_to",
            "sign_up",
            "uploaded_by",
        ),
        "user_agent",
    }
    unmarked = [
        f"{method.full_name}.{name}"
        for method in METHODS.values()
        for name in added & method.request.model_fields.keys() - method.request.added_fields
        if remembered(method)
    ]
    assert unmarked == []


def remembered(method: RpcMethod[Any, Any]) -> bool:
    return method.kind == "command" and method.keep_reply
