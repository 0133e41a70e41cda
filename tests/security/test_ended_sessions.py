"""A session that was ended is ended everywhere: on every route, for uploads under way, in whichever way it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.one_process import System
from tests.security.test_every_route import TUS, routes

SOON = 2.0
"""Seconds within which every process knows: it reads again what was ended after one."""


@pytest.fixture(scope="module")
def person(system: System) -> Author:
    """Somebody of this module's own: the author's sessions are needed elsewhere."""
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


class Session:
    """A sign-in by the API."""

    def __init__(self, system: System, person: Author) -> None:
        entry = {"login": person.who.mobile, "password": person.who.password}
        self.tokens: dict[str, Any] = system.client().post("/api/v1/sessions", json=entry).get_json()
        self.client: FlaskClient = system.client(self.tokens["access_token"])

    def refresh(self, visitor: FlaskClient, token: str = "") -> Any:
        body = {"refresh_token": token or self.tokens["refresh_token"]}
        return visitor.post("/api/v1/sessions/refresh", json=body).get_json()


def sign_out(session: Session, visitor: FlaskClient) -> None:
    assert session.client.delete("/api/v1/sessions/current").status_code == 204


def sign_out_everywhere(session: Session, visitor: FlaskClient) -> None:
    assert session.client.delete("/api/v1/sessions").status_code == 204


def sign_out_from_another(session: Session, visitor: FlaskClient) -> None:
    items = session.client.get("/api/v1/sessions").get_json()["items"]
    current = next(item["session_id"] for item in items if item["current"])
    assert session.client.delete(f"/api/v1/sessions/{current}").status_code == 204


def steal(session: Session, visitor: FlaskClient) -> None:
    """A refresh token comes again long after its first use: two parties hold the session."""
    session.refresh(visitor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("identity.sessions.model.LEEWAY", timedelta())
        assert session.refresh(visitor)["code"] == "session_expired"


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("end", [sign_out, sign_out_everywhere, sign_out_from_another, steal])
def test_an_ended_session_uploads_no_more(
    system: System, person: Author, end: Callable[[Session, FlaskClient], None]
) -> None:
    session, visitor = Session(system, person), system.client()
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": "filename YS5wZGY="}
    begun = session.client.post("/api/v1/uploads", headers=headers)
    assert begun.status_code == 201
    end(session, visitor)
    system.settle()
    time.sleep(SOON)
    answers = [
        session.client.patch(begun.headers["Location"], data=b"0123456789", headers=TUS),
        session.client.head(begun.headers["Location"], headers=TUS),
        session.client.post("/api/v1/uploads", headers=headers),
        session.client.delete(begun.headers["Location"], headers=TUS),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert answers[0].get_json()["code"] == "session_expired"


@pytest.mark.requirement("I-03")
@pytest.mark.requirement("I-11")
def test_every_route_refuses_the_token_of_an_ended_session(system: System, author: Author, person: Author) -> None:
    """Also routes that are open to everybody: whoever sends a token wants to be known by it."""
    session = Session(system, person)
    sign_out(session, system.client())
    system.settle()
    time.sleep(SOON)
    let_in = [
        str(route)
        for route in routes(system)
        if route.endpoint not in ("static", "health.healthz", "health.readyz")
        and route.ask(session.client, author.ids).status_code != 401
    ]
    assert let_in == []


def test_other_sessions_go_on(system: System, person: Author) -> None:
    ended, other = Session(system, person), Session(system, person)
    sign_out(ended, system.client())
    system.settle()
    time.sleep(SOON)
    assert other.client.get("/api/v1/me").status_code == 200
    assert other.client.options("/api/v1/uploads").status_code < 300
