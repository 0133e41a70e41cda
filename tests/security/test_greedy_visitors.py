"""A network that asks for too much is told so and delays nobody; whoever asks, the queues know where they come from."""

from __future__ import annotations

import io
from typing import Any

import pytest
from archive.authenticity import handlers as authenticity
from chassis.work import Rank
from filing.prechecks.store import PrecheckRow
from flask.testing import FlaskClient
from materials.testing.sample_files import numbered_pdf

from tests.author import Author
from tests.one_process import System

MOST = PrecheckRow.TERMS.most[Rank.VISITOR]


def visitor_at(system: System, address: str) -> FlaskClient:
    client = system.client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def uploaded(client: FlaskClient) -> str:
    answer = client.post("/api/v1/uploads", data={"file": (io.BytesIO(numbered_pdf(1)), "诗集.pdf")})
    assert answer.status_code == 201, answer.text
    upload_id: str = answer.get_json()["upload_id"]
    return upload_id


def check(client: FlaskClient, upload_id: str, language: str = "zh") -> Any:
    body = {"upload_id": upload_id, "profile": "text_pdf"}
    return client.post("/api/v1/prechecks", json=body, headers={"Accept-Language": language})


@pytest.mark.requirement("F-06")
@pytest.mark.requirement("S-02")
@pytest.mark.parametrize(
    ("greedy", "neighbour", "stranger"),
    [
        ("198.51.100.7", "198.51.100.7", "198.51.100.8"),
        ("2001:db8:0:7::1", "2001:db8::7:ffff:0:0:1", "2001:db8:0:8::1"),
    ],
)
def test_a_network_with_too_much_waiting_is_told_when_to_come_back_and_others_are_served(
    system: System, author: Author, greedy: str, neighbour: str, stranger: str
) -> None:
    client = visitor_at(system, greedy)
    upload_id = uploaded(client)
    for _ in range(MOST):
        assert check(client, upload_id).status_code == 202
    answers = {language: check(visitor_at(system, neighbour), upload_id, language) for language in ("zh", "en")}
    for answer in answers.values():
        assert (answer.status_code, answer.get_json()["code"]) == (429, "work_too_many")
        assert int(answer.headers["Retry-After"]) > 0
        assert str(MOST) in answer.get_json()["title"]
        assert answer.get_json()["remedy"]
    assert answers["zh"].get_json()["title"] != answers["en"].get_json()["title"]
    assert check(visitor_at(system, stranger), upload_id).status_code == 202
    assert check(author.me, author.upload(numbered_pdf(1), "自己的.pdf")).status_code == 202
    system.services["filing"].as_owner("DELETE FROM prechecks WHERE rank = 2")


@pytest.mark.requirement("F-06")
@pytest.mark.requirement("A-02")
def test_every_tool_that_visitors_may_use_says_where_they_come_from(
    system: System, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticity, "PATIENCE_SECONDS", 0.1)
    filing, archive = system.services["filing"], system.services["archive"]
    client = visitor_at(system, "203.0.113.77")
    upload_id = uploaded(client)
    precheck = check(client, upload_id).get_json()["precheck_id"]
    filing.as_owner(
        """UPDATE prechecks SET state = 'done', verdict = 'fixable', findings = %s WHERE id = %s""",
        '[{"code": "pdf_scripts", "severity": "error", "page": null, "line": null, "params": {},'
        ' "repairable": true, "uncertain": false}]',
        precheck,
    )
    repair = f"/api/v1/prechecks/{precheck}/repairs"
    assert client.post(repair, json={"fix": ["pdf_scripts"]}, headers={"Prefer": "wait=0"}).status_code == 202
    deposit = {"title": "甲", "version": "V1.0", "source": [upload_id]}
    assert client.post("/api/v1/deposits", json=deposit).status_code == 202
    late = client.post("/api/v1/certificate-checks", data=numbered_pdf(1), content_type="application/pdf")
    assert (late.status_code, late.get_json()["code"]) == (503, "service_unavailable")
    party = [("network:203.0.113.77",)]
    assert filing.as_owner("SELECT party FROM prechecks WHERE id = %s", precheck) == party
    assert filing.as_owner("SELECT party FROM jobs WHERE state = 'running'") == party * 2
    assert archive.as_owner("SELECT party FROM file_checks WHERE done_at IS NULL") == party
    filing.as_owner("DELETE FROM jobs WHERE state = 'running'")
    archive.as_owner("DELETE FROM file_checks")
