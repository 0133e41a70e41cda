"""What has served its time is forgotten, by the owner's rights, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from chassis.pruning import KEEP_ANSWERS, KEEP_HANDLED, KEEP_PUBLISHED
from chassis.testing import Harness
from contracts.envelope import Envelope

ROOM = timedelta(days=1)


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


def said(sample: Harness, name: str, age: timedelta, published: bool) -> None:
    created = datetime.now(UTC) - age
    sample.as_owner(
        "INSERT INTO outbox (event_id, type, subject, sequence, lane, history, actor, data, created_at, published_at)"
        " VALUES (%s, 'sample.added.v1', %s, 1, 0, '{}', 'service:sample', '{}', %s, %s)",
        name,
        name,
        created,
        created if published else None,
    )


def heard(sample: Harness, name: str, age: timedelta, state: str = "done", subject: str = "") -> None:
    sample.as_owner(
        "INSERT INTO inbox (consumer, event_id, source, type, subject, sequence, envelope, received_at,"
        " next_attempt_at, done_at, parked_at)"
        " VALUES ('on_added', %s, '/sample', 'sample.added.v1', %s, 1, '{}', %s, 'infinity', %s, %s)",
        name,
        subject or name,
        datetime.now(UTC) - age,
        datetime.now(UTC) if state == "done" else None,
        datetime.now(UTC) if state == "parked" else None,
    )


def answered(sample: Harness, name: str, age: timedelta) -> None:
    sample.as_owner(
        "INSERT INTO answered_requests (request_id, method, asked_by, digest, created_at)"
        " VALUES (%s, 'add', 'a', 'd', %s)",
        name,
        datetime.now(UTC) - age,
    )


def kept(sample: Harness, statement: str) -> set[str]:
    return {str(row[0]) for row in sample.as_owner(statement)}


def test_published_events_go_after_their_time_and_others_stay(sample: Harness) -> None:
    said(sample, "old", KEEP_PUBLISHED + ROOM, published=True)
    said(sample, "old and never published", KEEP_PUBLISHED + ROOM, published=False)
    said(sample, "recent", KEEP_PUBLISHED - ROOM, published=True)
    assert sample.sweep("prune") == 1
    assert kept(sample, "SELECT event_id FROM outbox") == {"old and never published", "recent"}


def test_handled_events_go_when_their_subject_has_been_quiet_for_long(sample: Harness) -> None:
    heard(sample, "old", KEEP_HANDLED + ROOM)
    heard(sample, "old and parked", KEEP_HANDLED + ROOM, "parked")
    heard(sample, "old and open", KEEP_HANDLED + ROOM, "open")
    heard(sample, "recent", KEEP_HANDLED - ROOM)
    heard(sample, "old of a living case", KEEP_HANDLED + ROOM, subject="a case")
    heard(sample, "new of a living case", timedelta(0), subject="a case")
    heard(sample, "old beside one that failed", KEEP_HANDLED + ROOM, subject="old and parked")
    assert sample.sweep("prune") == 1
    assert "old" not in kept(sample, "SELECT event_id FROM inbox")
    assert len(kept(sample, "SELECT event_id FROM inbox")) == 6


def test_answers_go_after_a_month(sample: Harness) -> None:
    answered(sample, "old", KEEP_ANSWERS + ROOM)
    answered(sample, "recent", KEEP_ANSWERS - ROOM)
    assert sample.sweep("prune") == 1
    assert kept(sample, "SELECT request_id FROM answered_requests") == {"recent"}


def test_what_may_be_published_again_is_never_forgotten_first() -> None:
    assert KEEP_HANDLED > KEEP_PUBLISHED


def test_an_event_older_than_the_inbox_remembers_is_set_aside(sample: Harness) -> None:
    """It may have been handled and forgotten: an operator decides."""
    event = Envelope(
        id="evt-ancient",
        source="/sample",
        type="sample.added.v1",
        subject="a",
        time=datetime.now(UTC) - KEEP_HANDLED - ROOM,
        dataschema="/schemas/sample.added.v1.json",
        sequence=1,
        actor="service:sample",
        data={"counter": "a", "amount": 1},
    )
    sample.hear(event)
    assert sample.handle_events() == 0
    (error,) = kept(sample, "SELECT error FROM inbox")
    assert "forgotten" in error


def test_the_service_cannot_forget_anything_else(sample: Harness) -> None:
    said(sample, "recent", timedelta(0), published=True)
    with psycopg.connect(sample.runtime.settings.database_url, autocommit=True) as role:
        for statement in (
            "DELETE FROM outbox",
            "UPDATE outbox SET created_at = now() - interval '1 year'",
            "UPDATE outbox SET data = '{}'",
            "CREATE OR REPLACE FUNCTION prune() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'",
            "ALTER FUNCTION prune() SECURITY INVOKER",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                role.execute(statement)  # type: ignore[arg-type]  # plain text of this test
        # The function looks for tables in its own schema only, whatever the caller's session says.
        role.execute("CREATE TEMP TABLE outbox (id bigint, created_at timestamptz, published_at timestamptz)")
        role.execute("INSERT INTO pg_temp.outbox VALUES (1, now() - interval '10 years', now())")
        assert role.execute("SELECT prune()").fetchone() == (0,)
