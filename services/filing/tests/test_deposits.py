"""鉴别材料 as a job: source code and a manual in, conforming PDFs and what the form needs out."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from typing import Any

import pytest
from chassis.testing import anonymous
from filing.deposits import work
from pydantic import ValidationError
from pypdf import PdfReader

from contracts import tools

from .conftest import Office
from .test_filing_a_case import refused

TITLE, VERSION = "山居图书管理软件", "V1.0"


def program(files: int, lines: int = 120) -> dict[str, bytes]:
    """Python files of a library, each with some comments and a blank line."""
    body = "\n".join(f"    shelf_{n} = borrow({n}, reader='读者{n}')" for n in range(lines))
    return {
        f"library/part_{number:03}.py": f"# 第 {number} 部分\n\ndef part_{number}(borrow):\n{body}\n".encode()
        for number in range(files)
    }


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def packed_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def order(office: Office, *uploads: tuple[str, bytes], document: bytes = b"", **request: Any) -> tools.JobView:
    receipts = [office.harness.receipt("visitor-1", data, name) for name, data in uploads]
    manual = office.harness.receipt("visitor-1", document, "用户手册.txt") if document else ""
    asked: tools.JobView = office.call(
        tools.CREATE_DEPOSIT,
        anonymous(),
        **{
            "title": TITLE,
            "version": VERSION,
            "source": receipts,
            "document": manual,
            "client": "visitor-1",
            **request,
        },
    )
    return asked


def build(office: Office, *uploads: tuple[str, bytes], document: bytes = b"", **request: Any) -> tools.JobView:
    asked = order(office, *uploads, document=document, **request)
    office.harness.run_worker()
    done: tools.JobView = office.call(tools.GET_JOB, anonymous(), job_id=asked.job_id)
    return done


def text_of(office: Office, made: tools.FileMade) -> list[str]:
    with office.harness.runtime.objects.open(made.object.sha256) as stream:
        return [page.extract_text() for page in PdfReader(stream).pages]


@pytest.mark.requirement("F-04")
def test_a_large_program_becomes_sixty_pages_with_name_version_and_numbers(office: Office) -> None:
    done = build(office, ("library.tar", packed(program(40))))
    assert (done.state, done.refusal) == ("done", None)
    [made] = done.files
    pages = text_of(office, made)
    assert len(pages) == 60
    assert all(TITLE in page and VERSION in page for page in pages)
    assert done.report["program"]["statistics"]["files"] == 40
    assert "Python" in done.report["program"]["statistics"]["languages"]
    assert made.precheck_id is not None
    assert office.call(tools.GET_PRECHECK, anonymous(), precheck_id=made.precheck_id).verdict == "pass"


@pytest.mark.requirement("F-04")
def test_several_files_and_a_manual_make_a_deposit_of_both(office: Office) -> None:
    manual = "\n".join(f"{TITLE}{VERSION} 用户手册第 {n} 行" for n in range(90)).encode("gb18030")
    done = build(office, *program(3).items(), document=manual)
    assert [made.name for made in done.files] == ["program", "document"]
    assert done.report["program"]["whole"] is True
    assert len(text_of(office, done.files[1])) == done.report["document"]["pages"]


@pytest.mark.requirement("F-06")
def test_a_manual_that_names_another_version_is_pointed_out_with_its_page(office: Office) -> None:
    manual = "\n".join(f"{TITLE}V2.3 用户手册第 {n} 行" for n in range(90)).encode()
    done = build(office, *program(3).items(), document=manual)
    [found] = [finding for finding in done.findings if finding.code == "version_differs"]
    assert (found.page, found.params["found"]) == (1, "V2.3")
    assert found.message
    assert found.remedy


@pytest.mark.requirement("F-04")
def test_an_exceptional_deposit_masks_at_most_half(office: Office) -> None:
    done = build(office, ("library.tar", packed(program(40))), options={"mode": "masked", "masked_share": 0.4})
    meter = done.report["program"]["meter"]
    assert 0.2 < meter["area"] <= 0.5
    assert meter["characters"] <= 0.5


@pytest.mark.requirement("F-04")
def test_a_manual_is_deposited_by_exception_as_well_and_it_is_kept_what_was_asked(office: Office) -> None:
    manual = "\n".join(f"{TITLE} 用户手册第 {n} 行" for n in range(90)).encode()
    options = {"document_mode": "masked", "masked_share": 0.3, "with_tests": True, "leave_out": ["docs", "old"]}
    done = build(office, *program(2).items(), document=manual, options=options)
    assert 0.2 < done.report["document"]["meter"]["area"] <= 0.3
    assert done.report["program"]["meter"] is None
    asked = done.report["asked"]
    assert (asked["title"], asked["document_mode"], asked["masked_share"]) == (TITLE, "masked", "30")
    assert ("with_tests" in asked, "strip_comments" in asked, asked["leave_out"]) == (True, False, "docs\nold")
    assert len(done.report["program"]["files"]) == 2


@pytest.mark.requirement("F-04")
def test_a_deposit_that_breaks_a_rule_by_choice_says_so(office: Office) -> None:
    thin = {"app.py": b"x = 1\n\n\n" * 200}
    done = build(office, *thin.items(), options={"strip_blank_lines": False})
    assert done.findings[0].code == "deposit_pages_short"
    assert "空行" in done.findings[0].remedy
    assert "deposit_pages_short" not in [finding.code for finding in build(office, *thin.items()).findings]


@pytest.mark.requirement("F-04")
def test_object_code_with_its_pages_of_source_is_not_too_long(office: Office) -> None:
    compiled = office.harness.receipt("visitor-1", bytes(range(256)) * 400, "library.exe")
    options = {"mode": "object_code", "start_page": 2}
    done = build(office, ("library.tar", packed(program(40))), object_code=compiled, options=options)
    assert done.report["program"]["pages"] == 80
    [made] = done.files
    check = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=made.precheck_id)
    assert "deposit_too_many_pages" not in [finding.code for finding in check.findings]


@pytest.mark.requirement("F-04")
def test_names_fit_on_one_line_of_the_header_and_are_never_blank(office: Office) -> None:
    done = build(office, *program(1).items(), title=" 山居\n图书\t软件\x07 ", version=" V1.0 ")
    assert all("山居 图书 软件 V1.0" in page for page in text_of(office, done.files[0]))
    with pytest.raises(ValidationError):
        tools.CreateDeposit(title="  ", version="V1.0")


@pytest.mark.requirement("F-04")
def test_what_cannot_be_made_is_explained(office: Office) -> None:
    done = build(office, ("notes.zip", b"PK\x03\x04 not an archive"))
    assert (done.state, done.files) == ("failed", [])
    assert done.refusal is not None
    assert done.refusal.message
    refused("deposit_empty", office.call, tools.CREATE_DEPOSIT, anonymous(), title=TITLE, version=VERSION)
    problem = refused(
        "request_invalid",
        office.call,
        tools.CREATE_DEPOSIT,
        anonymous(),
        title="\u200b\x07",
        version=VERSION,
        document="receipt",
    )
    assert [(error.field, error.code) for error in problem.errors] == [("title", "format_invalid")]


@pytest.mark.requirement("F-04")
def test_a_deposit_that_failed_says_what_it_was_asked_so_that_it_can_be_asked_again(office: Office) -> None:
    options = {"mode": "ten_fifty", "start_page": 500, "first": ["main.py"], "leave_out": ["old", "docs"]}
    done = build(office, *program(3).items(), options=options)
    assert (done.state, done.refusal and done.refusal.code) == ("failed", "deposit_too_short")
    asked = done.report["asked"]
    assert (asked["title"], asked["start_page"], asked["first"]) == (TITLE, "500", "main.py")
    assert asked["leave_out"] == "old\ndocs"


@pytest.mark.requirement("F-04")
def test_what_is_foreseen_is_said_before_anybody_waits_for_it(office: Office) -> None:
    manual = "\n".join(f"{TITLE}{VERSION} 用户手册第 {n} 行" for n in range(90)).encode()
    early = {"mode": "ten_fifty", "start_page": 5, "document_mode": "ten_fifty", "document_start_page": 10}
    problem = refused("request_invalid", order, office, *program(1).items(), document=manual, options=early)
    assert [(error.field, error.code) for error in problem.errors] == [
        ("options.start_page", "deposit_start_too_early"),
        ("options.document_start_page", "deposit_start_too_early"),
    ]
    without = refused("request_invalid", order, office, *program(1).items(), options={"mode": "object_code"})
    assert [error.code for error in without.errors] == ["object_code_missing"]
    assert office.harness.as_owner("SELECT count(*) FROM jobs") == [(0,)]


@pytest.mark.requirement("F-04")
def test_an_archive_that_was_chosen_twice_is_read_once_and_two_archives_are_both_read(office: Office) -> None:
    one, other = packed(program(2)), packed({"reader/gate.py": b"def gate():\n    return 1\n"})
    alone = build(office, ("library.tar", one)).report["program"]
    twice = build(office, ("library.tar", one), ("library.tar", one))
    assert (twice.state, twice.report["program"]) == ("done", alone)
    renamed = build(office, ("library.tar", one), ("library (1).tar", one)).report["program"]
    assert (renamed["files"], renamed["statistics"]["lines"]) == (alone["files"], alone["statistics"]["lines"])
    both = build(office, ("library.tar", one), ("reader.zip", packed_zip({"gate/door.js": b"let a = 1;\n"})))
    assert set(both.report["program"]["files"]) == {*alone["files"], "gate/door.js"}
    unlike = refused("request_invalid", order, office, ("library.tar", one), ("library.tar", other))
    assert [(error.field, error.code) for error in unlike.errors] == [("source", "archives_alike")]


@pytest.mark.requirement("F-07")
def test_comments_and_secrets_are_taken_out_only_with_a_report(office: Office) -> None:
    files = {"app.py": b"# by me\nPASSWORD = 'h7Kq92LmZx41'\n" + b"print('book')\n" * 60}
    done = build(office, *files.items(), options={"strip_comments": True})
    assert {change.code for change in done.changes} >= {"comments_stripped", "secrets_masked"}
    assert all(change.message for change in done.changes)
    assert "h7Kq92LmZx41" not in "".join(text_of(office, done.files[0]))


@pytest.mark.requirement("S-01")
def test_a_deposit_whose_worker_is_killed_goes_on_with_the_part_that_is_missing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    manual = "\n".join(f"{TITLE}{VERSION} 用户手册第 {n} 行" for n in range(90)).encode()
    whole = build(office, *program(3).items(), document=manual)
    asked = order(office, *program(3).items(), document=manual)
    settings = office.harness.runtime.settings
    environment = os.environ | {
        "REGISTRY_SERVICE": "filing",
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_AMQP_URL": settings.amqp_url,
        "OBJECT_STORE_URL": settings.object_store_url,
        "REGISTRY_KEYS_DIR": str(settings.keys_dir),
        "REGISTRY_FAILPOINT": "work.checkpointed",
    }
    killed = subprocess.run([sys.executable, "-m", "chassis.worker", "filing"], env=environment, timeout=60)
    assert killed.returncode == 137
    [(checkpoint, objects)] = office.harness.as_owner("SELECT checkpoint, objects FROM jobs WHERE state = 'running'")
    assert set(checkpoint) == {"program"}
    left = {kept["sha256"] for kept in checkpoint["program"].values()}
    assert left <= set(objects), "nobody collects what the next attempt needs"
    office.harness.as_owner("UPDATE jobs SET leased_until = now() WHERE state = 'running'")

    def again(*_: object, **__: object) -> None:
        raise AssertionError("the program was made already")

    monkeypatch.setattr(work, "build_source_deposit", again)
    office.harness.run_worker()
    done = office.call(tools.GET_JOB, anonymous(), job_id=asked.job_id)
    assert (done.state, [made.name for made in done.files]) == ("done", ["program", "document"])
    assert done.files[0].object == whole.files[0].object
    assert (done.report, done.findings) == (whole.report, whole.findings)
    assert office.harness.as_owner("SELECT count(*) FROM jobs WHERE checkpoint IS NOT NULL") == [(0,)]
    released = {sha256 for (sha256,) in office.harness.as_owner("SELECT sha256 FROM released_objects")}
    assert left <= released
