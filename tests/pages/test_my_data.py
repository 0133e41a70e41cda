"""我的数据 and 消息通知设置 on their pages: every service tells what it keeps, and the password hands it out."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from contracts.own_data import SECTIONS
from flask.testing import FlaskClient
from registry_infra.demo.people import new_applicant

from tests.author import TITLE, Author
from tests.one_process import System, running_system

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HERE = "/account/data"
SETTINGS = "/account/settings"


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Of its own: there is one author to a system. With a seal, so that certificates are made."""
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


@pytest.fixture(scope="module")
def browser(author: Author) -> FlaskClient:
    browser = author.system.client(cookies=True)
    post(browser, "/sign-in", "/sign-in", login=author.who.mobile, password=author.who.password)
    return browser


def post(browser: FlaskClient, path: str, page: str, **entry: str) -> Any:
    token = TOKEN.search(browser.get(page, follow_redirects=True).text)
    assert token
    return browser.post(path, data=entry | {"csrf_token": token[1]})


@pytest.mark.requirement("I-12")
def test_the_copy_has_what_every_service_keeps_of_the_account(author: Author) -> None:
    [shown] = author.get("/me/exports")["items"]
    answer = author.me.post(
        f"/api/v1/me/exports/{author.ids['export_id']}/download", json={"password": author.who.password}
    )
    assert answer.content_type == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (len(answer.data), hashlib.sha256(answer.data).hexdigest()) == (shown["size"], shown["sha256"])
    with ZipFile(io.BytesIO(answer.data)) as archive:
        read = {
            section: json.loads(archive.read(f"{service}/{section}.json"))
            for service, sections in SECTIONS.items()
            for section in sections
        }
        page = archive.read("index.html").decode()
    cases = {row["record_id"]: row for row in read["applications"]}
    assert cases.keys() == {author.ids["application_id"], author.draft["application_id"]}
    registered = cases[author.ids["application_id"]]
    assert registered["facts"]["form"]["title"] == TITLE
    assert [file["file_name"] for file in registered["files"]] == ["自己的.pdf"]
    assert registered["documents"]
    assert {row["record_id"] for row in read["batches"]} == {author.ids["batch_id"]}
    assert {row["record_id"] for row in read["jobs"]} == {author.ids["job_id"]}
    [order] = [row for row in read["orders"] if row["record_id"] == author.ids["order_id"]]
    assert [payment["method"] for payment in order["facts"]["payments"]] == ["bank"]
    assert [(row["title"], row["record_id"][:4]) for row in read["registrations"]] == [(TITLE, "国作登字")]
    assert registered["facts"]["registration_number"] == read["registrations"][0]["record_id"]
    assert {row["facts"]["kind"] for row in read["documents"]} >= {"certificate"}
    assert [row["title"] for row in read["old_cases"]] == ["别人不能看的旧业务"]
    assert [file["file_name"] for file in read["old_cases"][0]["files"]] == ["旧.pdf"]
    assert read["account"][0]["facts"]["id_number"] == author.who.id_number
    assert TITLE in page
    assert f"/account/documents/{registered['documents'][0]['document_id']}" in page


@pytest.mark.requirement("I-12")
def test_the_copy_has_nothing_of_anybody_else(author: Author, system: System) -> None:
    """Somebody new in the same system: no section but their own account and messages has a record."""
    another = Author(system, new_applicant(), system.client(), {})
    another.sign_up()
    another.have_a_copy()
    path = f"/api/v1/me/exports/{another.ids['export_id']}/download"
    answer = another.me.post(path, json={"password": another.who.password})
    with ZipFile(io.BytesIO(answer.data)) as archive:
        sizes = {name: len(json.loads(archive.read(name))) for name in archive.namelist() if name != "index.html"}
        assert author.who.name not in archive.read("identity/account.json").decode()
    assert {name for name, size in sizes.items() if size} == {
        f"identity/{section}.json" for section in ("account", "consents", "sessions", "messages")
    }


@pytest.mark.requirement("I-12")
def test_the_page_asks_for_the_password_and_says_what_was_wrong(browser: FlaskClient, author: Author) -> None:
    assert "副本已备好" in browser.get(HERE).text
    place = f"{HERE}/{author.ids['export_id']}"
    wrong = post(browser, place, HERE, password="not the password 9")
    assert wrong.status_code == 422
    assert 'href="#field-password"' in wrong.text
    fetched = post(browser, place, HERE, password=author.who.password)
    assert fetched.data[:2] == b"PK"
    assert "my-data-" in fetched.headers["Content-Disposition"]
    assert "下载于" in browser.get(HERE).text
    assert post(browser, HERE, HERE).status_code == 303
    waiting = browser.get(HERE).text
    assert "正在准备您的数据副本" in waiting
    assert 'hx-get="/account/data"' in waiting
    assert post(browser, HERE, HERE).status_code == 409


@pytest.mark.requirement("W-05")
def test_what_is_ticked_goes_out_and_what_binds_is_locked(browser: FlaskClient) -> None:
    page = browser.get(SETTINGS).text
    locked = {box for box in re.findall(r'<input[^>]*type="checkbox"[^>]*>', page) if " disabled" in box}
    assert {re.search(r'name="(\w+)\.', box)[1] for box in locked} == {"deadlines", "decisions", "security"}  # type: ignore[index]  # all have a name
    assert "依法要及时通知到您" in page
    assert post(browser, SETTINGS, SETTINGS, language="en", **{"money.sms": "yes"}).status_code == 303
    page = browser.get(SETTINGS).text
    ticked = {
        found[1]
        for box in re.findall(r"<input[^>]*>", page)
        if " checked" in box and (found := re.search(r'id="field-([^"]+)"', box))
    }
    assert ticked == {"money.sms", "deadlines.sms", "decisions.sms", "security.sms", "language-en"}
