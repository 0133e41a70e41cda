"""注销账号 across the services: what is under way is said before, and what may go goes everywhere, while cases stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from chassis.actor import issue_access_token
from chassis.clock import utc_now
from chassis.errors import Problem
from chassis.signing import create_sandbox_pki
from chassis.testing import person
from chassis.testing.databases import DatabaseFactory
from contracts.identity import IDENTITY_VERIFIED, IdentityVerified
from contracts.ties import ACCOUNT_TIES, ReadTies, Ties
from flask.testing import FlaskClient
from identity.closures.closing_worker import Closing
from registry_infra.demo.people import new_applicant

from chassis import clock
from tests.author import Author
from tests.one_process import System, running_system

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HERE = "/account/closing"


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Of its own: there is one author to a system. With a seal, so that certificates are made."""
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


def newcomer(system: System) -> Author:
    author = Author(system, new_applicant(), system.client(), {})
    author.sign_up()
    author.verify()
    return author


def signed_in(author: Author) -> FlaskClient:
    browser = author.system.client(cookies=True)
    post(browser, "/sign-in", "/sign-in", login=author.who.mobile, password=author.who.password)
    return browser


def post(browser: FlaskClient, path: str, page: str = HERE, **entry: str) -> Any:
    token = TOKEN.search(browser.get(page, follow_redirects=True).text)
    assert token
    return browser.post(path, data=entry | {"csrf_token": token[1]}, follow_redirects=True)


def asked_by_identity(system: System, service: str, request: ReadTies) -> Ties:
    own = system.services["identity"].runtime
    token = issue_access_token(own.signer, own.own_actor, 60)
    found: Ties = system.corridor.call(ACCOUNT_TIES[service], request, token=token)
    return found


def carried_out(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days pass, then the life of a token; the worker asks every service by its own token."""
    identity = system.services["identity"]
    identity.advance(8)
    identity.sweep("lock_accounts")
    with monkeypatch.context() as patched:
        patched.setattr(clock, "utc_now", lambda: utc_now() + timedelta(minutes=20))
        identity.sweep("check_accounts")
    assert Closing(lambda service, request: asked_by_identity(system, service, request)).step(identity.runtime)
    system.settle()
    system.services["filing"].sweep("clear_closed")


@pytest.mark.requirement("I-12")
def test_who_has_something_under_way_is_told_what_and_cannot_ask(system: System) -> None:
    author = newcomer(system)
    author.accepted(paper=False)
    browser = signed_in(author)
    page = browser.get(HERE).text
    assert "现在还不能注销" in page
    assert "还在办理的登记申请" in page
    assert "申请注销账号</button>" not in page
    found = author.get("/me/closure")
    assert [(tie["kind"], tie["count"]) for tie in found["ties"]] == [("application", 1)]
    answer = author.me.post("/api/v1/me/closure", json={"password": author.who.password, "otp": author.code("close")})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "account_tied")
    other = newcomer(system)
    token, asked = system.token(person(other.ids["account_id"])), ReadTies(account_id=author.ids["account_id"])
    with pytest.raises(Problem, match="forbidden"):
        system.corridor.call(ACCOUNT_TIES["filing"], asked, token=token)


@pytest.mark.requirement("I-12")
def test_asked_on_the_page_taken_back_and_asked_again(system: System) -> None:
    author = newcomer(system)
    browser = signed_in(author)
    page = browser.get(HERE).text
    for said in ("会删除什么", "法律要求保存什么", "证书仍然有效", "申请之后有 7 天可以撤回"):
        assert said in page
    assert "短信验证码" in post(browser, f"{HERE}/code").text
    code = author.newest_code()
    assert "密码不对" in post(browser, HERE, password="wrong words 1", otp=code).text
    assert "这个账号已申请注销" in post(browser, HERE, password=author.who.password, otp=code).text
    assert "已撤回注销申请" in post(browser, f"{HERE}/withdrawal").text
    assert author.get("/me/closure")["closure"]["state"] == "withdrawn"
    asked = author.post("/me/closure", {"password": author.who.password, "otp": author.code("close")})
    assert asked["state"] == "waiting"
    assert author.sent("DELETE", "/me/closure")["state"] == "withdrawn"


@pytest.mark.requirement("I-12")
def test_cases_and_certificates_stay_and_drafts_go(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    author = newcomer(system)
    author.register()
    author.draft_another()
    account = author.ids["account_id"]
    author.post("/me/closure", {"password": author.who.password, "otp": author.code("close")})
    carried_out(system, monkeypatch)
    filing = system.services["filing"]
    kept = filing.as_owner("SELECT state, discarded_at IS NULL FROM cases WHERE account_id = %s ORDER BY id", account)
    assert kept == [("registered", True), ("draft", False)]
    assert filing.as_owner("SELECT count(*) FROM applicants WHERE account_id = %s", account) == [(0,)]
    assert filing.as_owner("SELECT count(*) FROM unsaved_entries") == [(0,)]
    found = system.client().get(f"/api/v1/certificates/{author.ids['registration_number']}")
    assert found.status_code == 200
    login = {"login": author.who.mobile, "password": author.who.password}
    answer = system.client().post("/api/v1/sessions", json=login)
    assert answer.status_code == 401
    # What was said before and heard late, or twice, is nobody's identity any more.
    late = IdentityVerified(
        account_id=account,
        verification_id="ver-late",
        kind="natural_person",
        name=author.who.name,
        id_type="resident_id",
        masked_id_number="1101**********0000",
        verified_at=utc_now(),
    )
    filing.deliver(IDENTITY_VERIFIED, late)
    assert filing.as_owner("SELECT count(*) FROM applicants WHERE account_id = %s", account) == [(0,)]
    cleared = "SELECT cleared_at IS NOT NULL FROM closed_accounts WHERE account_id = %s"
    assert filing.as_owner(cleared, account) == [(True,)]
    anew = Author(system, author.who, system.client(), {})
    anew.sign_up()
    anew.verify()
    assert anew.get("/applications")["items"] == []
