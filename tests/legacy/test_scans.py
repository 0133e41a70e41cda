"""Scans that old rows name: taken from the operator's folders and from nowhere else, once, or told with a reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, anonymous, person, staff_actor
from contracts.archive import LIST_LEGACY_REGISTRATIONS, OPEN_LEGACY_PAPER
from contracts.identity import SIGN_IN, SignIn
from contracts.legacy.cases import LegacyRef, OpenLegacyFile
from contracts.legacy.imports import LegacyImportRef
from contracts.legacy.scans import OpenLegacyPaper, ScanTally
from contracts.legacy_bridge import GET_LEGACY_CASE, GET_LEGACY_IMPORT, OPEN_LEGACY_FILE
from contracts.paging import Page
from legacy_bridge.imports import handlers
from legacy_bridge.scans import folder as folder_room
from legacy_bridge.scans.folder import read_scan
from legacy_bridge.scans.model import ScanRefused, named_in
from legacy_bridge.scans.taking import take_over

from chassis import failpoints
from tests.legacy.files import write_csv
from tests.legacy.office import Office
from tests.legacy.rows import REGISTRATIONS, password, registration

pytestmark = [pytest.mark.requirement("L-04"), pytest.mark.requirement("L-05")]

TIFF = b"II*\0 a page"
FILER = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "scans"
    (place / "scan" / "0").mkdir(parents=True)
    (place / "scan" / "0" / "1.tif").write_bytes(TIFF)
    (place / "扫描件").mkdir()
    (place / "扫描件" / "证书.PDF").write_bytes(b"%PDF-1.4 a certificate")
    return place


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/scan/0/1.tif", "1.tif"),
        ("scan/0/1.tif", "1.tif"),
        ("\\\\scan\\0\\1.tif", "1.tif"),
        ("D:\\scan\\0\\1.tif", "1.tif"),
        ("d:scan\\0\\1.TIF", "1.tif"),
        ("./SCAN//0/1.Tif", "1.tif"),
        ("scan\\..\\scan\\0\\1.tif", "1.tif"),
        ("E:\\扫描件\\证书.pdf", "证书.pdf"),
    ],
)
def test_a_scan_is_found_however_its_path_was_written(folder: Path, path: str, name: str) -> None:
    assert read_scan([folder], path)[0] == name


def test_the_first_folder_that_has_it_gives_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert read_scan([folder, tmp_path / "more"], "b.png") == ("b.png", b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../secret.pdf", "scan_outside"),
        ("/scan/../../secret.pdf", "scan_outside"),
        ("scan\\..\\..\\secret.pdf", "scan_outside"),
        ("C:\\..\\secret.pdf", "scan_outside"),
        ("C:..\\secret.pdf", "scan_outside"),
        ("link.pdf", "scan_outside"),
        ("LINK.PDF", "scan_outside"),
        ("linked/secret.pdf", "scan_outside"),
        ("a\0b", "scan_outside"),
        ("/", "scan_outside"),
        ("", "scan_outside"),
        ("/scan/0/2.tif", "scan_missing"),
        ("/scan/0/1.tif/x", "scan_missing"),
        ("loop", "scan_unreadable"),
        ("x" * 5000, "scan_missing"),
        ("/scan", "scan_unreadable"),
        ("pipe", "scan_unreadable"),
        ("empty.pdf", "scan_empty"),
        ("large.pdf", "scan_too_large"),
        ("page.html", "scan_of_unknown_kind"),
    ],
)
def test_nothing_beside_the_folder_is_read_and_nothing_that_is_no_scan(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: str
) -> None:
    monkeypatch.setattr(folder_room, "MOST_BYTES", 100)
    (folder.parent / "secret.pdf").write_bytes(b"%PDF- secret")
    (folder / "link.pdf").symlink_to(folder.parent / "secret.pdf")
    (folder / "linked").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe")
    for name, data in {"empty.pdf": b"", "large.pdf": b"%PDF-" * 30, "page.html": b"<html>"}.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ScanRefused) as refused:
        read_scan([folder], path)
    assert refused.value.code == code


def test_a_row_names_several_each_once() -> None:
    assert named_in(" /a.tif;/b.tif； /a.tif |") == ["/a.tif", "/b.tif"]
    assert len(named_in(";".join(f"/{n}.tif" for n in range(200)))) == 50


def tally(office: Office, import_id: str) -> ScanTally:
    return office.bridge.call(
        GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id), staff_actor("administrator")
    ).scans


def take(office: Office, import_id: str, target: str, *folders: Path) -> tuple[int, int]:
    found = take_over(office.bridge.runtime, import_id, target, folders, lambda _: None)
    office.deliver()
    return found


def test_scans_come_to_their_cases_once_and_go_with_their_import(
    service_harness: Callable[..., Harness], tmp_path: Path, folder: Path
) -> None:
    office, examiner = Office(service_harness), staff_actor("examiner")
    report = office.run(write_csv(tmp_path / "cases.csv", "cases", 60))
    loaded = report.counts["loaded"]
    assert tally(office, report.import_id) == ScanTally(named=loaded, waiting=loaded)
    assert take(office, report.import_id, "cases", folder) == (1, loaded - 1)
    [missing] = tally(office, report.import_id).refused
    assert (missing.reason, missing.count, missing.path) == ("scan_missing", loaded - 1, "/scan/0/2.tif")
    assert take(office, report.import_id, "cases", folder) == (0, loaded - 1)
    (folder / "scan" / "0" / "2.tif").write_bytes(b"%PDF-1.4 found after all")
    assert take(office, report.import_id, "cases", folder) == (1, loaded - 2)
    [(case_id,)] = office.bridge.as_owner("SELECT record_id FROM legacy_cases WHERE row_number = 1")
    [paper] = office.bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), examiner).papers
    asked = OpenLegacyFile(case_id=case_id, file_id=paper.file_id)
    opened = office.bridge.call(OPEN_LEGACY_FILE, asked, examiner)
    assert (opened.file_name, office.bridge.runtime.objects.read(opened.object.sha256, 100)) == ("1.tif", TIFF)
    with pytest.raises(Problem, match="legacy_case_unknown"):
        office.bridge.call(OPEN_LEGACY_FILE, asked, person())
    with office.bridge.uow() as uow:
        handlers.withdraw(report.import_id, uow)
    assert office.bridge.as_owner("SELECT count(*) FROM legacy_files") == [(0,)]
    assert office.bridge.as_owner("SELECT count(*) FROM legacy_scans") == [(0,)]
    assert len(office.bridge.as_owner("SELECT DISTINCT sha256 FROM released_objects")) == 2


def with_scans(file: Path, count: int, scans: Callable[[int], str]) -> Path:
    """Registrations whose dump has the column of papers."""
    with file.open("w", encoding="gb18030", errors="surrogateescape", newline="") as stream:
        out = csv.writer(stream)
        out.writerow([*REGISTRATIONS, "附件"])
        for number in range(1, count + 1):
            values: Sequence[str] = registration(number).values
            out.writerow([*values, scans(number)])
    return file


def test_a_registration_s_scans_are_in_its_filer_s_history_and_nobody_else_opens_them(
    service_harness: Callable[..., Harness], tmp_path: Path, folder: Path
) -> None:
    office = Office(service_harness)
    named = {FILER: "D:\\扫描件\\证书.pdf;/scan/0/1.tif", FILER + 5: "/scan/0/1.tif"}
    report = office.run(with_scans(tmp_path / "registrations.csv", 12, lambda number: named.get(number, "")))
    office.run(write_csv(tmp_path / "accounts.csv", "accounts", 12))
    assert report.agrees
    assert take(office, report.import_id, "registrations", folder) == (3, 0)
    assert tally(office, report.import_id) == ScanTally(named=3, taken=3)
    owner = office.identity.call(SIGN_IN, SignIn(login=f"user{FILER}", password=password(FILER)), anonymous())
    office.deliver()
    holder = person(owner.account.account_id)
    [mine] = office.archive.call(LIST_LEGACY_REGISTRATIONS, Page(), holder).items
    assert [paper.file_name for paper in mine.papers] == ["证书.pdf", "1.tif"]
    asked = OpenLegacyPaper(record_id=mine.record_id, file_id=mine.papers[0].file_id)
    opened = office.archive.call(OPEN_LEGACY_PAPER, asked, holder)
    assert office.archive.runtime.objects.read(opened.object.sha256, 100) == b"%PDF-1.4 a certificate"
    assert office.archive.call(OPEN_LEGACY_PAPER, asked, staff_actor("archivist")).object == opened.object
    for stranger in (person(), anonymous(), staff_actor("cashier")):
        with pytest.raises(Problem, match=r"document_unknown|not_signed_in"):
            office.archive.call(OPEN_LEGACY_PAPER, asked, stranger)
    other = asked.model_copy(update={"record_id": "leg-of-somebody-else"})
    with pytest.raises(Problem, match="document_unknown"):
        office.archive.call(OPEN_LEGACY_PAPER, other, holder)
    with office.bridge.uow() as uow:
        handlers.withdraw(report.import_id, uow)
    office.deliver()
    assert office.archive.as_owner("SELECT count(*) FROM legacy_papers") == [(0,)]
    assert office.bridge.as_owner("SELECT count(*) FROM legacy_scans") == [(0,)]


def test_who_dies_between_two_parts_is_followed_by_who_goes_on(
    service_harness: Callable[..., Harness], tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(service_harness)
    for number in range(2, 70):
        (folder / "scan" / "0" / f"{number}.tif").write_bytes(TIFF + bytes([number]))
    report = office.run(with_scans(tmp_path / "registrations.csv", 69, lambda number: f"/scan/0/{number}.tif"))

    class Killed(Exception):
        pass

    def die(point: str) -> None:
        if point == "scans.taken":
            raise Killed

    for part in (1, 2):
        monkeypatch.setattr("legacy_bridge.scans.taking.failpoint", die)
        with pytest.raises(Killed):
            take(office, report.import_id, "registrations", folder)
        assert tally(office, report.import_id).taken == 20 * part
    monkeypatch.setattr("legacy_bridge.scans.taking.failpoint", failpoints.failpoint)
    loaded = report.counts["loaded"]
    assert take(office, report.import_id, "registrations", folder) == (loaded - 40, 0)
    office.deliver()
    assert office.archive.as_owner("SELECT count(*), count(DISTINCT file_id) FROM legacy_papers") == [(loaded, loaded)]
