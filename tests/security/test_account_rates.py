"""One account cannot wear the office out: every route counts what it asks, by a rate of its kind or one of its own."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient
from gateway.web import rates
from limits import parse
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System
from tests.security.test_every_route import routes

UNCOUNTED = {"static", "health.healthz", "health.readyz"}


@pytest.fixture(scope="module")
def person(system: System) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


def test_no_route_is_without_a_rate_per_account(
    system: System, author: Author, person: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request an hour is allowed, so that each second one is too many: whichever route it is for."""
    monkeypatch.setattr(rates, "_item", lambda amount: parse(f"1 per {amount % 7 + 2} hours"))
    free = []
    for route in routes(system):
        if route.endpoint not in UNCOUNTED:
            answers = [route.ask(person.me, author.ids) for _ in range(2)]
            if answers[-1].status_code != 429 or not int(answers[-1].headers["Retry-After"]):
                free.append(str(route))
    assert free == []


def test_writing_is_counted_apart_from_reading_and_by_account(
    system: System, person: Author, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "WRITING", 1)
    statuses = [_read(person.me) for _ in range(10)]
    statuses += [person.me.post("/account/messages/read").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [303] * 10 + [429]
    assert _read(person.me) == 200
    assert author.me.post("/account/messages/read").status_code == 303
    elsewhere = system.client(person.me.environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer "))
    assert elsewhere.post("/account/messages/read").status_code == 429


def _read(client: FlaskClient) -> int:
    return client.get("/api/v1/messages").status_code


def test_counting_costs_microseconds(system: System, person: Author) -> None:
    """Not a statement for each request: compared with the cheapest answer that asks a service."""
    _read(person.me)
    began = time.perf_counter()
    for _ in range(50):
        _read(person.me)
    request = (time.perf_counter() - began) / 50
    with system.app.test_request_context("/api/v1/messages", headers={"Authorization": _token(person)}):
        rates._count()
        began = time.perf_counter()
        for _ in range(500):
            rates._count()
        counting = (time.perf_counter() - began) / 500
    assert counting < request / 10


def _token(person: Author) -> str:
    token: str = person.me.environ_base["HTTP_AUTHORIZATION"]
    return token


def test_every_rate_of_a_route_is_declared_where_it_is_found(system: System) -> None:
    own = {route.endpoint: rates.rate_of(system.app, route.endpoint, route.method) for route in routes(system)}
    assert {endpoint: amount for endpoint, (name, amount) in own.items() if name == endpoint} == {
        "api.uploads.continue_upload": 3000,
        "api.applications.create_application": 60,
        "api.applications.begin_application_again": 60,
        "cases.again": 60,
        "api.applications.delete_application": 60,
        "api.applications.save_application": 120,
        "api.deposits.build_case_deposit": 20,
        "api.deposits.use_case_deposit": 60,
        "case_deposit.build": 20,
        "case_deposit.use": 60,
        "case_deposit.take_over": 60,
        "correction_deposit.act": 30,
        "wizard.save": 120,
        "unsaved.keep": 120,
        "correction_unsaved.keep": 120,
        "registration.begin": 60,
        "registration.begin_procedure": 60,
        "office_acts.send_report": 20,
        "office_acts.raise_objection": 20,
        "office_acts.be_heard": 20,
    }
