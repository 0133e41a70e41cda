"""材料预检、修复与鉴别材料 over the API: by visitors, and by authors for their drafts."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest
from materials.testing.sample_files import encrypted_pdf, numbered_pdf
from PIL import Image
from registry_infra.portal import Portal, wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person


def photograph() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 41.0, 20.0), 3: "E", 4: (111.0, 17.0, 10.0)})
    Image.effect_noise((2000, 1500), 60).convert("RGB").save(out, "JPEG", exif=exif, quality=80)
    return out.getvalue()


def project(files: int = 40) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(files):
            lines = [f"    shelf_{line} = borrow({number}, {line})" for line in range(120)]
            data = "\n".join([f"def part_{number}(borrow):", *lines]).encode()
            entry = tarfile.TarInfo(f"library/part_{number:03}.py")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def checked(portal: Portal, upload_id: str, profile: str) -> dict[str, Any]:
    asked = portal.post("/prechecks", {"upload_id": upload_id, "profile": profile})

    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = portal.get(f"/prechecks/{asked['precheck_id']}")
        return found if found["state"] == "done" else None

    return wait_for("the check", done)


def finished(portal: Portal, job: dict[str, Any]) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = portal.get(f"/jobs/{job['job_id']}")
        return found if found["state"] in ("done", "failed") else None

    return wait_for("the job", done)


@pytest.mark.requirement("F-06")
@pytest.mark.requirement("F-07")
def test_a_visitor_has_a_photograph_checked_and_repaired_without_an_account(visitor: Portal) -> None:
    check = checked(visitor, visitor.upload(photograph(), "长江.jpg"), "photograph")
    assert check["verdict"] == "pass"
    codes = [finding["code"] for finding in check["findings"] if finding["repairable"]]
    assert "image_has_position" in codes
    job = visitor.post(f"/prechecks/{check['precheck_id']}/repairs", {"fix": codes})
    repaired = finished(visitor, job)
    assert repaired["state"] == "done"
    assert repaired["files"][0]["file_name"] == "长江-修复.jpg"
    assert all(change["message"] for change in repaired["changes"])
    picture = Image.open(io.BytesIO(visitor.fetch(repaired["files"][0]["url"].removeprefix("/api/v1"))))
    assert 2 not in picture.getexif().get_ifd(0x8825)
    for side in ("before", "after"):
        shown = visitor.fetch(repaired["previews"][0][side].removeprefix("/api/v1"))
        assert Image.open(io.BytesIO(shown)).format == "JPEG"
    again = checked(visitor, repaired["upload_id"], "photograph")
    assert "image_has_position" not in [finding["code"] for finding in again["findings"]]


@pytest.mark.requirement("F-06")
def test_findings_speak_the_caller_s_language(visitor: Portal) -> None:
    check = checked(visitor, visitor.upload(b"PK\x03\x04 renamed", "作品.pdf"), "text_pdf")
    english = Portal(visitor.url, language="en").get(f"/prechecks/{check['precheck_id']}")
    [chinese], [translated] = check["findings"], english["findings"]
    assert chinese["code"] == translated["code"] == "wrong_type_renamed"
    assert chinese["message"] != translated["message"]
    assert translated["remedy"].isascii()


@pytest.mark.requirement("F-07")
def test_a_repaired_file_takes_the_place_of_a_draft_s_material(author: Person) -> None:
    application_id = author.draft()
    check = author.attach(application_id, encrypted_pdf("secret"), "诗集.pdf")
    [material] = author.case(application_id)["materials"]
    codes = [finding["code"] for finding in check["findings"] if finding["repairable"]]
    body = {"fix": codes, "options": {"password": "secret"}}
    repaired = finished(author.me, author.me.post(f"/prechecks/{check['precheck_id']}/repairs", body))
    assert repaired["state"] == "done", repaired["refusal"]
    path = f"/applications/{application_id}/materials/{material['material_id']}/replacement"
    replaced = author.me.post(path, {"upload_id": repaired["upload_id"]})
    assert replaced["file_name"] == "诗集-修复.pdf"
    kept = author.case(application_id)["materials"]
    assert [entry["material_id"] for entry in kept] == [replaced["material_id"]]


@pytest.mark.requirement("F-04")
def test_a_folder_of_source_code_becomes_a_conforming_deposit(visitor: Portal) -> None:
    source = visitor.upload(project(), "library.tar")
    job = visitor.post("/deposits", {"title": "山居图书管理软件", "version": "V1.0", "source": [source]})
    made = finished(visitor, job)
    assert made["state"] == "done", made["refusal"]
    assert made["report"]["program"]["pages"] == 60
    assert made["report"]["program"]["statistics"]["languages"] == {"Python": 40 * 121}
    check = checked(visitor, made["upload_id"], "source_deposit")
    assert check["verdict"] == "pass"


def test_only_the_owner_sees_checks_and_jobs(author: Person, stranger: Person, problem: Problem) -> None:
    check = checked(author.me, author.me.upload(photograph(), "长江.jpg"), "photograph")
    path = f"/prechecks/{check['precheck_id']}"
    job = author.me.post(f"{path}/repairs", {"fix": ["image_has_position"]})
    for other in (stranger.me, author.visitor):
        assert problem(other, "GET", path)["code"] == "precheck_unknown"
        assert problem(other, "POST", f"{path}/repairs", {"fix": ["image_has_position"]})["code"] == "precheck_unknown"
        assert problem(other, "GET", f"/jobs/{job['job_id']}")["code"] == "job_unknown"
    assert problem(author.me, "POST", f"{path}/repairs", {"fix": ["pdf_scripts"]})["code"] == "fix_unknown"
    assert problem(author.me, "POST", "/deposits", {"title": "x", "version": "1"})["code"] == "deposit_empty"


@pytest.mark.requirement("F-06")
def test_a_long_check_tells_how_far_it_is(author: Person) -> None:
    upload_id = author.me.upload(numbered_pdf(600), "长篇.pdf")
    check = checked(author.me, upload_id, "text_pdf")
    assert check["progress"] == 1.0
    assert check["facts"]["pdf"]["pages"] == 600
