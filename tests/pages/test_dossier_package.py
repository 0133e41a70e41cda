"""A whole dossier as one file: a bag that other programs can check, for its party alone."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest
from chassis.objects import ObjectMissing
from chassis.testing import staff_actor
from flask.testing import FlaskClient
from gateway.dossiers.bag import Bag, Payload
from gateway.dossiers.names import safe_name
from lxml import html
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_changes import Owner


@pytest.fixture(scope="module")
def owner(system: System) -> Owner:
    return Owner.registered(system)


@pytest.fixture(scope="module")
def browser(owner: Owner) -> FlaskClient:
    return sign_in(owner)[0]


def unpacked(data: bytes) -> tuple[str, dict[str, bytes]]:
    """The folder of the bag, and its files by their paths."""
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        [folder] = {name.split("/", 1)[0] for name in names}
        return folder, {name.removeprefix(f"{folder}/"): archive.read(name) for name in names}


def sums(text: bytes) -> dict[str, str]:
    return {path: sha256 for sha256, path in (line.split("  ", 1) for line in text.decode().splitlines())}


@pytest.mark.requirement("A-04")
def test_a_dossier_is_taken_away_as_a_bag_that_holds_all_of_it(owner: Owner, browser: FlaskClient) -> None:
    case = owner.ids["application_id"]
    place = f"/account/dossiers/{case}/package.zip"
    assert f'href="{place}"' in browser.get(f"/account/dossiers/{case}").text
    answer = browser.get(place)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    folder, files = unpacked(answer.data)
    assert f'filename="{folder}.zip"' in answer.headers["Content-Disposition"]
    assert files["bagit.txt"].decode().splitlines() == ["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"]
    manifest, tags = sums(files["manifest-sha256.txt"]), sums(files["tagmanifest-sha256.txt"])
    assert set(manifest) == {path for path in files if path.startswith("data/")}
    assert set(tags) == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    for path, sha256 in (manifest | tags).items():
        assert hashlib.sha256(files[path]).hexdigest() == sha256, path
    info = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    whole = sum(len(data) for path, data in files.items() if path.startswith("data/"))
    assert info["Payload-Oxum"] == f"{whole}.{len(manifest)}"
    assert info["External-Identifier"] == owner.ids["registration_number"]

    documents = owner.get(f"/applications/{case}/documents")["items"]
    materials = owner.get(f"/applications/{case}")["materials"]
    assert {one["object"]["sha256"] for one in (*documents, *materials)} <= set(manifest.values())
    assert json.loads(files["data/application.json"])["registration_number"] == owner.ids["registration_number"]
    assert "application_approved" in {entry["event"] for entry in json.loads(files["data/history.json"])}


@pytest.mark.requirement("A-04")
def test_a_programme_takes_the_same_package(owner: Owner, browser: FlaskClient) -> None:
    case = owner.ids["application_id"]
    answer = owner.me.get(f"/api/v1/applications/{case}/package")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    by_page = unpacked(browser.get(f"/account/dossiers/{case}/package.zip").data)[1]
    assert unpacked(answer.data)[1]["manifest-sha256.txt"] == by_page["manifest-sha256.txt"]


@pytest.mark.requirement("A-04")
def test_nobody_else_gets_a_package(owner: Owner, system: System) -> None:
    case = owner.ids["application_id"]
    stranger = Author(system, new_applicant(), system.client(), {})
    stranger.sign_up()
    place = f"/account/dossiers/{case}/package.zip"
    by_programme = f"/api/v1/applications/{case}/package"
    assert [stranger.me.get(one).status_code for one in (place, by_programme)] == [404, 404]
    for role in ("customer_service", "archivist", "administrator"):
        clerk = system.client(system.token(staff_actor(role, id=f"acc-{role}")))
        assert {clerk.get(one).status_code for one in (place, by_programme)} <= {403, 404}
    assert system.client().get(place).status_code == 303


@pytest.mark.requirement("A-04")
def test_a_sealed_deposit_is_not_in_the_package_and_said_to_be_left_out(owner: Owner, browser: FlaskClient) -> None:
    case = owner.ids["application_id"]
    page = f"/account/applications/{case}/seal"
    sample = next(one for one in owner.get(f"/applications/{case}")["materials"] if one["role"] == "sample")
    assert post(browser, page, page, step="seal").status_code == 303
    try:
        files = unpacked(browser.get(f"/account/dossiers/{case}/package.zip").data)[1]
        assert sample["object"]["sha256"] not in sums(files["manifest-sha256.txt"]).values()
        assert f"{sample['file_name']}：已封存" in files["data/README.txt"].decode()
        english = unpacked(browser.get(f"/account/dossiers/{case}/package.zip?lang=en").data)[1]
        assert "sealed" in english["data/README.txt"].decode()
    finally:
        assert post(browser, page, page, step="lift", confirmed="yes").status_code == 303
    browser.get("/account?lang=zh")


@pytest.mark.requirement("A-04")
@pytest.mark.requirement("W-04")
def test_documents_are_named_in_the_pages_language_and_said_to_be_in_chinese(
    owner: Owner, browser: FlaskClient
) -> None:
    case = owner.ids["application_id"]
    shown = (f"/account/dossiers/{case}", f"/account/applications/{case}")
    try:
        for address in shown:
            tree = html.fromstring(browser.get(f"{address}?lang=en").text)
            names = tree.xpath(
                "//ul[@class='document-list']//a[contains(@href, '/account/documents/')][@target]/text()"
            )
            assert {"Acceptance notice (in Chinese)", "Certificate of registration (in Chinese)"} <= set(names)
            assert not [name for name in names if re.search(r"[\u4e00-\u9fff]", name)]
        files = unpacked(browser.get(f"/account/dossiers/{case}/package.zip").data)[1]
        listed = re.findall(r"^(documents/\d\d-.*): (.*)$", files["data/README.txt"].decode(), re.MULTILINE)
        assert {f"data/{path}" for path, _ in listed} == {path for path in files if path.startswith("data/documents/")}
        assert "Acceptance notice (in Chinese)" in [name for _, name in listed]
    finally:
        browser.get("/account?lang=zh")
    for address in shown:
        page = browser.get(address).text
        assert "受理通知书" in page
        assert "中文文件" not in page


@pytest.mark.requirement("A-04")
def test_names_of_files_are_safe_wherever_they_are_unpacked() -> None:
    assert safe_name(3, "登记申请表.pdf") == "03-登记申请表.pdf"
    assert safe_name(1, "../../etc/pass:wd?.PDF") == "01-_.._etc_pass_wd_.PDF"
    assert safe_name(2, "photo\u202efdp.exe") == "02-photo_fdp.exe"
    assert safe_name(4, "CON") == "04-CON"
    assert safe_name(5, "...") == "05-file"
    long = safe_name(6, "长" * 200 + ".pdf")
    assert long.endswith(".pdf")
    assert len(long.encode()) < 170


@pytest.mark.requirement("A-04")
def test_a_package_is_sent_while_it_is_written(tmp_path: Path) -> None:
    """Neither is a file held whole, nor is the next one opened before its turn."""
    opened: list[int] = []

    def large(number: int) -> io.BytesIO:
        opened.append(number)
        return io.BytesIO(bytes(2 << 20))

    sha256 = hashlib.sha256(bytes(2 << 20)).hexdigest()
    files = [Payload(f"{n}.bin", sha256, 2 << 20, lambda n=n: large(n)) for n in range(3)]  # type: ignore[misc]
    stream = Bag("bag", datetime(2026, 11, 30, tzinfo=UTC), {}, files).stream()
    first = next(stream)
    assert (len(first) < 1 << 20, opened) == (True, [0])
    data = first + b"".join(stream)
    assert opened == [0, 1, 2]
    assert set(sums(unpacked(data)[1]["manifest-sha256.txt"]).values()) == {sha256}


@pytest.mark.requirement("A-04")
def test_a_package_with_a_file_that_is_not_what_it_was_does_not_end(tmp_path: Path) -> None:
    """Neither a rotted file nor a shorter one nor one that is gone meanwhile passes for the one that the manifest
    names."""
    whole = bytes(1 << 20)
    sha256 = hashlib.sha256(whole).hexdigest()

    def gone() -> io.BytesIO:
        raise ObjectMissing(sha256)

    for kept in (lambda: io.BytesIO(b"x" + whole[1:]), lambda: io.BytesIO(whole[:-1]), gone):
        files = [Payload("a.bin", sha256, len(whole), kept), Payload("b.bin", sha256, len(whole), lambda: io.BytesIO())]
        sent, raised = bytearray(), False
        try:
            for piece in Bag("bag", datetime(2026, 11, 30, tzinfo=UTC), {}, files).stream():
                sent += piece
        except (ValueError, ObjectMissing):
            raised = True
        assert raised
        with pytest.raises(BadZipFile):
            ZipFile(io.BytesIO(bytes(sent)))


@pytest.mark.requirement("A-04")
def test_no_package_is_made_of_a_filed_case_that_the_archive_does_not_know_yet(
    owner: Owner, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filed just now, or moved from another account."""
    place = f"/account/dossiers/{owner.ids['application_id']}/package.zip"
    with monkeypatch.context() as patch:
        patch.setattr("archive.dossier.store.owner_of", lambda *_: None)
        answer = browser.get(place)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert browser.get(place).status_code == 200
