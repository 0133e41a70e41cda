"""Handling inbox events: attempt counted and committed first, then done-mark and effect in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.base import EventType
from contracts.envelope import Envelope
from contracts.reading import read, read_json
from psycopg import DataError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.clock import utc_now
from chassis.errors import Problem
from chassis.failpoints import failpoint
from chassis.inbox import store
from chassis.metrics import EVENTS_HANDLED
from chassis.objects import StoreUnavailable
from chassis.pruning import KEEP_HANDLED
from chassis.runtime import Runtime
from chassis.telemetry import logger, trace
from chassis.untold import fault, untold
from chassis.uow import UnitOfWork, unit_of_work

_log = logger("chassis.inbox")

EventHandler = Callable[[Any, UnitOfWork], None]
Delivery = tuple[str, bytes, str]
"""Consumer, body and message id."""


@dataclass(frozen=True)
class Subscription:
    """One event that a service handles."""

    event: EventType[Any]
    handler: EventHandler

    @property
    def consumer(self) -> str:
        return f"on_{self.event.name}"


class Inbox:
    """Receives and handles the events of one service. Safe with any number of replicas."""

    def __init__(self, runtime: Runtime, subscriptions: Mapping[str, Subscription]) -> None:
        self._runtime = runtime
        self._subscriptions = subscriptions
        self._consumed = {s.event.name: s.event.type for s in subscriptions.values()}

    def receive(self, consumer: str, body: bytes, message_id: str) -> None:
        """Stores a delivered message; committed when this returns. Unreadable ones are parked at once."""
        self.receive_all([(consumer, body, message_id)])

    def receive_all(self, deliveries: Sequence[Delivery]) -> int:
        """Stores delivered messages, committed when this returns; how many are new and readable."""
        try:
            fresh = self._store(deliveries)
        except DataError:  # one holds what PostgreSQL cannot store (U+0000): the others must not wait for it
            fresh = sum(self._store_alone(delivery) for delivery in deliveries)
        failpoint("inbox.received")
        return fresh

    def _store(self, deliveries: Sequence[Delivery]) -> int:
        readable: list[tuple[str, Envelope]] = []
        for consumer, body, message_id in deliveries:
            try:
                envelope = read_json(Envelope, body)
                expected = self._subscriptions[consumer].event
                if envelope.type != expected.type:
                    raise ValueError(f"expected {expected.type}, got {envelope.type}")
                if _is_forgotten(envelope.time):
                    raise ValueError(f"of {envelope.time}: whether it was handled is forgotten")
            except ValueError as error:
                self._park_unreadable(consumer, body, message_id, error)
            else:
                readable.append((consumer, envelope))
        return store.receive(self._runtime.ask, readable)

    def _store_alone(self, delivery: Delivery) -> int:
        try:
            return self._store([delivery])
        except DataError as error:
            self._park_unreadable(*delivery, error)
            return 0

    def _park_unreadable(self, consumer: str, body: bytes, message_id: str, error: Exception) -> None:
        text = _storable(body[:100_000].decode("utf-8", "replace"))
        with self._runtime.sessions.begin() as session:
            why = _storable(untold(str(error))[:2000])
            store.receive_unreadable(session, consumer, _storable(message_id), text, why)
        _log.error("event_unreadable", consumer=consumer, message_id=message_id)

    def run_once(self) -> bool:
        """Handles one event that is due; False when there is none."""
        row = store.claim(self._runtime.ask)
        if row is None:
            return False
        failpoint("inbox.claimed")
        envelope = read(Envelope, row.envelope)
        subscription = self._subscriptions.get(row.consumer)
        with trace(envelope.traceparent):
            if subscription is None:
                self._fail(row, "no handler of this name", final=True)
            elif row.attempts > store.MAX_ATTEMPTS:
                self._fail(row, "the process died while handling it", final=True)
            else:
                self._handle(row, envelope, subscription)
        return True

    def _handle(self, row: Any, envelope: Envelope, subscription: Subscription) -> None:
        patient = row.waited < store.PREDECESSOR_PATIENCE
        try:
            with unit_of_work(self._runtime, self._runtime.own_actor, envelope.id, envelope) as uow:
                if patient and store.waits_for_predecessor(uow.session, envelope, self._consumed):
                    delay = timedelta(seconds=0.2)
                    store.postpone(uow.session, row.id, row.attempts - 1, delay, "waits for an earlier event")
                    return
                if not store.mark_done(uow.session, row.id):
                    return
                subscription.handler(read(subscription.event.data, envelope.data), uow)
            EVENTS_HANDLED.labels(row.consumer, "done").inc()
        except Problem as problem:
            self._fail(row, f"{problem.code} {problem.params}", final=False)
        except Exception as error:
            if _is_away(error):
                self._put_off(row, error)
                return
            _log.exception("event_failed", consumer=row.consumer, event_id=row.event_id, attempt=row.attempts)
            self._fail(row, fault(error), final=False)

    def _put_off(self, row: Any, error: Exception) -> None:
        """What the event needs is away, which is no fault of the event: not counted, and never the end of it."""
        EVENTS_HANDLED.labels(row.consumer, "failed").inc()
        _log.warning("event_put_off", consumer=row.consumer, event_id=row.event_id, error=str(error)[:500])
        with self._runtime.sessions.begin() as session:
            store.postpone(session, row.id, row.attempts - 1, store.UNTIL_BACK, fault(error)[:2000])

    def _fail(self, row: Any, error: str, *, final: bool) -> None:
        parked = final or row.attempts >= store.MAX_ATTEMPTS
        EVENTS_HANDLED.labels(row.consumer, "parked" if parked else "failed").inc()
        with self._runtime.sessions.begin() as session:
            if parked:
                store.park(session, row.id, error[:2000])
                _log.error("event_parked", consumer=row.consumer, event_id=row.event_id, error=error[:500])
            else:
                store.postpone(session, row.id, row.attempts, store.backoff(row.attempts), error[:2000])


def _is_forgotten(said_at: datetime) -> bool:
    """Whether an event is so old that the inbox may have handled and pruned it."""
    return utc_now() - (said_at if said_at.tzinfo else said_at.replace(tzinfo=UTC)) > KEEP_HANDLED


def _is_away(error: Exception) -> bool:
    """Whether the object store or the database failed, and not the handling of the event."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, StoreUnavailable | PoolTimeout)


def _storable(text: str) -> str:
    """PostgreSQL has no place for U+0000, neither as a character nor escaped in JSON."""
    return text.replace("\x00", "�").replace("\\u0000", "�")
