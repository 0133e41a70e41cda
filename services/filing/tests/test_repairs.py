"""One-click repair as a job: asked for, done by a worker in confinement, told, and used in a filing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from time import sleep
from typing import Any

import pytest
from chassis.testing import anonymous, person
from chassis.work import Lane, Rank
from chassis.work.store import claim
from filing.jobs.store import JobRow
from PIL import Image
from pypdf import PdfReader, PdfWriter

from contracts import filing, tools

from .conftest import Office
from .test_filing_a_case import refused


def locked_pdf() -> bytes:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(width=595, height=842)
    writer.encrypt("Secret-1")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def photograph() -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 41.0, 20.0), 3: "E", 4: (111.0, 17.0, 10.0)})
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(out, "JPEG", exif=exif, quality=85)
    return out.getvalue()


def checked(office: Office, data: bytes, profile: str, name: str) -> tools.PrecheckView:
    receipt = office.harness.receipt("visitor-1", data, name)
    view: tools.PrecheckView = office.call(
        tools.CREATE_PRECHECK, anonymous(), receipt=receipt, profile=profile, client="visitor-1"
    )
    office.harness.run_worker()
    done: tools.PrecheckView = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=view.precheck_id)
    return done


def repair(office: Office, check: tools.PrecheckView, fix: list[str], **options: Any) -> tools.JobView:
    asked: tools.JobView = office.call(
        tools.CREATE_REPAIR, anonymous(), precheck_id=check.precheck_id, fix=fix, options=options
    )
    assert asked.state == "waiting"
    office.harness.run_worker()
    return job(office, asked.job_id)


def job(office: Office, job_id: str, language: str = "zh") -> tools.JobView:
    view: tools.JobView = office.call(tools.GET_JOB, anonymous(), job_id=job_id, language=language)
    return view


@pytest.mark.requirement("F-07")
def test_an_encrypted_pdf_opens_with_the_persons_password_and_the_repair_says_what_it_did(office: Office) -> None:
    check = checked(office, locked_pdf(), "text_pdf", "诗集.pdf")
    assert "pdf_needs_password" in [finding.code for finding in check.findings if finding.repairable]
    done = repair(office, check, ["pdf_needs_password"], password="Secret-1")
    assert done.state == "done"
    assert "encryption_removed" in [change.code for change in done.changes]
    assert all(change.message for change in done.changes)
    [made] = done.files
    assert (made.file_name, made.content_type) == ("诗集-修复.pdf", "application/pdf")
    with office.harness.runtime.objects.open(made.object.sha256) as stream:
        assert len(PdfReader(stream).pages) == 3
    assert done.precheck is not None
    assert "pdf_needs_password" not in [finding.code for finding in done.precheck.findings]


@pytest.mark.requirement("I-12")
def test_the_password_does_not_lie_in_clear_while_the_job_waits(office: Office) -> None:
    """Also not in what a deleted row or a backup would tell: it never was in clear."""
    check = checked(office, locked_pdf(), "text_pdf", "诗集.pdf")
    options = {"password": "Secret-1"}
    asked = office.call(
        tools.CREATE_REPAIR, anonymous(), precheck_id=check.precheck_id, fix=["pdf_needs_password"], options=options
    )
    [row] = office.harness.as_owner("SELECT params::text FROM jobs WHERE id = %s", asked.job_id)
    assert '"password"' in row[0]
    assert "Secret-1" not in row[0]
    assert "Secret-1" not in str(office.harness.as_owner("SELECT answered_requests::text FROM answered_requests"))
    office.harness.run_worker()
    assert job(office, asked.job_id).state == "done"


@pytest.mark.requirement("I-12")
def test_the_password_is_forgotten_with_the_job(office: Office) -> None:
    check = checked(office, locked_pdf(), "text_pdf", "诗集.pdf")
    done = repair(office, check, ["pdf_needs_password"], password="Secret-1")
    with office.harness.uow() as uow:
        row = uow.session.get(JobRow, done.job_id)
        assert "Secret-1" not in str((row.params, row.result))


@pytest.mark.requirement("F-07")
def test_a_wrong_password_is_explained_and_changes_nothing(office: Office) -> None:
    check = checked(office, locked_pdf(), "text_pdf", "诗集.pdf")
    failed = repair(office, check, ["pdf_needs_password"], password="wrong")
    assert (failed.state, failed.files) == ("failed", [])
    assert failed.refusal is not None
    assert failed.refusal.code == "password_wrong"
    english = job(office, failed.job_id, "en").refusal
    assert english is not None
    assert english.message != failed.refusal.message


@pytest.mark.requirement("F-07")
def test_a_photograph_loses_its_position_and_is_shown_before_and_after(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    done = repair(office, check, ["image_has_position"])
    assert done.changes[0].code == "position_removed"
    [view] = done.previews
    assert view.before is not None
    assert view.after is not None
    for picture in (view.before, view.after):
        with office.harness.runtime.objects.open(picture.sha256) as stream:
            assert Image.open(stream).format == "JPEG"


def test_only_what_the_check_found_repairable_can_be_asked_for(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    request = {"precheck_id": check.precheck_id, "fix": ["pdf_scripts"]}
    refused("fix_unknown", office.call, tools.CREATE_REPAIR, anonymous(), **request)
    refused("precheck_unknown", office.call, tools.CREATE_REPAIR, anonymous(), precheck_id="pre-none", fix=["x"])


def test_an_accounts_jobs_are_not_for_others(office: Office) -> None:
    receipt = office.harness.receipt("acc-wang", photograph(), "长江.jpg")
    check = office.call(tools.CREATE_PRECHECK, office.applicant, receipt=receipt, profile="artwork_image")
    request = {"precheck_id": check.precheck_id, "fix": ["image_has_position"]}
    refused("precheck_running", office.call, tools.CREATE_REPAIR, office.applicant, **request)
    office.harness.run_worker()
    refused("precheck_unknown", office.call, tools.CREATE_REPAIR, person("acc-other"), **request)
    mine = office.call(tools.CREATE_REPAIR, office.applicant, **request)
    for actor in (anonymous(), person("acc-other")):
        refused("job_unknown", office.call, tools.GET_JOB, actor, job_id=mine.job_id)


@pytest.mark.requirement("S-01")
def test_a_repair_whose_worker_died_is_done_by_another_and_given_up_after_three_tries(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    asked = office.call(tools.CREATE_REPAIR, anonymous(), precheck_id=check.precheck_id, fix=["image_has_position"])
    assert claim(office.harness.runtime.ask, JobRow, Rank.VISITOR) is not None
    assert office.harness.run_worker() == 0
    assert job(office, asked.job_id).state == "running"
    with office.harness.uow() as uow:
        uow.session.get(JobRow, asked.job_id).leased_until = uow.now() - timedelta(seconds=1)
    assert office.harness.run_worker() == 1
    assert job(office, asked.job_id).state == "done"

    asked = office.call(tools.CREATE_REPAIR, anonymous(), precheck_id=check.precheck_id, fix=["image_has_position"])
    with office.harness.uow() as uow:
        uow.session.get(JobRow, asked.job_id).attempts = 3
    office.harness.run_worker()
    given_up = job(office, asked.job_id)
    assert given_up.refusal is not None
    assert (given_up.state, given_up.refusal.code) == ("failed", "work_not_done")


@pytest.mark.requirement("S-01")
def test_work_that_takes_longer_than_its_lease_is_not_begun_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    asked = office.call(tools.CREATE_REPAIR, anonymous(), precheck_id=check.precheck_id, fix=["image_has_position"])
    monkeypatch.setattr(JobRow, "TERMS", replace(JobRow.TERMS, lease=timedelta(seconds=1.5)))
    runtime = office.harness.runtime
    with Lane().piece(runtime, JobRow) as taken:
        assert taken is not None
        sleep(2.5)
        assert claim(runtime.ask, JobRow, Rank.VISITOR) is None
    sleep(1.6)
    again = claim(runtime.ask, JobRow, Rank.VISITOR)
    assert again is not None
    assert (again.id, again.attempts) == (asked.job_id, 2)


@pytest.mark.requirement("F-07")
def test_a_repaired_file_takes_the_place_of_the_material(office: Office) -> None:
    application_id = office.draft().application_id
    first = office.attach(application_id, data=locked_pdf(), file_name="诗集.pdf")
    second = office.attach(application_id, data=b"%PDF-1.4 another", role="other", file_name="附件.pdf")
    receipt = office.harness.receipt("acc-wang", b"%PDF-1.4 repaired", "诗集-修复.pdf")
    request = {"application_id": application_id, "material_id": first.material_id, "receipt": receipt}
    replaced = office.call(filing.REPLACE_MATERIAL, office.applicant, **request)
    assert (replaced.role, replaced.file_name) == ("sample", "诗集-修复.pdf")
    materials = office.view(application_id).materials
    assert [material.material_id for material in materials] == [replaced.material_id, second.material_id]
    refused("material_unknown", office.call, filing.REPLACE_MATERIAL, office.applicant, **request)
    refused("application_unknown", office.call, filing.REPLACE_MATERIAL, office.other, **request)
