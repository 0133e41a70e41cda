"""Privacy notice and terms on pages: agreed to at sign-up, asked anew, the face by itself; a mobile by two codes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from identity.consents import model
from identity.consents.giving import keep
from registry_infra.demo.people import new_applicant

from tests.agreed import AGREED, FACE
from tests.author import Author
from tests.one_process import System

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
pytestmark = pytest.mark.requirement("S-01")


@pytest.fixture(scope="module")
def person(system: System) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


def post(browser: FlaskClient, path: str, page: str, **entry: Any) -> Any:
    token = TOKEN.search(browser.get(page, follow_redirects=True).text)
    assert token
    return browser.post(path, data=entry | {"csrf_token": token[1]})


def sign_in(person: Author, **more: str) -> tuple[FlaskClient, Any]:
    browser = person.system.client(cookies=True)
    who = {"login": person.who.mobile, "password": person.who.password}
    return browser, post(browser, "/sign-in", "/sign-in", **who, **more)


def test_a_sign_up_without_either_box_is_refused_at_its_box_and_takes_neither_for_granted(system: System) -> None:
    who, browser = new_applicant(), system.client(cookies=True)
    page = browser.get("/sign-up/person").text
    boxes = re.findall(r'<input[^>]*id="field-agreed_\w+"[^>]*>', page)
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)
    entry = {"name": who.name, "id_type": "resident_id", "id_number": who.id_number, "mobile": who.mobile}
    entry |= {"password": who.password, "agreed_terms": AGREED["agreed_terms"]}
    refused = post(browser, "/sign-up/person", "/sign-up/person", **entry)
    assert refused.status_code == 422
    assert 'href="#field-agreed_privacy"' in refused.text
    assert 'href="#field-agreed_terms"' not in refused.text
    assert post(browser, "/sign-up/person", "/sign-up/person", **entry | AGREED).status_code == 303


def test_who_agreed_to_an_earlier_version_is_asked_at_sign_in_and_led_on_where_they_were_going(person: Author) -> None:
    earlier = model.Version("privacy", "2020-01-01", date(2020, 1, 1), "0" * 64, {})
    with person.system.services["identity"].runtime.unit_of_work() as uow:
        keep(uow, person.ids["account_id"], earlier, "given")
    browser, signed_in = sign_in(person, next="/account/messages")
    assert signed_in.headers["Location"] == "/account/messages"
    asked = browser.get("/account/messages")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/account/agreements?next=%2Faccount%2Fmessages")
    agreements = "/account/agreements"
    assert browser.get(agreements).text.count('type="checkbox"') == 1, "what did not change is not asked again"
    without = post(browser, agreements, agreements)
    assert (without.status_code, "error-summary" in without.text) == (422, True)
    told = {"agreed_privacy": AGREED["agreed_privacy"], "next": "/account/messages"}
    assert post(browser, agreements, agreements, **told).headers["Location"] == "/account/messages"
    assert browser.get("/account/messages").status_code == 200
    assert sign_in(person)[0].get("/account/messages").status_code == 200


def test_the_photograph_of_the_face_has_a_place_only_after_its_own_consent(person: Author) -> None:
    browser, _ = sign_in(person)
    page = "/account/verification"
    assert "documents.handheld_file" not in browser.get(page).text
    assert "010-61092299" in browser.get(page).text, "what else one can do is said"
    unticked = post(browser, page, page, action="consent")
    assert (unticked.status_code, 'href="#field-documents.handheld"' in unticked.text) == (422, True)
    assert "documents.handheld_file" not in browser.get(page).text
    post(browser, page, page, action="consent", face=FACE["version"])
    assert "documents.handheld_file" in browser.get(page).text
    withdrawal = "/account/agreements/face/withdrawal"
    assert post(browser, withdrawal, "/account/agreements").status_code == 303
    assert "documents.handheld_file" not in browser.get(page).text


def test_every_text_is_at_the_foot_of_each_page_and_can_be_read_in_both_languages(system: System) -> None:
    home = system.client().get("/").text
    for name in ("privacy", "terms"):
        assert f"/notices/{name}" in home
    for name in ("privacy", "terms", "face"):
        for to in ("zh", "en"):
            answer = system.client().get(f"/notices/{name}", headers={"Accept-Language": to})
            assert (answer.status_code, "010-61092299" in answer.text) == (200, True)
    assert system.client().get("/notices/privacy?version=1999-01-01").status_code == 404


@pytest.mark.requirement("I-01")
def test_a_mobile_is_changed_on_the_account_page_by_both_codes(system: System) -> None:
    person = Author(system, new_applicant(), system.client(), {})
    person.sign_up()
    browser, _ = sign_in(person)
    account, other = "/account/sessions", new_applicant().mobile
    assert post(browser, "/account/mobile", account, mobile=other).status_code == 303
    assert other in browser.get(account).text
    codes = {"mobile_otp": person.newest_code(), "new_otp": person.newest_code(other)}
    wrong = post(browser, "/account/mobile/confirmation", account, **codes | {"mobile_otp": codes["new_otp"][::-1]})
    assert (wrong.status_code, 'id="error-mobile_otp"' in wrong.text) == (422, True)
    assert post(browser, "/account/mobile/confirmation", account, **codes).status_code == 303
    assert f"{other[:3]}****{other[-4:]}" in browser.get(account).text
    tokens = system.client().post("/api/v1/sessions", json={"login": other, "password": person.who.password})
    assert tokens.status_code == 201
