"""A declaration or a form that was signed here is told as what it is, to anybody who holds the file."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from archive.authenticity.model import Findings
from archive.authenticity.store import FileCheck
from chassis.documents import DocumentRenderer
from chassis.signing import SealSigner, create_sandbox_pki
from chassis.signing.evidence import attach
from chassis.testing import Harness, anonymous
from chassis.tokens import TokenSigner
from contracts.archive import CHECK_CERTIFICATE_FILE, CertificateCheck, CheckCertificateFile
from contracts.base import EventType
from contracts.filing import APPLICATION_LAPSED, APPLICATION_REFUSED, APPLICATION_WITHDRAWN
from joserfc.jwk import ECKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from .test_authenticity import working
from .test_signed_documents import drawn_text, papers, renderer, sealed, submit

__all__ = ["papers", "renderer", "submit", "working"]


def check(archive: Harness, data: bytes) -> CertificateCheck:
    request = CheckCertificateFile(receipt=archive.receipt("visitor-1", data), client="visitor-1")
    return archive.call(CHECK_CERTIFICATE_FILE, request, anonymous())


@pytest.mark.requirement("A-08")
@pytest.mark.requirement("I-08")
def test_a_signed_edition_is_told_as_what_it_is_with_its_signer_masked(
    archive: Harness, submit: Callable[..., None]
) -> None:
    submit()
    editions = sealed(archive)
    form, declaration = (check(archive, editions[f"signed_{kind}"]) for kind in ("application_form", "declaration"))
    for found, document, number in (
        (form, "application_form", "2026Z11S000001"),
        (declaration, "declaration", ""),
    ):
        assert (found.status, found.file_matches, found.problems) == ("unknown", True, [])
        assert found.registration_number is None
        assert found.signed is not None
        assert (found.signed.unchanged, found.signed.sealed) == (True, True)
        assert (found.signed.document, found.signed.serial_number, found.signed.signer) == (document, number, "王**")
        assert found.signed.signed_at is not None
        assert found.signed.signed_at.isoformat() == "2026-11-20T03:00:00+00:00"
        assert found.signed.sealed_at is not None
        assert "小明" not in found.model_dump_json()


@pytest.mark.requirement("A-08")
def test_an_organisation_that_signed_is_named(archive: Harness, submit: Callable[..., None]) -> None:
    submit(name="红叶软件有限公司", kind="organisation")
    found = check(archive, sealed(archive)["signed_declaration"])
    assert found.signed is not None
    assert found.signed.signer == "红叶软件有限公司"


@pytest.mark.requirement("A-08")
def test_the_text_that_was_signed_is_told_from_its_signed_edition(
    archive: Harness, submit: Callable[..., None], papers: tuple[bytes, bytes]
) -> None:
    submit()
    sealed(archive)
    found = check(archive, papers[1])
    assert found.signed is not None
    assert (found.signed.unchanged, found.signed.sealed, found.signed.sealed_at) == (True, False, None)


@pytest.mark.requirement("A-08")
def test_a_changed_signed_document_has_one_true_reason_and_names_nobody(
    working: Harness, submit: Callable[..., None]
) -> None:
    submit()
    until = time.monotonic() + 10
    while "signed_application_form" not in (editions := sealed(working)) and time.monotonic() < until:
        time.sleep(0.05)  # the worker beside it has it in hand
    pdf = editions["signed_application_form"]
    place = pdf.index(b"/Title") + 12
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    for data, problem in ((changed, "altered"), (pdf + b"\n% a line more\n", "appended")):
        found = check(working, data)
        assert (found.status, found.file_matches, found.problems) == ("unknown", False, [problem])
        assert found.signed is not None
        assert found.signed.model_dump(exclude_defaults=True) == {"unchanged": False}


@pytest.mark.requirement("A-08")
def test_the_signature_says_where_the_file_can_be_checked(archive: Harness, submit: Callable[..., None]) -> None:
    submit()
    for pdf in sealed(archive).values():
        said = "".join(drawn_text(pdf).split())
        assert f"{archive.runtime.settings.public_url}/certificate-check" in said


@pytest.mark.requirement("A-08")
def test_a_record_of_a_signature_that_identity_did_not_make_is_none(
    working: Harness, papers: tuple[bytes, bytes], keys: Path, tmp_path: Path
) -> None:
    """Whoever makes it, and whatever seal stands under it."""
    own = ECKey.generate_key("P-256").as_pem(private=True)
    kid = TokenSigner.load(keys, "identity")._kid
    claims = {"name": "王小明", "kind": "natural_person", "sha256": hashlib.sha256(papers[0]).hexdigest()}
    stranger = TokenSigner("identity", own, kid).sign(claims, audience="evidence", ttl=600)
    another = TokenSigner.load(keys, "filing").sign(claims, audience="evidence", ttl=600)
    purpose = TokenSigner.load(keys, "identity").sign(claims, audience="registry", ttl=600)
    for token in (stranger, another, purpose):
        found = check(working, bearing(papers[0], token))
        assert (found.file_matches, found.signed, found.problems) == (False, None, ["no_signature"])
    create_sandbox_pki(tmp_path / "pki")
    sealed_by_another = SealSigner.load(tmp_path / "pki").sign_pdf(
        bearing(papers[0], stranger), reason="r", location="l", name="n"
    )
    found = check(working, sealed_by_another)
    assert found.signed is None
    assert found.problems[0] == "signer_untrusted"
    genuine = TokenSigner.load(keys, "identity").sign(claims, audience="evidence", ttl=600)
    assert check(working, bearing(papers[0], genuine)).signed is not None


@pytest.mark.requirement("A-08")
def test_findings_stay_as_a_release_that_is_gone_back_to_reads_them(
    working: Harness, papers: tuple[bytes, bytes], keys: Path
) -> None:
    """It took every word in them for one that it knows; and what is kept is told again as before."""
    claims = {"name": "王小明", "kind": "natural_person", "sha256": hashlib.sha256(papers[0]).hexdigest()}
    token = TokenSigner.load(keys, "identity").sign(claims, audience="evidence", ttl=600)
    data = bearing(papers[0], token)
    first, again = (check(working, data) for _ in range(2))
    assert first.signed is not None
    assert again == first
    with working.uow() as uow:
        kept = uow.session.get_one(FileCheck, hashlib.sha256(data).hexdigest())
    assert set(kept.findings or {}) == {"problems", "registration_number"}
    assert kept.evidence == token


def bearing(pdf: bytes, token: str) -> bytes:
    """The document with such a record attached."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    attach(writer, "signed.jwt", "application/jwt", token.encode(), "x")
    writer.write(out)
    return out.getvalue()


@pytest.mark.requirement("A-08")
def test_a_form_that_was_signed_anew_is_told_as_superseded(
    archive: Harness, submit: Callable[..., None], papers: tuple[bytes, bytes], renderer: DocumentRenderer
) -> None:
    submit()
    former = sealed(archive)["signed_application_form"]
    assert superseded(archive, former) is False
    form = renderer.render("form", {"words": "corrected"}, pdf_standard="a-3b")
    submit(papers=(papers[0], form), jti="evi-2")
    assert [superseded(archive, data) for data in (former, papers[1])] == [True, True]
    assert superseded(archive, form) is False
    sealed(archive)
    submit(papers=papers, jti="evi-3")
    found = check(archive, papers[1])
    assert found.signed is not None
    assert not found.signed.superseded, "it was signed once more"
    assert superseded(archive, form) is True


def superseded(archive: Harness, data: bytes) -> bool | None:
    found = check(archive, data)
    return found.signed.superseded if found.signed else None


ENDS = (
    ("withdrawn", APPLICATION_WITHDRAWN, {"withdrawn_at": datetime(2026, 11, 30, 17, tzinfo=UTC), "reason": "王小明"}),
    ("refused", APPLICATION_REFUSED, {"refused_at": datetime(2026, 12, 1, tzinfo=UTC), "reason": "王小明"}),
    ("lapsed", APPLICATION_LAPSED, {"lapsed_on": date(2026, 12, 1), "reason": "fee_not_paid"}),
)


def end(archive: Harness, event: EventType[Any], application_id: str, facts: dict[str, Any]) -> None:
    case = {"application_id": application_id, "account_id": "acc-person", "kind": "work", "type": "work_registration"}
    case |= {"form_code": "Z11", "title": "长江边的石头", "serial_number": "2026Z11S000001"}
    decided = {"decided_by": ["acc-1", "acc-2"]} if event is APPLICATION_REFUSED else {}
    archive.deliver(event, event.data.model_validate(case | facts | decided))


@pytest.mark.parametrize(("how", "event", "facts"), ENDS, ids=[one[0] for one in ENDS])
@pytest.mark.requirement("A-08")
def test_of_a_case_that_ended_it_is_said_how_and_when_and_nothing_else(
    archive: Harness, submit: Callable[..., None], how: str, event: EventType[Any], facts: dict[str, Any]
) -> None:
    submit()
    editions = sealed(archive)
    assert all(said_of_the_end(archive, data) == (None, None) for data in editions.values())
    end(archive, event, "app-1", facts)
    for data in editions.values():
        assert said_of_the_end(archive, data) == (how, date(2026, 12, 1))
        assert "小明" not in check(archive, data).model_dump_json()


@pytest.mark.requirement("A-08")
def test_what_several_works_share_has_ended_once_all_of_them_have(
    archive: Harness, submit: Callable[..., None]
) -> None:
    submit(batch_id="bat-1")
    submit(application_id="app-2", batch_id="bat-1")
    declaration = sealed(archive)["signed_declaration"]
    (_, withdrawn, facts), (_, lapsed, later) = ENDS[0], ENDS[2]
    end(archive, withdrawn, "app-1", facts)
    assert said_of_the_end(archive, declaration) == (None, None)
    end(archive, lapsed, "app-2", {**later, "lapsed_on": date(2026, 12, 5)})
    assert said_of_the_end(archive, declaration) == ("lapsed", date(2026, 12, 5))


def said_of_the_end(archive: Harness, data: bytes) -> tuple[str | None, date | None]:
    found = check(archive, data)
    assert found.signed is not None
    return found.signed.ended, found.signed.ended_on


@pytest.mark.requirement("A-08")
def test_where_the_evidence_cannot_be_verified_any_more_nobody_is_named(
    archive: Harness, submit: Callable[..., None]
) -> None:
    submit()
    form = sealed(archive)["signed_application_form"]
    archive.as_owner("UPDATE signed_documents SET evidence = 'e30.e30.x'")
    found = check(archive, form)
    assert found.signed is not None
    assert (found.signed.unchanged, found.signed.signer, found.signed.signed_at) == (True, "", None)


def test_findings_of_another_release_are_read_as_far_as_they_are_known() -> None:
    found = Findings.read({"problems": ["altered"], "registration_number": None, "signed": True, "later": 1})
    assert found == Findings(["altered"])
