"""Before sign-in, too, a wrong entry costs nobody the others: a form's page, asked for again, has what was typed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from gateway.web import typed
from registry_infra.demo.people import new_applicant

from tests.agreed import AGREED
from tests.author import Author
from tests.one_process import System
from tests.pages.test_agreements import post

pytestmark = pytest.mark.requirement("W-01")
SECRETS = {"password": "secret-words", "otp": "918273", "totp": "918273", "code": "SECRETCODE12"}
WHO = {"mobile": "13712345678", "email": "who@example.com"}
PERSON = {"name": "欧阳修远", "id_type": "passport", "id_number": "E123456", **WHO}
FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "person": ("/sign-up/person", "/sign-up/person", PERSON | {"id_number": "E1-无效"}),
    "organisation": (
        "/sign-up/organisation",
        "/sign-up/organisation",
        PERSON | {"organisation_name": "北京墨石文化有限公司", "uscc": "91110105000000000X"},
    ),
    "password": ("/sign-in", "/sign-in", {"login": "ouyang.xiuyuan"}),
    "mobile": ("/sign-in?with=code", "/sign-in/code", {"mobile": "13712345678"}),
    "old": ("/legacy/sign-in", "/legacy/sign-in", {"login": "ouyang.xiuyuan"}),
    "recovery": ("/recovery/request", "/recovery/request", {"number": "2026Z11S000123", "note": "号码停用了", **WHO}),
    "progress": ("/recovery/progress", "/recovery/progress", {"receipt": "ZH20261129AAAAAAAA", **WHO}),
    "objection": ("/recovery/objection", "/recovery/objection", {"receipt": "ZH20261129AAAAAAAA"}),
}


def refused(browser: FlaskClient, name: str) -> tuple[str, dict[str, str]]:
    """The form's page, after an entry that cannot be taken; and what was entered."""
    page, address, entry = FORMS[name]
    answer = post(browser, address, page, **entry | SECRETS)
    assert 400 <= answer.status_code < 500, name
    return page, entry


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_was_refused_has_what_was_typed_when_its_page_is_asked_for_again(system: System, name: str) -> None:
    browser = system.client(cookies=True)
    page, entry = refused(browser, name)
    again = browser.get(page).text
    assert [value for value in entry.values() if value not in again] == []
    assert [secret for secret in SECRETS.values() if secret in again] == [], "neither password nor codes"
    assert "error-summary" not in again
    other = system.client(cookies=True).get(page).text
    assert [value for value in entry.values() if value in other and value != "passport"] == [], "nobody else's browser"


def test_what_was_typed_is_gone_after_a_while_and_makes_no_session_large(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = system.client(cookies=True)
    page, entry = refused(browser, "recovery")
    monkeypatch.setattr(typed, "time", _Later())
    assert entry["note"] not in browser.get(page).text
    monkeypatch.undo()
    post(browser, page, page, **entry | {"note": "长" * 100_000})
    again = browser.get(page).text
    assert entry["number"] in again
    assert "长长" not in again


class _Later:
    @staticmethod
    def time() -> float:
        return time.time() + typed.LIFE + 60


def test_consents_are_given_anew_and_who_signs_in_leaves_nothing_typed(system: System) -> None:
    person = Author(system, new_applicant(), system.client(), {})
    person.sign_up()
    browser = system.client(cookies=True)
    page, address, entry = FORMS["person"]
    assert " checked" in post(browser, address, page, **entry | AGREED).text
    assert " checked" not in browser.get(page).text
    signed: dict[str, Any] = {"login": person.who.mobile, "password": person.who.password}
    assert post(browser, "/sign-in", "/sign-in", **signed | {"password": "wrong-words"}).status_code == 401
    assert person.who.mobile in browser.get("/sign-in").text
    page, entry = refused(browser, "recovery")
    assert post(browser, "/sign-in", "/sign-in", **signed).status_code == 303
    assert entry["note"] not in browser.get(page).text
