"""Is it real: by number and by file. The answers are public and masked; the files are anybody's."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from archive.authenticity import checking, handlers
from archive.authenticity.checking import close_confined
from archive.authenticity.store import FileCheck
from archive.worker import WORKER
from chassis.confinement import ConfinementLost
from chassis.errors import Problem
from chassis.signing import SealSigner, create_sandbox_pki
from chassis.testing import anonymous, person
from contracts.archive import (
    CERTIFICATE_ISSUED,
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    CheckCertificate,
    CheckCertificateFile,
)
from pypdf import PdfWriter

from .records import record


@pytest.fixture
def working(archive):
    """The archive with a worker running beside it."""
    stopping = threading.Event()

    def work():
        while not stopping.is_set():
            with suppress(ConfinementLost):
                if not any(hand.step(archive.runtime) for hand in WORKER.hands):
                    stopping.wait(0.02)

    worker = threading.Thread(target=work)
    worker.start()
    yield archive
    stopping.set()
    worker.join()
    close_confined()


def check_file(archive, data, client="visitor-1"):
    request = CheckCertificateFile(receipt=archive.receipt(client, data), client=client)
    return archive.call(CHECK_CERTIFICATE_FILE, request, anonymous())


def refusal(call):
    with pytest.raises(Problem) as refused:
        call()
    return refused.value


@pytest.fixture
def certificate(archive, registered):
    """Number and bytes of an issued certificate."""
    number = registered()
    archive.run_worker()
    return number, archive.runtime.objects.read(archive.events(CERTIFICATE_ISSUED)[0].certificate_sha256, 1 << 22)


def empty_pdf():
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def seal(pki, pdf):
    return SealSigner.load(pki).sign_pdf(pdf, reason="r", location="l", name="n")


@pytest.mark.requirement("A-02")
def test_anybody_checks_a_number_and_sees_masked_facts_only(archive, certificate):
    number, _ = certificate
    check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number), anonymous())
    assert (check.status, check.title, check.category) == ("valid", "长江边的石头", "A")
    assert check.owners == ["王**"]
    assert check.authors == ["王**"]
    assert check.certificate_sha256 == archive.events(CERTIFICATE_ISSUED)[0].certificate_sha256
    assert check.log_index is None
    assert "小明" not in check.model_dump_json()


@pytest.mark.requirement("A-02")
def test_a_number_is_valid_from_its_registration_even_before_the_certificate_is_made(archive, registered):
    check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=registered()))
    assert (check.status, check.certificate_sha256) == ("valid", None)


@pytest.mark.requirement("A-03")
def test_a_number_in_the_wrong_case_is_unknown_and_its_right_spelling_suggested(archive, registered):
    number = registered()
    for typed in (number.replace("-A-", "-a-"), f" {number}", number.removeprefix("国作登字-")):
        problem = refusal(lambda t=typed: archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=t)))
        assert problem.code == "registration_number_unknown"
        assert problem.params["suggestion"] == number
        assert problem.params["suggestion_known"] == 1
        assert problem.params["reasons"]


@pytest.mark.requirement("A-03")
def test_an_unknown_number_says_what_it_looks_like_and_promises_nothing(archive):
    problem = refusal(lambda: archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number="2026sr0000009")))
    assert (problem.params["suggestion"], problem.params["suggestion_known"]) == ("2026SR0000009", 0)
    problem = refusal(lambda: archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number="2026Z11S000001")))
    assert problem.params["looks_like"] == "serial_number"
    assert "suggestion" not in problem.params


@pytest.mark.requirement("A-05")
def test_a_revoked_entry_says_so_by_number_and_by_file(archive, certificate):
    number, pdf = certificate
    record(archive, number, "revoked")
    assert archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)).status == "revoked"
    assert check_file(archive, pdf).status == "revoked"


@pytest.mark.requirement("A-08")
def test_the_issued_file_is_recognised_byte_for_byte_without_being_parsed(archive, certificate):
    number, pdf = certificate  # no worker runs here: nothing needs one
    check = check_file(archive, pdf)
    assert (check.status, check.file_matches, check.registration_number) == ("valid", True, number)
    assert check.signer == "国家版权登记中心（演示）"
    assert check.signed_at is not None
    assert check.problems == []


@pytest.mark.requirement("A-08")
def test_a_changed_certificate_is_told_from_the_issued_one(certificate, working, keys):
    _, pdf = certificate
    place = pdf.index(b"/Title") + 12
    altered = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    for data, problem in (
        (altered, "altered"),
        (pdf + b"\n% a line more\n", "appended"),
        (empty_pdf(), "no_signature"),
        (seal(keys / "pki", empty_pdf()), "number_unknown"),
    ):
        check = check_file(working, data)
        assert (check.status, check.file_matches) == ("unknown", False)
        assert problem in check.problems
        assert "signer_untrusted" not in check.problems, "whose certificate it is cannot be known"
        assert (check.title, check.signer, check.signed_at) == (None, None, None)


@pytest.mark.requirement("A-08")
def test_a_certificate_sealed_by_somebody_else_is_not_trusted(certificate, working, tmp_path):
    create_sandbox_pki(tmp_path / "elsewhere")
    check = check_file(working, seal(tmp_path / "elsewhere", empty_pdf()))
    assert check.status == "unknown"
    assert "signer_untrusted" in check.problems


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 a renamed archive", "not_a_pdf"),
        (b"", "not_a_pdf"),
        (b"%PDF-1.7\n" + b"\x00\xff" * 5000, "damaged"),
        (
            b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"/ByteRange\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF",
            "damaged",
        ),
    ],
)
def test_a_hostile_or_unreadable_file_is_refused_with_a_reason(working, data, reason):
    problem = refusal(lambda: check_file(working, data))
    assert (problem.code, problem.params["reason"]) == ("certificate_file_unreadable", reason)


@pytest.mark.requirement("A-08")
def test_a_file_that_is_too_large_is_not_even_read(archive, monkeypatch):
    monkeypatch.setattr(handlers, "MAX_BYTES", 10)
    assert refusal(lambda: check_file(archive, b"%PDF-1.7 and more")).params["reason"] == "too_large"


def test_a_receipt_of_somebody_else_is_refused(archive):
    theirs = archive.receipt("acc-other", b"%PDF-")
    for actor in (person("acc-person"), anonymous()):
        problem = refusal(
            lambda a=actor: archive.call(CHECK_CERTIFICATE_FILE, CheckCertificateFile(receipt=theirs, client="me"), a)
        )
        assert problem.code == "receipt_invalid"


def test_without_a_worker_the_caller_is_told_to_come_back(archive, monkeypatch):
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.1)
    assert refusal(lambda: check_file(archive, empty_pdf())).code == "service_unavailable"


@pytest.mark.requirement("S-01")
def test_a_file_whose_reader_is_killed_from_outside_was_not_checked_and_is_checked_for_the_next_caller(
    working, monkeypatch
):
    """Neither damaged, nor remembered as anything: the fault was not the file's."""
    pdf, tries = empty_pdf(), []

    class Taken:
        def run(self, *_, **__):
            tries.append("killed")
            raise ConfinementLost("SIGKILL")

    monkeypatch.setattr(FileCheck, "TERMS", replace(FileCheck.TERMS, again=timedelta(seconds=0.05)))
    with monkeypatch.context() as patch:
        patch.setattr(checking, "_confined", Taken)
        assert refusal(lambda: check_file(working, pdf)).code == "certificate_not_checked"
    assert len(tries) == FileCheck.TERMS.attempts
    assert check_file(working, pdf).problems == ["no_signature"]


def test_several_people_checking_one_file_at_once_are_all_answered(working):
    pdf = empty_pdf()
    with ThreadPoolExecutor(4) as pool:
        checks = list(pool.map(lambda n: check_file(working, pdf, f"visitor-{n}"), range(4)))
    assert all(check.problems == ["no_signature"] for check in checks)


def test_findings_are_forgotten_when_they_are_old(archive):
    archive.as_owner("INSERT INTO file_checks (sha256, size, findings, done_at) VALUES ('ab', 1, '{}', now())")
    assert archive.sweep("forget_file_checks") == 0
    archive.as_owner("UPDATE file_checks SET queued_at = now() - interval '1 hour'")
    assert archive.sweep("forget_file_checks") == 1
