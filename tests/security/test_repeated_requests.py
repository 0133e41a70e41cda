"""Who may be taken for whom when requests come again: by the key alone, from any network, and never for a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from contracts.base import SERVICES
from flask.testing import FlaskClient
from registry_infra.demo.people import Applicant, new_applicant

from tests.agreed import AGREED
from tests.author import Author
from tests.one_process import System

pytestmark = pytest.mark.requirement("W-06")
DRAFT = {"kind": "work", "form": {"title": "先来的书"}}
OTHER = {"kind": "work", "form": {"title": "后来的书"}}


@dataclass
class Newcomer:
    """Somebody about to sign up by the API, without a browser's cookies."""

    system: System
    who: Applicant = field(default_factory=new_applicant)

    def entry(self, **changes: Any) -> dict[str, Any]:
        code = Author(self.system, self.who, self.system.client(), {}).code("sign_up")
        paper = {"name": self.who.name, "id_type": "resident_id", "id_number": self.who.id_number}
        person = {"kind": "natural_person", "mobile": self.who.mobile, "otp": code, "password": self.who.password}
        return paper | person | AGREED | changes

    def send(self, entry: dict[str, Any], key: str, client: FlaskClient | None = None, **headers: str) -> Any:
        sent = {"Idempotency-Key": key, **headers}
        return (client or self.system.client()).post("/api/v1/accounts", json=entry, headers=sent)


def accounts(system: System, who: Applicant) -> int:
    counted = system.services["identity"].as_owner("SELECT count(*) FROM accounts WHERE mobile = %s", who.mobile)
    return int(counted[0][0])


def codes_sent(system: System, who: Applicant) -> int:
    counted = system.services["identity"].as_owner("SELECT count(*) FROM one_time_codes WHERE target = %s", who.mobile)
    return int(counted[0][0])


def test_a_retry_from_another_network_program_and_language_gets_the_first_answer(system: System) -> None:
    newcomer = Newcomer(system)
    entry = newcomer.entry()
    first = newcomer.send(entry, "key-1")
    assert first.status_code == 201
    headers = {"Accept-Language": "en", "User-Agent": "another/2.0"}
    again = newcomer.send(entry, "key-1", **headers)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert accounts(system, newcomer.who) == 1


def test_a_code_asked_for_again_from_another_network_is_sent_once(system: System) -> None:
    who = new_applicant()
    body = {"mobile": who.mobile, "purpose": "sign_up"}
    answers = [system.client().post("/api/v1/otp", json=body, headers={"Idempotency-Key": "key-otp"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert codes_sent(system, who) == 1


def test_strangers_who_use_a_visitors_key_neither_learn_nor_block(system: System) -> None:
    """The same key, before and after: for codes and for accounts, of people who have nothing to do with each other."""
    victim, stranger = Newcomer(system), Newcomer(system)
    for who in (stranger.who, victim.who):
        body = {"mobile": who.mobile, "purpose": "sign_up"}
        sent = system.client().post("/api/v1/otp", json=body, headers={"Idempotency-Key": "1"})
        assert (sent.status_code, codes_sent(system, who)) == (202, 1)
    theirs, mine = (Newcomer(system) for _ in range(2))
    entry_of_stranger, entry = theirs.entry(), mine.entry()
    before = theirs.send(entry_of_stranger, "1")
    guess = theirs.send(entry | {"otp": "000000"}, "1")
    signed_up = mine.send(entry, "1")
    wrong_password = theirs.send(entry | {"password": "Another-guess-77"}, "1")
    assert (before.status_code, signed_up.status_code) == (201, 201)
    assert before.get_json() != signed_up.get_json()
    for refused in (guess, wrong_password):
        assert refused.status_code >= 400
        assert refused.get_json()["code"] != "idempotency_key_reused"
        assert signed_up.get_json()["account_id"] not in refused.text
    assert mine.send(entry, "1").get_json() == signed_up.get_json()


def test_a_request_id_is_a_name_and_no_key(system: System, author: Author) -> None:
    """Two different requests of one person, and two equal ones, under one X-Request-Id: four drafts."""
    name = {"X-Request-Id": "trace-0123456789"}
    made = [author.post("/applications", body, **name) for body in (DRAFT, OTHER, DRAFT, OTHER)]
    assert len({draft["application_id"] for draft in made}) == 4
    assert [draft["title"] for draft in made] == ["先来的书", "后来的书"] * 2


def test_a_request_id_of_another_visitor_stops_nobody(system: System) -> None:
    name = {"X-Request-Id": "trace-of-everybody"}
    for who in (new_applicant(), new_applicant()):
        body = {"mobile": who.mobile, "purpose": "sign_up"}
        assert system.client().post("/api/v1/otp", json=body, headers=name).status_code == 202
        assert codes_sent(system, who) == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("trace-0123456789", True),
        ("short", False),
        ("x" * 81, False),
        ("with blank and <b>", False),
        ("{json: 1}-------", False),
        ("日志里的字日志里的字", False),
    ],
)
def test_only_a_plain_name_is_taken_over_into_logs(system: System, sent: str, kept: bool) -> None:
    answer = system.client().get("/api/v1/nowhere", headers={"X-Request-Id": sent.encode().decode("latin-1")})
    assert (answer.headers["X-Request-Id"] == sent) is kept
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


def test_the_key_of_one_route_means_nothing_on_another(system: System, author: Author) -> None:
    first = author.post("/applications", DRAFT, **{"Idempotency-Key": "one-key"})
    path = f"/applications/{first['application_id']}/withdrawal"
    answer = author.me.post(f"/api/v1{path}", json={}, headers={"Idempotency-Key": "one-key"})
    assert answer.get_json().get("code") != "idempotency_key_reused"


@pytest.mark.requirement("I-12")
def test_nothing_of_a_whole_life_can_be_read_from_the_memory_of_requests(system: System, author: Author) -> None:
    rows = {name: system.services[name].as_owner("SELECT * FROM answered_requests") for name in SERVICES}
    assert len(rows["identity"]) > 3
    assert len(rows["filing"]) > 5
    told = (author.who.id_number, author.who.mobile, author.who.password, author.who.name)
    found = {
        (name, row[1], value)
        for name, table in rows.items()
        for row in table
        for value in told
        if value in str(row) or value.encode() in b"".join(part for part in row if isinstance(part, bytes))
    }
    assert found == set()
