"""The applicant's pages: closed to visitors, never leading elsewhere."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from gateway.pages.access import local_path
from gateway.testing import GatewayProcess

from gateway import pages


def addresses() -> list[tuple[str, str]]:
    """(method, address) of every page of applicants, with an id where one stands."""
    app = Flask(__name__)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/account", "/registration/applications")):
            address = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
            address = re.sub(r"<[^>]+>", "app-0", address)
            found += [(method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return sorted(found)


@pytest.mark.requirement("W-01")
def test_every_page_of_an_account_sends_visitors_to_sign_in_and_back(gateway: GatewayProcess) -> None:
    assert len(addresses()) > 30
    with gateway.client(None) as client:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert token
        for method, address in addresses():
            data = {"csrf_token": token[1]} if method == "POST" else None
            answer = client.request(method, address, data=data)
            assert (answer.status_code, answer.headers.get("Location", "")[:14]) == (303, "/sign-in?next="), address


@pytest.mark.requirement("W-01")
def test_forms_without_their_token_are_refused(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        for address in ("/sign-in", "/sign-up/person", "/sign-out"):
            answer = client.post(address, data={"login": "a", "password": "b"})
            assert answer.status_code == 400, address
        ended = client.post("/account/sessions/end", headers={"Referer": f"{client.base_url}/account/sessions?x=1"})
        assert ended.status_code == 303, "who is not signed in (any more) is led to sign in, and back"
        assert ended.headers["Location"] == "/sign-in?next=%2Faccount%2Fsessions%3Fx%3D1"
        ended = client.post("/account/sessions/end", headers={"Referer": "https://evil.example/account"})
        assert ended.headers["Location"] == "/sign-in?next=%2Faccount%2Fsessions%2Fend"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "", None]
)
def test_signing_in_never_leads_to_another_site(target: str | None) -> None:
    assert local_path(target, "/account") == "/account"


def test_signing_in_leads_back_to_where_one_came_from() -> None:
    assert local_path("/account/applications/app-1?x=1", "/account") == "/account/applications/app-1?x=1"
