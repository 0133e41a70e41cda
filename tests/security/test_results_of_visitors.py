"""What the public tools made of a visitor's files is for the browser that sent them, whoever comes by its address."""

from __future__ import annotations

import io
import re

import pytest
from chassis.testing import person
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.one_process import System

WORDS = "# 长江边的石头\n" * 20


def token_on(browser: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(address).text)
    assert found, address
    return found[1]


def made_by(browser: FlaskClient) -> tuple[str, str]:
    """A check and a deposit: their ids."""
    page = "/tools/precheck?profile=text_pdf"
    answer = send(browser, "/tools/precheck", page, profile="text_pdf", files_file=file("stone.pdf"))
    check = re.search(r"id=(pre-[\w-]+)", answer.location)
    deposit = {"title": "墨石记账软件", "version": "V1.0", "mode": "general", "document_mode": "general"}
    answer = send(browser, "/tools/deposit", "/tools/deposit", **deposit, source_file=file("main.py"))
    job = re.search(r"/tools/jobs/([\w-]+)", answer.location)
    assert check
    assert job
    return check[1], job[1]


def file(name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(WORDS.encode()), name


def send(browser: FlaskClient, address: str, page: str, **data: object) -> TestResponse:
    answer = browser.post(address, data={"csrf_token": token_on(browser, page), **data})
    assert answer.status_code == 303, answer.text
    return answer


@pytest.mark.requirement("S-04")
def test_a_result_opens_in_the_browser_that_asked_for_it_and_in_no_other(system: System) -> None:
    browser, other = system.client(cookies=True), system.client(cookies=True)
    check, job = made_by(browser)
    other.get("/tools/precheck?profile=text_pdf")
    somebody = system.client(system.token(person("acc-somebody")))
    pages = (f"/tools/precheck/checks/{check}", f"/tools/jobs/{job}")
    for address in (*pages, f"/api/v1/prechecks/{check}", f"/api/v1/jobs/{job}"):
        assert browser.get(address).status_code == 200, address
        for stranger in (other, somebody, system.client()):
            answer = stranger.get(address)
            assert answer.status_code == 404, address
            assert "stone" not in answer.text
    for address in pages:
        assert "请在原来的浏览器中打开" in other.get(address).text
    listed = other.get(f"/tools/precheck?profile=text_pdf&id={check}")
    assert (listed.status_code, "stone.pdf" in listed.text) == (200, False)
    assert "stone.pdf" in browser.get(f"/tools/precheck?profile=text_pdf&id={check}").text


@pytest.mark.requirement("S-04")
def test_what_a_program_without_a_session_made_is_found_by_its_id(system: System) -> None:
    program = system.client()
    head = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(WORDS.encode())), "Upload-Metadata": "filename YS5wZGY="}
    created = program.post("/api/v1/uploads", headers=head)
    place = created.headers["Location"]
    part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert program.patch(place, data=WORDS.encode(), headers=part).status_code == 204
    body = {"upload_id": place.rsplit("/", 1)[-1], "profile": "text_pdf"}
    check = program.post("/api/v1/prechecks", json=body).get_json()["precheck_id"]
    assert program.get(f"/api/v1/prechecks/{check}").status_code == 200
