"""Files that people send are given back as files: never with a type that runs, whatever they hold or are called."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from chassis.testing import staff_actor
from filing.jobs.store import JobRow
from filing.prechecks.store import PrecheckRow
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from tests.agreed import FACE
from tests.author import Author
from tests.one_process import System

SCRIPT = b"<html><script>alert(document.domain)</script>"
FILES: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "a page": ("evil.html", SCRIPT, {"type": "html"}),
    "a page that says it is a PDF": ("evil.pdf", b"%PDF-1.7\n" + SCRIPT, {"type": "pdf", "pdf": {"pages": 1}}),
    "a page that says it is a picture": ("evil.jpg", b"\xff\xd8\xff\xe0" + SCRIPT, {"type": "jpeg"}),
    "a drawing with a script": (
        "evil.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        {"type": "svg"},
    ),
    "a script": ("evil.js", b"alert(1)", {"type": "text"}),
    "XML": ("evil.xml", b'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml"/>', {"type": "xml"}),
    "what nobody knows": ("evil", SCRIPT, {}),
    "a type that was made up": ("evil.bin", SCRIPT, {"type": "text/html; charset=utf-8"}),
    "quotes": ('a"; filename="evil.html', SCRIPT, {"type": "html"}),
    "a line break": ("a\r\nContent-Type: text/html\r\n\r\n<script>.pdf", SCRIPT, {"type": "html"}),
    "letters from right to left": ("作品\u202efdp.exe", SCRIPT, {"type": "exe"}),
    "a path": ("../../../etc/作品.pdf", SCRIPT, {"type": "html"}),
    "a very long name": ("长" * 300 + ".pdf", SCRIPT, {"type": "html"}),
}
SHOWN = {"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"}


def assert_harmless(answer: TestResponse) -> None:
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    disposition, options = parse_options_header(answer.headers["Content-Disposition"])
    if answer.mimetype in SHOWN:
        assert "script-src 'none'" in policy or "default-src 'none'" in policy
    else:
        assert answer.mimetype == "application/octet-stream"
        assert disposition == "attachment"
        assert "default-src 'none'; sandbox" in policy
    name = options["filename"]
    assert name.isprintable()
    assert not set("/\\") & set(name)
    assert len(name) <= 255
    assert answer.headers["Cache-Control"] in ("private, no-cache", "no-store")


def attached(system: System, author: Author, case: str, name: str, data: bytes, facts: dict[str, Any]) -> str:
    named = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": named}
    body = {"data": data, "content_type": "application/offset+octet-stream"}
    upload = author.me.post("/api/v1/uploads", headers=headers, **body)
    asked = {"role": "other", "upload_id": upload.headers["Location"].rpartition("/")[2]}
    material: str = author.post(f"/applications/{case}/materials", asked)["material_id"]
    with system.services["filing"].uow() as uow:
        done = {"state": "done", "verdict": "pass", "facts": facts}
        uow.session.execute(update(PrecheckRow).where(PrecheckRow.state == "running").values(**done))
    return material


@pytest.fixture(scope="module")
def case(author: Author) -> str:
    draft: str = author.post("/applications", {"kind": "work", "form": {"title": "坏文件"}})["application_id"]
    return draft


@pytest.mark.parametrize("kind", FILES)
def test_a_material_is_given_back_as_a_file(system: System, author: Author, case: str, kind: str) -> None:
    name, data, facts = FILES[kind]
    material = attached(system, author, case, name, data, facts)
    for path in (
        f"/api/v1/applications/{case}/materials/{material}/file",
        f"/account/applications/{case}/materials/{material}/file",
    ):
        answer = author.me.get(path)
        assert_harmless(answer)
        assert answer.get_data() == data
        saved = author.me.get(path, query_string={"download": "1"})
        assert_harmless(saved)
        assert saved.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_what_a_job_made_is_a_file_too(system: System, author: Author, content_type: str) -> None:
    filing = system.services["filing"]
    ref = filing.runtime.objects.put_bytes(SCRIPT)
    job = f"job-{content_type.replace('/', '-')}"
    made = {"name": "made", "sha256": ref.sha256, "size": ref.size, "file_name": 'evil".html', "precheck_id": None}
    with filing.uow() as uow:
        uow.session.add(
            JobRow(
                id=job,
                kind="repair",
                account_id=author.get("/me")["account_id"],
                params={},
                state="done",
                attempts=1,
                queued_at=uow.now(),
                result={"files": [made | {"content_type": content_type}]},
            )
        )
    assert_harmless(author.me.get(f"/api/v1/jobs/{job}/files/made"))


def test_an_id_image_is_shown_as_an_image_or_saved(system: System, author: Author) -> None:
    reviewer = system.client(system.token(staff_actor("reviewer")))
    for document in ("id_front", "id_back"):
        answer = reviewer.get(f"/staff/verifications/{author.ids['verification_id']}/images/{document}")
        assert_harmless(answer)
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "data", [SCRIPT, b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"GIF89a" + SCRIPT, b"%PDF-1.7"]
)
def test_an_id_image_that_is_none_is_not_taken(people: dict[str, FlaskClient], data: bytes) -> None:
    another = people["another applicant"]
    sent = {
        role: another.post("/api/v1/uploads", data={"file": (io.BytesIO(data), f"{role}.jpg")}).get_json()["upload_id"]
        for role in ("id_front", "id_back", "handheld")
    }
    assert another.post("/api/v1/consents", json=FACE).status_code == 201
    refused = another.post("/api/v1/verifications", json=sent)
    assert refused.status_code == 422
