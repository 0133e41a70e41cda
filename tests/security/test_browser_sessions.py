"""What a browser holds and may do: cookies, tokens in forms, where it is led, how often it may ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from gateway.api import GROUPS
from gateway.app import create_app
from gateway.web.resources import EXTENSION
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System
from tests.security.conftest import TOKEN
from tests.security.test_every_route import Route, routes

WITHOUT_COOKIES = {
    "api.callbacks.wechatpay_callback",
    "api.callbacks.alipay_callback",
    "api.callbacks.wechat_account_message",
}
"""Called by providers, who sign what they say."""
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\t\\evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
]
LIMITED = """
query.query query.progress query.verify query.check_file health.readyz
staff_set_up.set_up sign_in.sign_in_with_password sign_in.sign_in_with_code sign_up.send_details sign_up.confirm
account.send_mobile_codes account.change_mobile api.accounts.send_mobile_codes api.accounts.change_mobile
account.change_email account.change_password staff_own.change_password account.send_password_code account.confirm_email
submission.send_code submission.submit
correction.answer expedite.ask guides.template
batches.create batches.correct batches.send_code batches.submit batch_papers.file
documents.package api.documents.get_package api.batch_papers.get_papers
tools.start_checks tools.repair deposit_builder.build
api.accounts.change_password agreements.agree agreements.withdraw api.consents.give_consent
api.accounts.request_otp api.accounts.register_account api.sessions.create_session api.sessions.refresh_session
api.uploads.create_upload api.prechecks.create_precheck api.prechecks.create_repair api.deposits.create_deposit
api.queries.get_progress api.queries.check_certificate api.queries.check_certificate_file api.queries.search_register
fee_calculator.calculator api.payments.reckon_fee
api.gazette.list_gazette api.gazette.read_gazette api.gazette.open_gazette
api.guides.guide_words
gazette.issues gazette.issue gazette.volume gazette.feed gazette.issue_feed gazette.register
recovery.ask recovery.followed recovery.objected old_account_undo.undo api.recoveries.submit_recovery
recovery_cases.ask api.recoveries.ask_for_cases api.old_accounts.link_old_account
api.old_accounts.complete_account
old_accounts.link old_accounts.complete message_settings.choose api.notifications.choose_messages
my_data.ask my_data.download api.exports.ask_export api.exports.download_export
closing.send_code closing.ask closing.withdraw api.closures.ask_closure
holding.ask_seal holding.ask_operator holding.withdraw
legacy.sign_in_with_password legacy.query legacy_cases.answer legacy_cases.complete legacy_payment.act
"""
"""Routes that send messages, check secrets, look for numbers, or have visitors' files worked on."""


def form_token(client: FlaskClient, page: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(page).text)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, author: Author, **more: str) -> TestResponse:
    entry = {"csrf_token": form_token(client), "login": author.who.mobile, "password": author.who.password}
    return client.post("/sign-in", data=entry | more)


def cookie_of(answer: TestResponse, name: str = "registry") -> Morsel[str]:
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        found.load(header)
    return found[name]


@pytest.fixture
def browser(system: System) -> FlaskClient:
    return system.client(cookies=True)


@pytest.fixture
def signed_in(browser: FlaskClient, author: Author) -> FlaskClient:
    assert sign_in(browser, author).status_code == 303
    return browser


def test_the_session_cookie_is_for_this_site_and_not_for_scripts(browser: FlaskClient) -> None:
    cookie = cookie_of(browser.get("/sign-in"))
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert len(cookie.value) >= 43
    assert cookie_of(browser.get("/?lang=en"), "lang")["httponly"] is True


def test_over_https_cookies_are_secure_and_bound_to_the_host(system: System) -> None:
    settings = system.app.extensions[EXTENSION].settings
    secure = create_app(replace(settings, common=replace(settings.common, public_url="https://registry.example")))
    browser = secure.test_client()
    answer = browser.get("/sign-in?lang=en", base_url="https://registry.example")
    for name in ("__Host-registry", "__Host-lang"):
        cookie = cookie_of(answer, name)
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert 'lang="en"' in browser.get("/", base_url="https://registry.example").text
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_signing_in_gives_a_new_cookie_and_ends_the_old_one(system: System, author: Author) -> None:
    browser = system.client(cookies=True)
    before = cookie_of(browser.get("/sign-in"))
    after = cookie_of(sign_in(browser, author))
    assert after.value != before.value
    assert browser.get("/account").status_code == 200
    thief = system.client(cookies=True)
    thief.set_cookie("registry", before.value)
    assert thief.get("/account").status_code == 303


def test_a_cookie_that_somebody_else_chose_is_not_taken_over(system: System, author: Author) -> None:
    chosen = "A" * 43
    browser, thief = system.client(cookies=True), system.client(cookies=True)
    for client in (browser, thief):
        client.set_cookie("registry", chosen)
    assert cookie_of(browser.get("/sign-in")).value != chosen
    assert sign_in(browser, author).status_code == 303
    assert thief.get("/account").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(system: System, author: Author) -> None:
    browser, copy = system.client(cookies=True), system.client(cookies=True)
    copy.set_cookie("registry", cookie_of(sign_in(browser, author)).value)
    assert copy.get("/account").status_code == 200
    answer = browser.post("/sign-out", data={"csrf_token": form_token(browser, "/query")})
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert copy.get("/account").status_code == 303
    assert browser.get("/account").status_code == 303


def test_the_database_alone_opens_no_session(system: System, signed_in: FlaskClient) -> None:
    with system.app.extensions[EXTENSION].engine.connect() as connection:
        rows = connection.execute(text("SELECT session_id, content FROM web_sessions")).all()
    cookie = signed_in.get_cookie("registry")
    assert cookie is not None
    kept = b"".join(bytes(part) for row in rows for part in row)
    assert rows
    assert b"eyJ" not in kept
    assert cookie.value.encode() not in kept


def by_cookie(system: System) -> Iterator[Route]:
    for route in routes(system):
        if route.method not in ("GET", "HEAD") and not route.rule.startswith("/sandbox"):
            yield route


def test_nothing_is_done_by_cookie_alone(system: System, author: Author, signed_in: FlaskClient) -> None:
    """Every form and every call that changes something, from a page of somebody else's."""
    other = system.client(cookies=True)
    foreign = form_token(other)
    before = author.belongings()
    for route in by_cookie(system):
        if route.endpoint in WITHOUT_COOKIES:
            continue
        for proof in ({}, {"X-CSRFToken": "x"}, {"X-CSRFToken": foreign}, {"X-CSRFToken": ""}):
            answer = signed_in.open(route.path(author.ids), method=route.method, data={}, headers=proof)
            assert answer.status_code == 400, (route, proof)
            if route.rule.startswith("/api"):
                assert answer.get_json()["code"] == "csrf_failed", route
    assert signed_in.get("/account").status_code == 200
    assert author.belongings() == before


def test_a_token_of_ones_own_page_is_enough_and_a_bearer_needs_none(signed_in: FlaskClient, author: Author) -> None:
    proof = {"X-CSRFToken": form_token(signed_in, "/query")}
    assert signed_in.post("/account/messages/read", headers=proof).status_code == 303
    assert author.me.post("/account/messages/read").status_code == 303


def test_methods_are_not_changed_by_a_header_outside_uploads(signed_in: FlaskClient) -> None:
    answer = signed_in.post("/api/v1/sessions", headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.get_json()["code"] == "csrf_failed"
    smuggled = signed_in.get("/account/messages/read", headers={"X-HTTP-Method-Override": "POST"})
    assert smuggled.status_code == 405


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere_after_signing_in(system: System, author: Author, target: str) -> None:
    browser = system.client(cookies=True)
    answer = sign_in(browser, author, next=target)
    assert answer.status_code == 303
    assert on_this_site(answer.headers["Location"])
    assert on_this_site(browser.get("/sign-in", query_string={"next": target}).headers["Location"])
    page = system.client(cookies=True).get("/sign-in", query_string={"next": target}).text
    assert "evil.example" not in page.replace("evil.example%2F&amp;lang", "").split("<main", 1)[1]


def on_this_site(location: str) -> bool:
    """As browsers read it: they skip tabs and line breaks, and take a backslash for a slash."""
    read = location.translate({9: None, 10: None, 13: None}).strip().replace("\\", "/")
    return urlsplit(urljoin("http://here.example/sign-in", read)).netloc == "here.example"


def test_an_address_of_this_site_is_where_one_is_led_back(system: System, author: Author) -> None:
    answer = sign_in(system.client(cookies=True), author, next="/account/messages?after=1")
    assert answer.headers["Location"] == "/account/messages?after=1"


def test_every_route_that_could_be_worn_out_is_limited(system: System) -> None:
    handlers = dict(system.app.view_functions)
    for operation in (operation for group in GROUPS for operation in group.operations):
        handlers[f"api.{operation.group.tag}.{operation.name}"] = operation.handler
    limited = {name for name, handler in handlers.items() if hasattr(handler, "rate_limit")}
    assert sorted(limited) == sorted(LIMITED.split())


def tries(client: FlaskClient, numbers: Iterable[int], header: str = "", value: str = "{}") -> list[int]:
    """Sign-ins by a code that nobody was sent, with a header of the visitor's own invention."""
    entry = {"csrf_token": form_token(client)}
    said = [{header: value.format(number)} if header else {} for number in numbers]
    return [client.post("/sign-in/code", data=entry, headers=each).status_code for each in said]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_limit_holds_whatever_the_visitor_says_of_their_address(system: System, header: str) -> None:
    client = system.client(cookies=True)
    assert tries(client, range(31), header, "203.0.113.{}") == [401] * 30 + [429]
    refused = client.post("/sign-in/code", data={"csrf_token": form_token(client)})
    assert int(refused.headers["Retry-After"]) > 0
    assert tries(system.client(cookies=True), range(1)) == [401]


def test_behind_a_trusted_proxy_a_visitor_is_whom_the_proxy_saw(system: System) -> None:
    resources = system.app.extensions[EXTENSION]
    behind = create_app(replace(resources.settings, trusted_proxies=1))
    behind.extensions[EXTENSION] = replace(behind.extensions[EXTENSION], rpc=system.corridor)
    client = behind.test_client()
    assert tries(client, range(31), "X-Forwarded-For", "203.0.113.{}, 198.51.100.7") == [401] * 30 + [429]
    for same in ("198.51.100.7:{}", "203.0.113.{},198.51.100.7:443", '"198.51.100.7:{}"', "::ffff:198.51.100.7"):
        assert tries(client, range(1), "X-Forwarded-For", same) == [429]
    assert tries(client, range(1), "X-Forwarded-For", "203.0.113.{}, 198.51.100.8") == [401]
    assert tries(client, range(30), "X-Forwarded-For", "[2001:db8::{}]:443") == [401] * 30
    assert tries(client, range(1), "X-Forwarded-For", "2001:db8::f{}") == [429]


def test_the_addresses_of_one_ipv6_network_count_together(system: System) -> None:
    client = system.client(cookies=True)
    found = []
    for number in range(31):
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number:x}"
        found += tries(client, range(1))
    assert found == [401] * 30 + [429]
    client.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    assert tries(client, range(1)) == [401]
