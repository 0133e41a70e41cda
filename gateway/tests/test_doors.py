"""Every door is locked or listed as open: what visitors may do without signing in, tried on each.

All services are away: whoever is let in meets a page, or the problem that says so. Whoever is not is sent to sign in
before any service is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.actor import Actor, issue_access_token
from chassis.errors import Problem
from chassis.testing.databases import TestDatabase
from chassis.testing.harness import settings_for
from chassis.tokens import TokenSigner
from contracts.base import STAFF_ROLES
from flask import Flask
from flask.testing import FlaskClient
from gateway.settings import GatewaySettings

from gateway import app

OPEN_PAGES = {
    "GET /",
    "GET /query",
    "GET /statistics",
    "GET /gazette",
    "GET /guides/fees/calculator",
    "GET /gazette.atom",
    "GET /gazette/<day>",
    "GET /gazette/<day>.atom",
    "GET /gazette/<day>/<int:volume>.pdf",
    "GET /register",
    "GET /progress/<number>",
    "GET /verify/",
    "GET /verify/<path:registration_number>",
    "GET /certificate-check",
    "POST /certificate-check",
    "GET /recovery",
    "GET /recovery/request",
    "POST /recovery/request",
    "GET /recovery/progress",
    "POST /recovery/progress",
    "GET /recovery/objection",
    "POST /recovery/objection",
    "GET /recovery/old-account",
    "POST /recovery/old-account",
    "GET /guides",
    "GET /guides/<name>",
    "GET /guides/works/<name>",
    "GET /guides/templates/<name>.pdf",
    "GET /legacy",
    "GET /legacy/sign-in",
    "POST /legacy/sign-in",
    "POST /legacy/sign-out",
    "GET /legacy/query",
    "GET /api/docs",
    "GET /api/docs/problems",
    "GET /api/docs/reference",
    "GET /registration",
    "GET /registration/<any(work, software):subject>",
    "GET /registration/procedures/<filing_type>",
    "GET /staff-set-up",
    "POST /staff-set-up",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-in/code",
    "POST /sign-out",
    "GET /notices/<any(privacy, terms, face):name>",
    "GET /sign-up",
    "GET /sign-up/<any(person, organisation):kind>",
    "POST /sign-up/<any(person, organisation):kind>",
    "GET /sign-up/code",
    "POST /sign-up/code",
    "GET /tools",
    "GET /tools/precheck",
    "POST /tools/precheck",
    "GET /tools/precheck/checks/<precheck_id>",
    "POST /tools/precheck/checks/<precheck_id>/repair",
    "GET /tools/jobs/<job_id>",
    "GET /tools/deposit",
    "POST /tools/deposit",
    "GET /healthz",
    "GET /readyz",
    "GET /static/<path:filename>",
}
OPEN_CALLS = {
    "GET /api/v1/openapi.json",
    "GET /api/v1/asyncapi.json",
    "GET /api/v1/guides",
    "GET /api/v1/guides/<place>/words",
    "GET /api/v1/expedite",
    "GET /api/v1/statistics/queue",
    "GET /api/v1/gazette",
    "GET /api/v1/fees",
    "GET /api/v1/gazette/<day>",
    "GET /api/v1/gazette/<day>/volumes/<int:volume>",
    "GET /api/v1/tariff",
    "GET /api/v1/forms/<form_type>",
    "POST /api/v1/form-checks",
    "GET /api/v1/progress/<number>",
    "GET /api/v1/register",
    "GET /api/v1/certificates/<registration_number>",
    "POST /api/v1/certificate-checks",
    "POST /api/v1/otp",
    "POST /api/v1/recoveries",
    "GET /api/v1/notices",
    "GET /api/v1/notices/<name>",
    "POST /api/v1/accounts",
    "POST /api/v1/sessions",
    "POST /api/v1/sessions/refresh",
    "OPTIONS /api/v1/uploads",
    "OPTIONS /api/v1/uploads/<upload_id>",
    "POST /api/v1/uploads",
    "HEAD /api/v1/uploads/<upload_id>",
    "GET /api/v1/uploads/<upload_id>",
    "PATCH /api/v1/uploads/<upload_id>",
    "DELETE /api/v1/uploads/<upload_id>",
    "POST /api/v1/prechecks",
    "GET /api/v1/prechecks/<precheck_id>",
    "POST /api/v1/prechecks/<precheck_id>/repairs",
    "POST /api/v1/deposits",
    "GET /api/v1/jobs/<job_id>",
    "GET /api/v1/jobs/<job_id>/files/<name>",
    "GET /api/v1/jobs/<job_id>/previews/<page>/<side>",
    "POST /api/v1/callbacks/alipay",
    "GET /api/v1/callbacks/wechat-oa",
    "POST /api/v1/callbacks/wechat-oa",
    "POST /api/v1/callbacks/wechatpay",
    "GET /sandbox/messages",
    "GET /sandbox/staff",
    "GET /sandbox/arazzo.json",
    "POST /sandbox/clock/advance",
    "POST /sandbox/payments/<payment_id>/pay",
}
WITHIN = re.compile(r"<(?:(\w+)(?:\([^>]*\))?:)?(\w+)>")
VALUES = {
    "kind": "person",
    "subject": "work",
    "filing_type": "work_change",
    "name": "fees",
    "number": "2026Z11S000001",
    "step_name": "work",
    "filename": "img/seal.svg",
}


class NoService:
    """Stands where the gateway calls services: every call meets one that is away."""

    def __init__(self, *_: object) -> None:
        pass

    def call(self, *_: object, **__: object) -> None:
        raise Problem("service_unavailable")


@pytest.fixture(scope="module")
def application(gateway_database: TestDatabase, keys: Path, objects_folder: Path) -> Iterator[Flask]:
    common = settings_for("gateway", gateway_database.application_url, keys, objects_folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "RpcClient", NoService)
        yield app.create_app(GatewaySettings(common, objects_folder / "uploads", 0))


def doors(application: Flask) -> Iterator[tuple[str, str, str]]:
    """(name, method, address) of every route, whatever made it."""
    for rule in application.url_map.iter_rules():
        implied = {"HEAD", "OPTIONS"} if "GET" in (rule.methods or ()) or rule.provide_automatic_options else set()
        for method in sorted((rule.methods or set()) - implied):
            path = WITHIN.sub(lambda found: VALUES.get(found[2], "none-0"), rule.rule)
            yield f"{method} {rule.rule}", method, path


def is_call(path: str) -> bool:
    return path.startswith(("/api/v1", "/sandbox"))


def test_pages_that_need_no_sign_in_are_those_of_the_list(application: Flask) -> None:
    opened = set()
    for name, method, path in doors(application):
        if is_call(path):
            continue
        client = application.test_client()
        form = {"csrf_token": csrf(client)} if method == "POST" else None
        answer = client.open(path, method=method, data=form)
        location = answer.headers.get("Location", "")
        if not location.startswith("/sign-in?next=") and location != "/legacy/sign-in":
            assert answer.status_code not in (400, 401, 403), name
            opened.add(name)
    assert opened == OPEN_PAGES


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    return found[1]


def test_calls_that_need_no_token_are_those_of_the_list(application: Flask) -> None:
    opened = set()
    for name, method, path in doors(application):
        if is_call(path):
            answer = application.test_client().open(path, method=method, headers={"Content-Type": "application/json"})
            if not (answer.status_code == 401 and answer.get_json()["code"] == "not_signed_in"):
                opened.add(name)
    assert opened == OPEN_CALLS


@pytest.mark.parametrize("value", [None, "长" * 400, "\0", "-1", "{}"])
def test_no_form_can_be_filled_in_so_that_the_page_fails(application: Flask, keys: Path, value: str | None) -> None:
    """Also hidden fields, by somebody who changes them. Services are away, which is 503 and no failure of the page."""
    signer = TokenSigner.load(keys, "identity")
    people = (Actor("acc-1", "natural_person"), Actor("acc-2", "staff", frozenset(STAFF_ROLES)))
    applicant, staff = ({"Authorization": f"Bearer {issue_access_token(signer, actor, 600)}"} for actor in people)
    failed = []
    for name, method, path in doors(application):
        if method == "POST" and not is_call(path):
            form = {} if value is None else dict.fromkeys(FIELDS, value)
            headers = staff if path.startswith("/staff") else applicant
            answer = application.test_client().post(path, data=form, headers=headers)
            if answer.status_code >= 500 and "系统暂时" not in answer.text:
                failed.append(name)
    assert failed == []


def test_calls_refuse_what_no_database_keeps(application: Flask) -> None:
    client = application.test_client()
    assert client.get("/api/v1/progress/2026%00").status_code == 404
    assert client.get("/verify/%00").status_code == 404
    assert client.get("/api/v1/register?q=%00").status_code == 400
    assert client.post("/api/v1/sessions", json={"login": "a\0", "password": "b"}).status_code == 400


def fields_of_forms() -> set[str]:
    """Every name that a page reads of a form, wherever it stands."""
    reads = re.compile(r"""(?:\.value|\.raw|form\.get|values\.get|getlist)\(\s*["']([\w.]+)["']|name="([\w.]+)\"""")
    folder = Path(app.__file__).parent
    files = [*folder.rglob("pages/*.py"), *folder.rglob("templates/**/*.html")]
    return {name for file in files for pair in reads.findall(file.read_text("utf-8")) for name in pair if name}


FIELDS = sorted(fields_of_forms() - {"csrf_token"})
