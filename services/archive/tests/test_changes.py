"""变更或补充: an approved change is recorded once, shows before and after, and is proved."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from archive.register.records import alterations, fold
from archive.register.store import RegisterEntry, find_entry, records_of
from chassis.errors import Problem
from chassis.signing import verify_certificate_pdf
from chassis.testing import Harness, person
from contracts.archive import (
    CERTIFICATE_IN,
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    LIST_CERTIFICATES,
    SEARCH_REGISTER,
    CertificateIn,
    CheckCertificate,
    CheckCertificateFile,
    SearchRegister,
)
from contracts.extracts import AUDIENCE, REGISTER_EXTRACT, AskExtract
from contracts.filing import APPLICATION_APPROVED
from contracts.paging import Page
from pypdf import PdfReader

from .conftest import approved, software

pytestmark = pytest.mark.requirement("F-01")
OWNER = person("acc-person")


def changed(number: str, before: dict[str, Any], states: dict[str, Any], case: str = "app-2", **more: Any) -> Any:
    """An approved change of a work."""
    facts = {"type": "work_change", "act": "changed", "registration_number": number, "before": before, "states": states}
    return approved(case, serial_number=f"2026Z21S{case[-1]:0>6}", **(facts | more))


def check(archive: Harness, number: str) -> Any:
    return archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))


@pytest.fixture
def renamed(archive: Harness, registered: Any) -> str:
    """The number of a work whose title and owner were changed; both papers are issued."""
    number: str = registered()
    archive.run_worker()
    before = {"title": "长江边的石头", "owners": [{"name": "王小明", "kind": "natural_person", "nationality": "中国"}]}
    after = {"title": "长江边的石子", "owners": [{"name": "王晓明", "kind": "natural_person", "nationality": "中国"}]}
    archive.deliver(APPLICATION_APPROVED, changed(number, before, after))
    archive.run_worker()
    return number


def test_a_change_shows_before_and_after_whoever_asks(archive: Harness, renamed: str) -> None:
    found = check(archive, renamed)
    assert (found.status, found.title, found.owners) == ("valid", "长江边的石子", ["王**"])
    [change] = found.changes
    assert (change.number, change.on) == ("作登变补字第00000001号", found.registered_on)
    assert [(item.field, item.before, item.after) for item in change.items] == [
        ("title", "长江边的石头", "长江边的石子"),
        ("owners", "王**", "王**"),
    ]
    assert check(archive, change.number) == found, "by the number of the proof, too"
    for q, numbers in (("石子", [renamed]), ("石头", [])):
        assert [one.registration_number for one in archive.call(SEARCH_REGISTER, SearchRegister(q=q)).items] == numbers


def test_the_proof_is_sealed_in_both_languages_and_the_old_certificate_says_what_changed(
    archive: Harness, renamed: str
) -> None:
    proof, certificate = archive.call(LIST_CERTIFICATES, Page(), OWNER).items
    assert (proof.paper, proof.number, proof.application_id) == ("change_proof", "作登变补字第00000001号", "app-2")
    assert (certificate.paper, certificate.number, certificate.application_id) == ("certificate", "", "app-1")
    assert (proof.document.kind, proof.document.title) == ("change_proof", "变更或补充证明")
    assert proof.document.file_name == "作登变补字第00000001号.pdf"
    with pytest.raises(Problem, match="certificate_being_made"):
        archive.call(CERTIFICATE_IN, CertificateIn(document_id=proof.document.document_id, language="en"), OWNER)
    archive.run_worker()
    twin = archive.call(CERTIFICATE_IN, CertificateIn(document_id=proof.document.document_id, language="en"), OWNER)
    roots = [(archive.runtime.settings.pki_dir / "root.pem").read_bytes()]
    crls = [path.read_bytes() for path in sorted(archive.runtime.settings.pki_dir.glob("*.crl"))]
    for document, words in ((proof.document, "变更前"), (twin, "before")):
        pdf = archive.runtime.objects.read(document.object.sha256, 1 << 25)
        assert verify_certificate_pdf(pdf, roots, crls=crls).problems == []
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert words in text
        assert "王晓明" in text, "who holds the proof sees names in full"
    for held in (proof.document, certificate.document):
        pdf = archive.runtime.objects.read(held.object.sha256, 1 << 25)
        receipt = archive.receipt("acc-stranger", pdf, "持有.pdf")
        checked = archive.call(CHECK_CERTIFICATE_FILE, CheckCertificateFile(receipt=receipt), person("acc-stranger"))
        assert (checked.file_matches, checked.status) == (True, "valid")
        assert checked.paper.paper == held.kind
        assert [item.after for item in checked.changes[0].items] == ["长江边的石子", "王**"]


def test_a_change_is_recorded_once_and_never_over_something_else(archive: Harness, registered: Any) -> None:
    number = registered()
    first = changed(number, {"title": "长江边的石头"}, {"title": "石头"})
    for _ in range(2):
        archive.deliver(APPLICATION_APPROVED, first)
    with pytest.raises(AssertionError, match="another title"):
        archive.deliver(APPLICATION_APPROVED, changed(number, {"title": "长江边的石头"}, {"title": "石子"}, "app-3"))
    with pytest.raises(AssertionError, match="does not state"):
        archive.deliver(APPLICATION_APPROVED, changed(number, {}, {"completion_date": "2026-02-01"}, "app-4"))
    with pytest.raises(AssertionError, match="unknown"):
        archive.deliver(APPLICATION_APPROVED, changed("国作登字-2026-A-00000099", {}, {"title": "无"}, "app-5"))
    second = changed(number, {"publication_date": "2026-05-20"}, {"authors": [{"name": "王晓明"}]}, "app-6")
    archive.deliver(APPLICATION_APPROVED, second)
    found = check(archive, number)
    assert (found.title, found.authors) == ("石头", ["王**"])
    assert [change.number for change in found.changes] == ["作登变补字第00000001号", "作登变补字第00000002号"], "no gap"
    with archive.uow() as uow:
        entry, records = find_entry(uow.session, number), records_of(uow.session, number)
        rebuilt = RegisterEntry(registration_number=number)
        rebuilt.show(fold(records))
        assert entry is not None
        for column in ("record", "status", "title", "authors", "owners", "searched", "publication_date"):
            assert getattr(entry, column) == getattr(rebuilt, column), column
        assert [one.fields for one in alterations(records)] == [["title"], ["authors"]]


def test_software_has_a_series_of_its_own_and_may_be_said_to_be_published(archive: Harness, registered: Any) -> None:
    number = registered(of=software)
    facts = {"type": "software_change", "act": "changed", "registration_number": number, "before": {"version": "V2.0"}}
    states = {"version": "2.0", "publication_date": "2026-06-01"}
    archive.deliver(APPLICATION_APPROVED, software("app-2", **facts, states=states))
    found = check(archive, number)
    assert (found.version, found.publication_date) == ("2.0", date(2026, 6, 1))
    assert found.changes[0].number == "软著变补字第00000001号"
    assert check(archive, found.certificate_number) == found


def test_an_extract_is_its_holders_alone_and_signed(archive: Harness, renamed: str, keys: Any) -> None:
    extract = archive.call(REGISTER_EXTRACT, AskExtract(registration_number=renamed), OWNER)
    stated = extract.registered
    assert (stated.title, stated.owners[0].name, stated.record, stated.status) == ("长江边的石子", "王晓明", 2, "valid")
    assert extract.certificate is not None
    assert extract.certificate.kind == "certificate"
    claims = archive.runtime.trust.verify(extract.token, audience=AUDIENCE, issuer="archive")
    assert (claims["party"], claims["registered"]) == ("acc-person", stated.model_dump(mode="json"))
    for number, actor, code in (
        (renamed, person("acc-stranger"), "registration_not_yours"),
        ("国作登字-2026-A-00000099", OWNER, "registration_number_unknown"),
    ):
        with pytest.raises(Problem, match=code):
            archive.call(REGISTER_EXTRACT, AskExtract(registration_number=number), actor)
