"""Every worker of every gateway refuses the token of an ended session within a second or so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import amqp
import httpx
import psycopg
import pytest
from chassis.actor import Actor, issue_access_token
from chassis.errors import Problem
from chassis.rpc.connection import connect
from chassis.runtime import Runtime
from chassis.testing.databases import TestDatabase
from chassis.testing.harness import settings_for
from chassis.tokens import TokenSigner
from chassis.topology import declare
from contracts.envelope import Envelope
from contracts.identity import SESSION_REVOKED
from gateway.testing import TUS, GatewayProcess, metadata
from gateway.web.revocation import QUEUE, Revocations, refuse_ended
from sqlalchemy import text
from sqlalchemy.exc import OperationalError


def _envelope(session_id: str) -> bytes:
    until = (datetime.now(UTC) + timedelta(minutes=15)).isoformat()
    said = Envelope(
        id=f"evt-{session_id}",
        source="/identity",
        type=SESSION_REVOKED.type,
        subject=session_id,
        time=datetime.now(UTC),
        dataschema="x",
        sequence=1,
        actor="acc-one",
        data={"session_id": session_id, "until": until},
    )
    return said.model_dump_json().encode()


@pytest.fixture
def runtime(gateway_database: TestDatabase, keys: Path, objects_folder: Path) -> Iterator[Runtime]:
    made = Runtime(settings_for("gateway", gateway_database.application_url, keys, objects_folder))
    yield made
    made.close()


@pytest.mark.requirement("I-03")
@pytest.mark.requirement("S-02")
def test_workers_of_all_replicas_refuse_it(
    gateway: GatewayProcess, replica: GatewayProcess, runtime: Runtime, keys: Path
) -> None:
    actor = Actor("acc-one", "natural_person", session_id="ses-of-two-replicas")
    token = issue_access_token(TokenSigner.load(keys, "identity"), actor, 600)
    headers = {
        "Authorization": f"Bearer {token}",
        **TUS,
        "Upload-Length": "1",
        "Upload-Metadata": metadata(filename="a"),
    }

    def answers() -> set[int]:
        """Of both replicas and, by as many connections, of all their workers."""
        urls = [process.url for process in (gateway, replica) for _ in range(12)]
        return {httpx.post(f"{url}/api/v1/uploads", headers=headers).status_code for url in urls}

    assert answers() == {201}
    Revocations(runtime).receive(_envelope("ses-of-two-replicas"))
    time.sleep(1.2)
    assert answers() == {401}


def test_what_cannot_be_read_is_left_and_told(runtime: Runtime) -> None:
    listener = Revocations(runtime)
    for body in (b"not json", b"{}", _envelope("x").replace(b"until", b"after")):
        listener.receive(body)
    listener.receive(_envelope("ses-twice"))
    listener.receive(_envelope("ses-twice"))
    with runtime.sessions() as session:
        counted = text("SELECT count(*) FROM revoked_sessions WHERE session_id = 'ses-twice'")
        assert session.execute(counted).scalar_one() == 1


def test_without_the_database_it_goes_by_what_is_known() -> None:
    class Away:
        def __contains__(self, session_id: str) -> bool:
            raise OperationalError("SELECT", None, psycopg.OperationalError("away"))

    away: Any = SimpleNamespace(revoked_sessions=Away())
    refuse_ended(away, Actor("acc-one", "natural_person", session_id="ses-1"))
    known: Any = SimpleNamespace(revoked_sessions={"ses-1"})
    with pytest.raises(Problem, match="session_expired"):
        refuse_ended(known, Actor("acc-one", "natural_person", session_id="ses-1"))
    refuse_ended(known, Actor("service:filing", "service"))


def test_it_hears_of_ended_sessions_and_again_after_the_broker_was_away(
    broker: str, gateway_database: TestDatabase, keys: Path, objects_folder: Path, until: Callable[..., None]
) -> None:
    declare(broker)
    settings = settings_for("gateway", gateway_database.application_url, keys, objects_folder)
    runtime = Runtime(replace(settings, amqp_url=broker))
    listener = Revocations(runtime)

    def say(session_id: str) -> None:
        connection = connect(broker, heartbeat=0, timeout=5)
        connection.channel().basic_publish_confirm(
            amqp.Message(_envelope(session_id), delivery_mode=2), SESSION_REVOKED.exchange, SESSION_REVOKED.name
        )
        connection.close()

    def known(session_id: str) -> bool:
        with runtime.sessions() as session:
            statement = text("SELECT true FROM revoked_sessions WHERE session_id = :id")
            return session.execute(statement, {"id": session_id}).first() is not None

    listener.start()
    try:
        say("ses-heard")
        until(lambda: known("ses-heard"))
        listener.close()
        say("ses-heard-later")
        assert not known("ses-heard-later")
        listener = Revocations(runtime)
        listener.start()
        until(lambda: known("ses-heard-later"))
    finally:
        listener.close()
        runtime.close()
    assert QUEUE.endswith("--gateway.on_session_revoked")
