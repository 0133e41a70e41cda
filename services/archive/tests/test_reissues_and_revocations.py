"""补发换发 and 撤销: the certificate before says that it was replaced, what is revoked says so, nothing is lost."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from archive.register.store import records_of
from chassis.errors import Problem
from chassis.signing import verify_certificate_pdf
from chassis.testing import Harness, person
from contracts.archive import (
    CERTIFICATE_IN,
    CERTIFICATE_ISSUED,
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    GET_DOCUMENT,
    LIST_CERTIFICATES,
    LIST_DOCUMENTS,
    CertificateIn,
    CheckCertificate,
    CheckCertificateFile,
)
from contracts.extracts import REGISTER_EXTRACT, AskExtract
from contracts.filing import APPLICATION_APPROVED, APPLICATION_MOVED, ApplicationMoved
from contracts.objects import GetDocument, ListDocuments
from contracts.paging import Page
from pypdf import PdfReader

from .conftest import approved, software
from .test_changes import changed

pytestmark = [pytest.mark.requirement("A-05"), pytest.mark.requirement("F-01")]
OWNER = person("acc-person")


def asked(number: str, act: str, ground: str, case: str = "app-2", **more: Any) -> Any:
    """An approved case about a registration."""
    procedure = {"reissued": "work_reissue", "revoked": "work_cancellation"}[act]
    facts = {"type": procedure, "act": act, "registration_number": number, "ground": ground}
    return approved(case, **(facts | {"serial_number": f"2026Z51S{case[-1]:0>6}"} | more))


def check(archive: Harness, number: str) -> Any:
    return archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))


def file_check(archive: Harness, document: Any) -> Any:
    pdf = archive.runtime.objects.read(document.object.sha256, 1 << 25)
    receipt = archive.receipt("acc-stranger", pdf, "持有.pdf")
    return archive.call(CHECK_CERTIFICATE_FILE, CheckCertificateFile(receipt=receipt), person("acc-stranger"))


def papers(archive: Harness) -> list[Any]:
    items: list[Any] = archive.call(LIST_CERTIFICATES, Page(), OWNER).items
    return items


def text_of(archive: Harness, document: Any) -> str:
    pdf = archive.runtime.objects.read(document.object.sha256, 1 << 25)
    roots = [(archive.runtime.settings.pki_dir / "root.pem").read_bytes()]
    crls = [path.read_bytes() for path in sorted(archive.runtime.settings.pki_dir.glob("*.crl"))]
    assert verify_certificate_pdf(pdf, roots, crls=crls).problems == []
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


@pytest.fixture
def reissued(archive: Harness, registered: Any) -> str:
    """The number of a work whose certificate was lost and issued again."""
    number: str = registered()
    archive.run_worker()
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "lost"))
    archive.run_worker()
    return number


def test_the_replaced_certificate_says_so_and_stays_in_the_archive(archive: Harness, reissued: str) -> None:
    new, old = papers(archive)
    assert [(one.edition, one.status, one.application_id) for one in (new, old)] == [
        (2, "valid", "app-2"),
        (1, "replaced", "app-1"),
    ]
    assert (file_check(archive, new.document).status, file_check(archive, old.document).status) == ("valid", "replaced")
    found = check(archive, reissued)
    assert (found.status, found.certificate_sha256) == ("valid", new.document.object.sha256)
    assert [(act.act, act.ground, act.items) for act in found.acts] == [("reissued", "lost", [])]
    for case, standings in (("app-1", ["replaced"]), ("app-2", [""])):
        kept = archive.call(LIST_DOCUMENTS, ListDocuments(application_id=case), OWNER).items
        assert [one.standing for one in kept] == standings, "both can be had, the replaced one is marked"
        assert archive.call(GET_DOCUMENT, GetDocument(document_id=kept[0].document_id), OWNER)


def test_the_new_certificate_says_why_and_which_it_is_in_both_languages(archive: Harness, reissued: str) -> None:
    new = papers(archive)[0]
    for words in ("补发（原证书遗失），第2版", "以前的证书由本证书取代", "长江边的石头"):
        assert words in text_of(archive, new.document)
    with pytest.raises(Problem, match="certificate_being_made"):
        archive.call(CERTIFICATE_IN, CertificateIn(document_id=new.document.document_id, language="en"), OWNER)
    archive.run_worker()
    twin = archive.call(CERTIFICATE_IN, CertificateIn(document_id=new.document.document_id, language="en"), OWNER)
    assert "Reissued (the former was lost), edition 2" in text_of(archive, twin)
    assert file_check(archive, twin).status == "valid"


def test_it_is_told_once_and_not_as_a_first_certificate(archive: Harness, reissued: str) -> None:
    archive.deliver(APPLICATION_APPROVED, asked(reissued, "reissued", "lost"))
    archive.run_worker()
    assert len(archive.events(CERTIFICATE_ISSUED)) == 1
    [told] = archive.events(CERTIFICATE_REISSUED)
    assert (told.application_id, told.ground, told.edition, told.number) == ("app-2", "lost", 2, "")
    assert len(papers(archive)) == 2


def test_an_exchanged_certificate_states_what_holds_now(archive: Harness, registered: Any) -> None:
    number = registered()
    archive.run_worker()

    def extract() -> Any:
        return archive.call(REGISTER_EXTRACT, AskExtract(registration_number=number), OWNER).registered

    assert extract().certificate_outdated is False
    archive.deliver(APPLICATION_APPROVED, changed(number, {"title": "长江边的石头"}, {"title": "长江边的石子"}))
    archive.run_worker()
    assert extract().certificate_outdated is True
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "outdated", "app-3"))
    archive.run_worker()
    assert extract().certificate_outdated is False
    new, proof, old = papers(archive)
    assert "长江边的石子" in text_of(archive, new.document)
    assert (new.status, proof.status, old.status) == ("valid", "valid", "replaced")
    assert [file_check(archive, one.document).status for one in (new, proof, old)] == ["valid", "valid", "replaced"]


def test_what_is_given_up_is_revoked_wherever_it_is_checked(archive: Harness, reissued: str) -> None:
    owners = [{"name": "王小明", "kind": "natural_person", "nationality": "中国"}]
    cancelled = asked(reissued, "revoked", "own_request", "app-3", before={"title": "长江边的石头", "owners": owners})
    for _ in range(2):
        archive.deliver(APPLICATION_APPROVED, cancelled)
    archive.run_worker()
    proof, new, old = papers(archive)
    assert (proof.paper, proof.number, proof.status) == ("revocation_proof", "作登撤字第00000001号", "valid")
    assert (new.status, old.status) == ("revoked", "revoked")
    words = text_of(archive, proof.document)
    for part in ("撤销登记证明", "著作权人申请撤销", reissued, "王小明"):
        assert part in words
    found = check(archive, reissued)
    assert (found.status, [act.act for act in found.acts]) == ("revoked", ["reissued", "revoked"])
    assert check(archive, proof.number) == found, "by the number of the proof, too"
    assert {file_check(archive, one.document).status for one in (new, old, proof)} == {"revoked"}
    [told] = archive.events(CERTIFICATE_REVOKED)
    assert (told.application_id, told.ground, told.number) == ("app-3", "own_request", proof.number)
    kept = archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), OWNER).items
    assert [one.standing for one in kept] == ["revoked"]
    for case, act in (("app-4", "reissued"), ("app-5", "revoked")):
        ground = "lost" if act == "reissued" else "own_request"
        with pytest.raises(AssertionError, match="cannot follow"):
            archive.deliver(APPLICATION_APPROVED, asked(reissued, act, ground, case))
    with archive.uow() as uow:
        assert len(records_of(uow.session, reissued)) == 3


def test_nothing_is_revoked_that_belongs_to_others_since(archive: Harness, registered: Any) -> None:
    number = registered()
    other = [{"name": "李白", "kind": "natural_person", "nationality": "中国"}]
    with pytest.raises(AssertionError, match="another owners"):
        archive.deliver(APPLICATION_APPROVED, asked(number, "revoked", "own_request", before={"owners": other}))
    with pytest.raises(AssertionError, match="has no ground"):
        archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "own_request", "app-3"))
    assert check(archive, number).status == "valid"


def test_software_has_a_series_of_its_own(archive: Harness, registered: Any) -> None:
    number = registered(of=software)
    facts = {"type": "software_cancellation", "act": "revoked", "registration_number": number, "ground": "own_request"}
    archive.deliver(APPLICATION_APPROVED, software("app-2", **facts))
    assert check(archive, number).acts[0].number == "软著撤字第00000001号"


def test_a_later_paper_is_the_holders_of_today(archive: Harness, registered: Any) -> None:
    """The account was recovered between the approval and its record."""
    number = registered()
    for case in ("app-1", "app-2"):
        moved = ApplicationMoved(application_id=case, account_id="acc-new", moved_at=datetime.now(UTC))
        archive.deliver(APPLICATION_MOVED, moved)
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "lost"))
    archive.run_worker()
    archive.sweep("follow_moved_cases")
    held = archive.call(LIST_CERTIFICATES, Page(), person("acc-new")).items
    assert [one.edition for one in held] == [2, 1]
