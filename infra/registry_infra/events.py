"""`./registry events`: what waits in the services' outboxes and inboxes, what failed, and handling it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.db import sqlalchemy_url
from chassis.inbox import store
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


@dataclass(frozen=True)
class EventBoxes:
    """One service's outbox and inbox."""

    service: str
    database_url: str

    @contextmanager
    def session(self) -> Iterator[Session]:
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


def replay(boxes: list[EventBoxes], ids: list[int]) -> Iterator[str]:
    """Puts dead letters back into the inbox; handling them twice changes nothing twice."""
    for box in boxes:
        with box.session() as session:
            count = sum(store.replay(session, number) for number in ids) if ids else store.replay(session)
        yield f"{box.service}: {count} events will be handled again."
