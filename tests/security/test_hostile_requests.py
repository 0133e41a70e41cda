"""Odd addresses and parameters on every route: nothing breaks or comes back as markup, every answer is armoured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from chassis.testing import staff_actor
from contracts.base import STAFF_ROLES
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System
from tests.security.test_every_route import ENDING, Route, routes

SCRIPT = "\"'><script>alert(1)</script>"
HOSTILE = {
    "markup and a line break": quote(SCRIPT) + "%0d%0aX-Evil:%201",
    "another folder": "..%2f..%2f..%2fetc%2fpasswd",
    "U+0000": "a%00b",
    "no text at all": "%ff%fe%ed%a0%80",
    "very much": "9" * 3000,
}
PARAMETERS = (
    "lang next after cursor limit q kind number state queue view profile application material pay again done back"
    " check sent new with to download idempotency_key"
)
ARMOUR = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def complaints(answer: TestResponse) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"answers {answer.status_code}"
    if SCRIPT.encode() in answer.get_data() or b"<script>alert" in answer.get_data():
        yield "echoes markup"
    if "X-Evil" in answer.headers:
        yield "lets a header in"
    if b"root:x:0" in answer.get_data():
        yield "shows a file of the system"
    yield from (f"lacks {name}" for name, value in ARMOUR.items() if answer.headers.get(name) != value)
    policy = answer.headers.get("Content-Security-Policy", "")
    if "unsafe" in policy or ("script-src 'self'" not in policy and "'none'" not in policy):
        yield f"has the policy {policy!r}"
    if "Cache-Control" not in answer.headers:
        yield "says nothing about caching"


def attempts(route: Route, author: Author, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    options: dict[str, Any] = {}
    if route.method in ("POST", "PUT", "PATCH"):
        options = {"json": {}} if route.rule.startswith(("/api", "/sandbox")) else {"data": {"action": "send"}}
    for name, value in HOSTILE.items():
        paths = [route.path(author.ids | {each: value}) for each in route.names - {"step_name", "filename"}]
        if route.method == "GET":
            paths.append(f"{route.path(author.ids)}?{'&'.join(f'{word}={value}' for word in PARAMETERS.split())}")
        for path in paths:
            yield name, client.open(path, method=route.method, **options)


@pytest.fixture(scope="module")
def boss(system: System) -> FlaskClient:
    """Staff of every role, whom no door keeps from the handlers behind."""
    return system.client(system.token(staff_actor(*STAFF_ROLES, id="acc-boss")))


def test_no_route_breaks_or_echoes_whatever_it_is_asked(system: System, author: Author, boss: FlaskClient) -> None:
    found = [
        f"{route} with {name} {complaint}"
        for route in routes(system)
        if route.endpoint not in ENDING and route.endpoint != "static"
        for name, answer in attempts(route, author, boss if "/staff" in route.rule else author.me)
        for complaint in complaints(answer)
    ]
    assert found == []
    assert system.corridor.crashes == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/static/css/registry.css", 200),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/css/../../app.py", 404),
        ("GET", "/static/css//etc/passwd", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/metrics", 404),
        ("DELETE", "/api/v1/otp", 405),
        ("TRACE", "/", 405),
        ("POST", "/sign-in", 400),
        ("GET", "/account", 303),
        ("GET", "/guides//text-work", 308),
    ],
)
def test_every_kind_of_answer_is_armoured(system: System, method: str, path: str, status: int) -> None:
    answer = system.client().open(method=method, environ_overrides={"PATH_INFO": path})
    assert answer.status_code == status
    assert list(complaints(answer)) == []


def test_a_failure_of_our_own_tells_nothing_and_is_armoured(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("postgresql://archive_app:secret@10.0.0.1/archive")

    monkeypatch.setattr("gateway.pages.home.render_template", fail)
    answer = system.client().get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert list(complaints(answer)) == ["answers 500"]


def test_the_name_by_which_a_request_calls_this_site_is_not_believed(system: System, author: Author) -> None:
    named = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "3"}
    for method, path, more in (
        ("GET", "/", {}),
        ("GET", "/account", {}),
        ("GET", "/api/v1/openapi.json", {}),
        ("POST", "/api/v1/uploads", tus),
        ("GET", "/nowhere", {}),
    ):
        answer = author.me.open(path, method=method, headers=named | more)
        assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers), path
    corrected = author.me.get(headers=named, environ_overrides={"PATH_INFO": "/guides//text-work"})
    assert corrected.headers["Location"] == "/guides/text-work"
    assert "evil.example" not in corrected.text


def test_the_link_to_the_other_language_stays_on_this_site(system: System) -> None:
    page = system.client().get(environ_overrides={"PATH_INFO": "//evil.example"}).text
    assert '"/evil.example?lang=en"' in page
    assert '"//' not in page


@pytest.mark.parametrize("path", ["/otp", "/form-checks", "/callbacks/alipay", "/sessions"])
def test_bodies_that_are_too_large_are_refused(system: System, path: str) -> None:
    answer = system.client().post(f"/api/v1{path}", data=b" " * (3 << 20), content_type="application/json")
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "too_large"


def test_forms_that_are_too_large_or_have_too_many_fields_are_refused(author: Author) -> None:
    path = f"/registration/applications/{author.draft['application_id']}/work"
    assert author.me.post(path, data={"title": "x" * (3 << 20)}).status_code == 413
    assert author.me.post(path, data={f"authors.{n}.name": "x" for n in range(5000)}).status_code < 500
