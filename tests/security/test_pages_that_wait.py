"""A part of a page that asks again by itself makes no session last longer, and says when the session has ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from gateway.web import signing_in
from gateway.web.resources import EXTENSION
from sqlalchemy import text

from tests.author import Author
from tests.one_process import System
from tests.security.test_browser_sessions import sign_in

ASKS = {"HX-Request": "true"}
pytestmark = pytest.mark.requirement("I-03")


@pytest.fixture
def browser(system: System, author: Author) -> FlaskClient:
    browser = system.client(cookies=True)
    sign_in(browser, author)
    return browser


def rows(system: System, statement: str, **values: object) -> list[Any]:
    with system.app.extensions[EXTENSION].engine.begin() as connection:
        done = connection.execute(text(statement), values)
        return list(done.all()) if done.returns_rows else []


def age(system: System, account: str) -> datetime:
    """The account's browsers were last used long ago; when their sessions end now."""
    until = datetime.now(UTC) + timedelta(hours=1)
    change = "UPDATE web_sessions SET seen_at = :at, expires_at = :until WHERE account = :account"
    rows(system, change, at=until - timedelta(hours=12), until=until, account=account)
    return until


def ends_of(system: System, account: str) -> set[datetime]:
    return {row.expires_at for row in rows(system, "SELECT * FROM web_sessions WHERE account = :a", a=account)}


def test_a_page_that_asks_by_itself_keeps_no_session_alive(
    system: System, author: Author, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, page = author.get("/me")["account_id"], f"/account/applications/{author.ids['application_id']}"
    until = age(system, account)
    assert browser.get(page, headers=ASKS).status_code == 200
    assert ends_of(system, account) == {until}
    with monkeypatch.context() as patch:
        patch.setattr(signing_in, "RENEW_BEFORE", 10**6)  # the access token is exchanged
        before = rows(system, "SELECT content FROM web_sessions WHERE account = :a", a=account)
        assert browser.get(page, headers=ASKS).status_code == 200
        assert rows(system, "SELECT content FROM web_sessions WHERE account = :a", a=account) != before
    assert ends_of(system, account) == {until}
    assert browser.get(page).status_code == 200
    assert max(ends_of(system, account)) > until + timedelta(hours=10)


def test_a_page_that_renews_a_session_takes_nothing_from_the_idle_time_of_who_goes_on(
    system: System, author: Author, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, page = author.get("/me")["account_id"], f"/account/applications/{author.ids['application_id']}"
    identity = system.services["identity"]
    statement = "SELECT max(last_used_at) FROM sessions WHERE account_id = %s"

    def last_used() -> Any:
        return identity.as_owner(statement, account)[0][0]

    came = last_used()
    with monkeypatch.context() as patch:
        patch.setattr(signing_in, "RENEW_BEFORE", 10**6)
        assert browser.get(page, headers=ASKS).status_code == 200
    assert last_used() == came, "nobody came"
    assert browser.get(page, headers=ASKS).status_code == 200
    assert last_used() == came
    assert browser.get(page).status_code == 200
    noted = last_used()
    assert noted > came, "a person did, though the access token was new"
    assert browser.get(page).status_code == 200
    assert last_used() == noted, "once is enough until it is to be renewed"


def test_a_page_that_waits_for_a_payment_says_that_the_session_has_ended_and_leads_back(
    system: System, author: Author, browser: FlaskClient
) -> None:
    account, page = author.get("/me")["account_id"], f"/account/applications/{author.ids['application_id']}/payment"
    assert browser.get(page, headers=ASKS).status_code == 200
    rows(system, "UPDATE web_sessions SET expires_at = now() - interval '1 second' WHERE account = :a", a=account)
    answer = browser.get(page, headers=ASKS)
    place = answer.headers["HX-Redirect"]
    assert answer.status_code == 204
    assert place == f"/sign-in?next={page.replace('/', '%2F')}"
    assert "请重新登录" in browser.get(place).text
