"""`./registry events`: what waits in the services' outboxes and inboxes, what failed, and handling it again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from chassis.db import sqlalchemy_url
from chassis.inbox import store
from contracts.base import EventType
from contracts.catalogue import EVENTS
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from registry_infra.broker_definitions import SERVICES
from registry_infra.problems import StackProblem
from registry_infra.processes import Settings

_COUNTS = text(
    """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL),
           (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL),
           (SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL)
    """
)

_SAID = "SELECT event_id, type FROM outbox WHERE published_at IS NOT NULL AND type = ANY(%s)"
_UNHEARD = """
    SELECT s.event_id FROM said s
    WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.consumer = s.consumer AND i.event_id = s.event_id)
"""


@dataclass(frozen=True)
class EventBoxes:
    """One service's outbox and inbox."""

    service: str
    database_url: str

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction in the service's database, committed at the end."""
        engine = create_engine(sqlalchemy_url(self.database_url))
        try:
            with Session(engine) as session, session.begin():
                yield session
        finally:
            engine.dispose()


def event_boxes(settings: Settings, service: str | None) -> list[EventBoxes]:
    """Of one service, or of all."""
    if service is not None and service not in SERVICES:
        raise StackProblem(f"there is no service {service!r}. There are: {', '.join(SERVICES)}.")
    return [EventBoxes(name, settings.database_urls[name]) for name in ([service] if service else SERVICES)]


def summary(boxes: list[EventBoxes]) -> Iterator[str]:
    """Lines of a table: what waits in each service, and what needs a person."""
    yield f"{'':<15}{'to publish':>12}{'to handle':>12}{'dead letters':>14}"
    for box in boxes:
        with box.session() as session:
            publish, handle, dead = session.execute(_COUNTS).one()
        yield f"{box.service:<15}{publish:>12}{handle:>12}{dead:>14}"


def dead_letters(boxes: list[EventBoxes]) -> Iterator[str]:
    """Newest first: what failed, how often it was tried, and why."""
    found = False
    for box in boxes:
        with box.session() as session:
            for row in store.dead_letters(session):
                found = True
                yield (
                    f"{box.service} {row['id']}: {row['type']} about {row['subject']} for {row['consumer']}, "
                    f"{row['attempts']} attempts, given up {row['parked_at']:%Y-%m-%d %H:%M:%S %Z}"
                )
                yield f"    {row['error']}"
    yield "Handle them again with ./registry events replay [SERVICE [NUMBER …]]." if found else "No dead letters."


def republish(urls: Mapping[str, str]) -> dict[str, int]:
    """Marks as unpublished what consumers of the same office never received, when the broker has lost its queues; how
    many events, by the service that says them. What a consumer has already, it drops."""
    counts: dict[str, int] = {}
    for source in SERVICES:
        lost: set[str] = set()
        for consumer in SERVICES:
            heard = {event.type: f"on_{event.name}" for event in EVENTS.values() if _goes(event, source, consumer)}
            if heard:
                lost |= _not_received(urls[source], urls[consumer], heard)
        if lost:
            with psycopg.connect(urls[source]) as connection:
                connection.execute("UPDATE outbox SET published_at = NULL WHERE event_id = ANY(%s)", [list(lost)])
        counts[source] = len(lost)
    return counts


def republished(urls: Mapping[str, str]) -> Iterator[str]:
    """Has services publish again what they still keep, and says how many events that is."""
    for service, count in republish(urls).items():
        yield f"{service}: {count} events are published again."


def _goes(event: EventType[Any], source: str, consumer: str) -> bool:
    return event.source == source and consumer in event.consumers


def _not_received(source_url: str, consumer_url: str, heard: Mapping[str, str]) -> set[str]:
    """Ids of published events of these types (to the consumer's name for each) that are not in the consumer's inbox."""
    with psycopg.connect(source_url) as source, psycopg.connect(consumer_url) as consumer:
        consumer.execute("CREATE TEMPORARY TABLE said (event_id text, consumer text) ON COMMIT DROP")
        with source.cursor("said") as said, consumer.cursor() as cursor:
            said.execute(_SAID, [list(heard)])
            with cursor.copy("COPY said FROM STDIN") as copy:
                for event_id, kind in said:
                    copy.write_row((event_id, heard[kind]))
        return {row[0] for row in consumer.execute(_UNHEARD)}


def replay(boxes: list[EventBoxes], ids: list[int]) -> Iterator[str]:
    """Puts dead letters back into the inbox; handling them twice changes nothing twice."""
    for box in boxes:
        with box.session() as session:
            count = sum(store.replay(session, number) for number in ids) if ids else store.replay(session)
        yield f"{box.service}: {count} events will be handled again."
