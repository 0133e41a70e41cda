"""A declaration or a form that was signed here is told as what it is, to anybody who holds the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chassis.testing import Harness, anonymous
from contracts.archive import CHECK_CERTIFICATE_FILE, CertificateCheck, CheckCertificateFile

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
    pdf = sealed(working)["signed_application_form"]
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
