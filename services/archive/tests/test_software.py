"""Software in the archive: its two numbers, its certificate in two languages, and everything works have."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from archive.certificates import issuing
from archive.register.handlers import enter_registration
from chassis.errors import Problem
from chassis.signing import verify_certificate_pdf
from chassis.testing import anonymous, person, staff_actor
from contracts.archive import (
    CERTIFICATE_IN,
    CERTIFICATE_ISSUED,
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    LIST_CERTIFICATES,
    LIST_ISSUING,
    SEARCH_REGISTER,
    CertificateIn,
    CheckCertificate,
    CheckCertificateFile,
    SearchRegister,
)
from contracts.paging import Page
from pypdf import PdfReader
from sqlalchemy import text

from chassis import uow as chassis_uow

from .conftest import software
from .test_certificates import Killed, die, kill_at, let_the_lease_run_out

ANN, BOB = person("acc-person"), person("acc-other")
FIRST = "软著登字第0000001号"


def printed(archive, sha256):
    pdf = archive.runtime.objects.read(sha256, 1 << 22)
    pages = [page.extract_text().replace("\n", "").replace(" ", "") for page in PdfReader(io.BytesIO(pdf)).pages]
    return pdf, pages


def numbers(archive):
    query = "SELECT registration_number, certificate_number FROM register_entries WHERE kind = 'software' ORDER BY 1"
    return [tuple(row) for row in archive.as_owner(query)]


def in_english(archive, document_id, actor=ANN):
    return archive.call(CERTIFICATE_IN, CertificateIn(document_id=document_id, language="en"), actor)


@pytest.fixture
def issued(archive, registered):
    """Number and event of an issued certificate of software."""
    number = registered(of=software)
    archive.run_worker()
    return number, archive.events(CERTIFICATE_ISSUED)[-1]


@pytest.mark.requirement("A-01")
def test_software_gets_a_sealed_certificate_with_both_numbers_that_verifies_offline(archive, issued, keys):
    number, event = issued
    pdf, [page] = printed(archive, event.certificate_sha256)
    for fact in (
        "计算机软件著作权登记证书",
        f"登记号：{number}",
        FIRST,
        "红叶文档管理软件[简称：红叶]V2.0",
        "红叶科技有限公司（中国）",
        "2026年3月1日",
        "未发表",
        "原始取得",
        "全部权利",
        "根据《计算机软件保护条例》和《计算机软件著作权登记办法》的规定",
        "对以上事项予以登记",
    ):
        assert fact in page, fact
    report = verify_certificate_pdf(pdf, [(keys / "pki" / "root.pem").read_bytes()])
    assert (report.problems, report.valid, report.registration_number) == ([], True, number)
    assert (event.registration_number, event.title) == (number, "红叶文档管理软件")
    assert [document.kind for document in event.documents] == ["certificate"]


@pytest.mark.requirement("A-02")
def test_software_is_checked_by_either_number(archive, issued):
    number, _ = issued
    for typed in (number, FIRST):
        check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=typed), anonymous())
        assert (check.kind, check.status, check.registration_number) == ("software", "valid", number)
        assert (check.title, check.short_name, check.version) == ("红叶文档管理软件", "红叶", "V2.0")
        assert (check.certificate_number, check.category, check.authors) == (FIRST, None, [])
        assert check.owners == ["红叶科技有限公司"]
    for typed in ("软著登字第1号", f" {FIRST}", number.lower()):
        with pytest.raises(Problem, match="registration_number_unknown") as refused:
            archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=typed), anonymous())
        assert refused.value.params["suggestion"] in (FIRST, number)
        assert refused.value.params["suggestion_known"] == 1


@pytest.mark.requirement("A-02")
def test_a_number_of_six_digits_from_the_old_system_is_found_where_it_was_taken_over(archive, issued):
    archive.as_owner(
        "INSERT INTO register_records SELECT '2019SR123456', 1, act, states, refers_to, 'old', form, sample_sha256,"
        " serial_number, acceptance_number, decided_at, decided_by, recorded_on, recorded_at FROM register_records"
    )
    archive.as_owner(
        "INSERT INTO register_entries SELECT '2019SR123456', '软著登字第4000001号', 1, status, 'old', account_id,"
        " 'old', 2019, 123456, kind, category, title, short_name, version, authors, owners, searched, completion_date,"
        " publication_date, registered_on, entered_at FROM register_entries"
    )
    check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number="2019SR123456"))
    assert (check.status, check.registration_number) == ("valid", "2019SR123456")
    [item] = archive.call(SEARCH_REGISTER, SearchRegister(q="2019sr123456")).items
    assert item.registration_number == "2019SR123456"


@pytest.mark.requirement("A-06")
def test_software_is_searched_by_its_names_owner_and_numbers(archive, registered, issued):
    number, _ = issued
    work = registered("app-2")

    def found(q, **more):
        items = archive.call(SEARCH_REGISTER, SearchRegister(q=q, **more)).items
        return [item.registration_number for item in items]

    for q in ("红叶文档", "红叶", "红叶科技", number, number.lower(), FIRST, "軟著登字第0000001號"):
        assert found(q) == [number], q
    assert found("", kind="software") == [number]
    assert found("", kind="work") == [work]
    [item] = archive.call(SEARCH_REGISTER, SearchRegister(kind="software")).items
    assert (item.certificate_number, item.short_name, item.version, item.authors) == (FIRST, "红叶", "V2.0", [])


@pytest.mark.requirement("A-04")
def test_my_certificates_name_both_numbers_of_software(archive, issued):
    [mine] = archive.call(LIST_CERTIFICATES, Page(), ANN).items
    assert (mine.kind, mine.certificate_number, mine.version) == ("software", FIRST, "V2.0")
    assert mine.document.document_id.startswith("arc-")


@pytest.mark.requirement("S-01")
def test_both_series_are_gapless_when_many_register_at_once_and_some_fail(archive, approve):
    def register(index):
        of = software if index % 2 else approve
        try:
            with archive.uow() as uow:
                enter_registration(of(f"app-{index % 20}"), uow)
                if index % 5 == 4:
                    raise Problem("internal_error")
        except Problem:
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register, range(60)))
    with archive.uow() as uow:
        year = uow.today().year
    found = numbers(archive)
    assert len(found) >= 8
    assert found == [(f"{year}SR{n:07d}", f"软著登字第{n:07d}号") for n in range(1, len(found) + 1)]


@pytest.mark.requirement("S-01")
def test_what_dies_before_its_commit_takes_no_number_of_either_series(archive, registered, monkeypatch):
    registered("app-1", of=software)
    with monkeypatch.context() as patch:
        patch.setattr(chassis_uow, "failpoint", lambda name: die(name == "uow.before_commit"))
        for attempt in range(3):
            with pytest.raises(Killed), archive.uow() as uow:
                enter_registration(software(f"app-lost-{attempt}"), uow)
    registered("app-2", of=software)
    assert [int(one[6:]) for one, _ in numbers(archive)] == [1, 2]
    assert [two for _, two in numbers(archive)] == [FIRST, "软著登字第0000002号"]


@pytest.mark.requirement("F-13")
def test_the_registration_number_begins_anew_each_year_and_the_certificate_number_does_not(archive, registered):
    with archive.uow() as uow:
        today = uow.today()
    registered("app-1", of=software)
    archive.advance((today.replace(month=12, day=31) - today).days + 1)
    registered("app-2", of=software)
    assert numbers(archive) == [
        (f"{today.year}SR0000001", FIRST),
        (f"{today.year + 1}SR0000001", "软著登字第0000002号"),
    ]


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("kind", ["software", "work"])
def test_either_kind_has_an_english_twin_on_request_signed_like_it(archive, registered, approve, keys, kind):
    number = registered(of=software if kind == "software" else approve)
    archive.run_worker()
    [event] = archive.events(CERTIFICATE_ISSUED)
    original = event.documents[0].document_id
    for _ in range(2):  # asked for twice, made once
        with pytest.raises(Problem, match="certificate_being_made"):
            in_english(archive, original)
    [job] = archive.call(LIST_ISSUING, Page(), staff_actor("archivist")).items
    assert (job.registration_number, job.language) == (number, "en")
    archive.run_worker()
    twin = in_english(archive, original)
    assert (twin.kind, twin.file_name) == ("certificate_translation", f"{number}-en.pdf")
    assert in_english(archive, twin.document_id) == twin
    assert archive.call(
        CERTIFICATE_IN, CertificateIn(document_id=twin.document_id, language="zh"), ANN
    ).document_id == (original)
    pdf, [page] = printed(archive, twin.object.sha256)
    report = verify_certificate_pdf(pdf, [(keys / "pki" / "root.pem").read_bytes()])
    assert (report.problems, report.registration_number) == ([], number)
    title = {"software": "CertificateofComputerSoftwareCopyrightRegistration", "work": "CertificateofWorkRegistration"}
    for fact in (title[kind], f"Registrationnumber:{number}", "1March2026", "(China)"):
        assert fact in page, fact
    assert ("Unpublished" in page) == (kind == "software")
    assert archive.events(CERTIFICATE_ISSUED) == [event], "nobody else needs to hear of it"
    assert len(archive.call(LIST_CERTIFICATES, Page(), ANN).items) == 1
    check = archive.call(
        CHECK_CERTIFICATE_FILE, CheckCertificateFile(receipt=archive.receipt("visitor", pdf), client="visitor")
    )
    assert (check.status, check.file_matches, check.registration_number) == ("valid", True, number)


@pytest.mark.requirement("A-04")
def test_a_twin_is_for_those_who_may_see_the_certificate_and_for_certificates_only(archive, issued):
    original = issued[1].documents[0].document_id
    for stranger in (BOB, staff_actor("cashier")):
        with pytest.raises(Problem, match="document_unknown"):
            in_english(archive, original, stranger)
    with pytest.raises(Problem, match="document_unknown"):
        in_english(archive, "arc-nothing")
    with pytest.raises(Problem, match="not_signed_in"):
        in_english(archive, original, anonymous())
    assert archive.as_owner("SELECT count(*) FROM certificates") == [(1,)]
    with pytest.raises(Problem, match="certificate_being_made"):
        in_english(archive, original, staff_actor("archivist"))


@pytest.mark.requirement("S-02")
def test_many_who_ask_for_the_twin_at_once_get_one(archive, issued):
    original = issued[1].documents[0].document_id

    def ask(_):
        with pytest.raises(Problem, match="certificate_being_made"):
            in_english(archive, original)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(8)))
    archive.run_worker()
    assert archive.as_owner("SELECT language, count(*) FROM certificates GROUP BY 1 ORDER BY 1") == [
        ("en", 1),
        ("zh", 1),
    ]
    assert in_english(archive, original).kind == "certificate_translation"


@pytest.mark.requirement("S-01")
def test_a_worker_killed_over_a_twin_leaves_it_to_the_next(archive, issued, monkeypatch):
    original = issued[1].documents[0].document_id
    with pytest.raises(Problem, match="certificate_being_made"):
        in_english(archive, original)
    kill_at(monkeypatch, issuing, "issuing.stored")
    with pytest.raises(Killed):
        issuing.issue_next(archive.runtime)
    monkeypatch.undo()
    let_the_lease_run_out(archive)
    archive.run_worker()
    assert in_english(archive, original).kind == "certificate_translation"


def test_a_certificate_states_what_held_at_its_record_whatever_has_changed_since(archive, registered):
    from .records import record

    number = registered(of=software)
    record(archive, number, "changed", {"title": "改了名的软件"})
    archive.run_worker()
    [event] = archive.events(CERTIFICATE_ISSUED)
    _, [page] = printed(archive, event.certificate_sha256)
    assert "红叶文档管理软件" in page


@pytest.mark.requirement("A-08")
def test_a_reissued_certificate_of_the_same_number_takes_the_place_of_the_first_in_every_language(archive, issued):
    original = issued[1].documents[0].document_id
    with pytest.raises(Problem, match="certificate_being_made"):
        in_english(archive, original)
    archive.run_worker()
    pdfs = [
        archive.runtime.objects.read(sha256, 1 << 22)
        for sha256 in (issued[1].certificate_sha256, in_english(archive, original).object.sha256)
    ]
    with archive.runtime.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO certificates (certificate_id, registration_number, record, edition, language,"
                " application_id, account_id, document_id) SELECT 'crt-2', registration_number, record, 2, 'zh',"
                " application_id, account_id, 'arc-2' FROM certificates WHERE language = 'zh'"
            )
        )
    archive.run_worker()
    for pdf in pdfs:
        receipt = archive.receipt("visitor", pdf)
        check = archive.call(CHECK_CERTIFICATE_FILE, CheckCertificateFile(receipt=receipt, client="visitor"))
        assert (check.file_matches, check.status) == (True, "replaced")
