"""Signatures bind signer, time and SHA-256; evidence cannot be changed."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from contracts.identity import SignDocument
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contracts import identity

SHA256 = "ab" * 32


def _sign(office: Any, person: Any, otp: str, request_id: str | None = None) -> Any:
    request = SignDocument(document_id="fil-declaration", sha256=SHA256, otp=otp)
    return office.call(identity.SIGN_DOCUMENT, request, person.actor, request_id)


@pytest.mark.requirement("I-08")
def test_a_verified_person_signs_with_a_code(office: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    code = office.code_for(person.mobile, "sign", person.actor)
    evidence = _sign(office, person, code)
    assert (evidence.signer_name, evidence.method, evidence.sha256) == ("张三", "sms_code", SHA256)
    claims = office.harness.runtime.trust.verify(evidence.token, audience="evidence", issuer="identity")
    assert (claims["sub"], claims["party"]) == (person.account_id, person.account_id)
    assert claims["jti"] == evidence.evidence_id
    assert claims["sha256"] == SHA256
    assert claims["document_id"] == "fil-declaration"
    assert claims["masked_id_number"] == evidence.masked_id_number
    assert claims["signed_at"] == evidence.signed_at.isoformat()
    with pytest.raises(Problem, match="otp_expired"):
        _sign(office, person, code)


@pytest.mark.requirement("I-08")
def test_a_code_that_was_asked_for_to_sign_one_document_signs_no_other(office: Any) -> None:
    """What is signed was in sight when the code was asked for; after a change there is another at once."""
    person = office.sign_up()
    office.verify(person)
    former = office.code_for(person.mobile, "sign", person.actor, sha256="cd" * 32)
    with pytest.raises(Problem, match="otp_expired"):
        _sign(office, person, former)
    code = office.code_for(person.mobile, "sign", person.actor, sha256=SHA256)
    with pytest.raises(Problem, match="otp_wrong"):
        _sign(office, person, former)
    with pytest.raises(Problem, match="otp_resend_too_soon"):
        office.code_for(person.mobile, "sign", person.actor, sha256=SHA256)
    assert _sign(office, person, code).sha256 == SHA256


@pytest.mark.requirement("I-08")
def test_a_code_for_any_document_signs_this_one_and_its_guesses_end(office: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    code = office.code_for(person.mobile, "sign", person.actor)
    wrong = "000000" if code != "000000" else "000001"
    for left in (4, 3, 2, 1):
        with pytest.raises(Problem) as refused:
            _sign(office, person, wrong)
        assert refused.value.params["attempts_left"] == left
    assert _sign(office, person, code).sha256 == SHA256


@pytest.mark.requirement("I-08")
def test_an_organisation_applies_its_seal(office: Any) -> None:
    company = office.sign_up_organisation()
    office.verify(company)
    office.harness.run_worker()
    evidence = _sign(office, company, office.code_for(company.mobile, "sign", company.actor))
    assert (evidence.signer_name, evidence.method) == ("北京墨石文化有限公司", "electronic_seal")
    assert evidence.seal_sha256
    claims = office.harness.runtime.trust.verify(evidence.token, audience="evidence")
    assert claims["seal_sha256"] == evidence.seal_sha256
    with office.harness.uow() as uow:
        picture = uow.objects.read(claims["seal_picture_sha256"], 1 << 20)
    assert picture.startswith(b"\x89PNG"), "what is drawn on the document that was signed"
    assert claims["seal_picture_sha256"] != evidence.seal_sha256, "the seal file itself is handed to nobody"


@pytest.mark.requirement("I-08")
def test_a_seal_that_nothing_was_signed_with_lies_nowhere_in_the_clear(office: Any) -> None:
    company = office.sign_up_organisation()
    office.verify(company)
    office.harness.run_worker()
    stored = [path for path in office.harness.runtime.objects.root.rglob("*") if path.is_file()]
    assert not [path for path in stored if path.read_bytes().startswith(b"\x89PNG")]


@pytest.mark.requirement("I-05")
def test_nobody_signs_before_being_verified(office: Any) -> None:
    person = office.sign_up()
    with pytest.raises(Problem, match="not_verified"):
        _sign(office, person, office.code_for(person.mobile, "sign", person.actor))


@pytest.mark.requirement("S-01")
def test_a_repeated_signature_request_is_answered_with_the_same_evidence(office: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    code, request_id = office.code_for(person.mobile, "sign", person.actor), new_id("req")
    assert _sign(office, person, code, request_id) == _sign(office, person, code, request_id)
    with office.harness.uow() as uow:
        assert uow.session.execute(text("SELECT count(*) FROM signatures")).scalar_one() == 1


@pytest.mark.requirement("I-08")
@pytest.mark.parametrize("change", ["UPDATE signatures SET signer_name = '李四'", "DELETE FROM signatures"])
def test_evidence_cannot_be_changed_by_the_service(office: Any, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), office.harness.uow() as uow:
        uow.session.execute(text(change))
