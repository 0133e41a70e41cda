"""The relay: publishes outbox rows in order per subject, with batched confirms, and only then marks them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import amqp
import psycopg
from sqlalchemy import Engine, text

from chassis.failpoints import failpoint
from chassis.metrics import EVENTS_PUBLISHED
from chassis.outbox.store import CHANNEL, LANES, envelope
from chassis.rpc.connection import connect
from chassis.telemetry import logger

SHARE = 32
"""Events of one lane in a batch: all lanes together are published and confirmed at once."""
CONFIRM_SECONDS = 10
SWEEP_SECONDS = 2.0

_log = logger("chassis.outbox")

# A lane is locked until the end of the transaction, so that two relays never publish events of one subject side by
# side. Rows that another relay published meanwhile are looked at again as they are locked, and left out.
_CLAIM = text(
    """
    WITH mine AS MATERIALIZED (
        SELECT lane FROM generate_series(0, :last) AS g (lane)
        WHERE EXISTS (SELECT 1 FROM outbox w WHERE w.published_at IS NULL AND w.lane = g.lane)
          AND pg_try_advisory_xact_lock(hashtext('outbox'), lane))
    SELECT o.* FROM mine, LATERAL (
        SELECT id, event_id, type, subject, sequence, history, actor, traceparent, data, created_at
        FROM outbox WHERE published_at IS NULL AND lane = mine.lane
        ORDER BY id LIMIT :share FOR UPDATE SKIP LOCKED) AS o
    """
)
CLAIM = {"last": LANES - 1, "share": SHARE}
_MARK = text("UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY(:ids)")


_OLDEST = text("SELECT extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox WHERE published_at IS NULL")
STUCK_SECONDS = 30


def keeps_up(engine: Engine) -> bool:
    """Whether no event has been waiting for half a minute: the relay works and every event finds its queue."""
    with engine.connect() as connection:
        age = connection.execute(_OLDEST).scalar_one()
    return age is None or age < STUCK_SECONDS


class NotRouted(RuntimeError):
    """The broker has no queue for an event: the topology job has not run, or a binding was lost."""


class ConfirmingPublisher:
    """Publishes persistent, mandatory messages and waits for all their confirms at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: amqp.Connection | None = None
        self._channel: Any = None
        self._outstanding: set[int] = set()
        self._tag = 0
        self._failure: str | None = None

    def _open(self) -> None:
        if self._connection is not None and self._connection.connected:
            return
        self._connection = connect(self._url, heartbeat=0, timeout=CONFIRM_SECONDS)
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._outstanding, self._tag = set(), 0

    def _settle(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._outstanding = {t for t in self._outstanding if t > tag}
        else:
            self._outstanding.discard(tag)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settle(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._failure = "the broker refused a message"
        self._settle(tag, multiple)

    def _on_return(self, error: Any, exchange: str, routing_key: str, message: Any) -> None:
        self._failure = f"no queue for {exchange} {routing_key}"

    def publish(self, messages: Sequence[tuple[str, str, str, bytes]]) -> None:
        """Publishes (exchange, routing key, message id, body) and returns when all are confirmed, else raises."""
        self._open()
        self._failure = None
        try:
            for exchange, key, message_id, body in messages:
                self._tag += 1
                self._outstanding.add(self._tag)
                message = amqp.Message(
                    body,
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=2,
                    message_id=message_id,
                )
                self._channel._basic_publish(message, exchange=exchange, routing_key=key, mandatory=True)
            failpoint("relay.published")
            deadline = time.monotonic() + CONFIRM_SECONDS
            while self._outstanding:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(f"no confirm within {CONFIRM_SECONDS} s")
                self._connection.drain_events(timeout=remaining)  # type: ignore[union-attr]  # opened above
            if self._failure:
                raise NotRouted(self._failure)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drops the connection without a goodbye; what was not confirmed is published again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.collect()


class Relay:
    """Publishes one service's outbox. Any number of relays may run; lanes keep the order."""

    def __init__(self, engine: Engine, source: str, amqp_url: str, public_url: str = "http://127.0.0.1:8000") -> None:
        self._engine = engine
        self._source = source
        self._public_url = public_url
        self._publisher = ConfirmingPublisher(amqp_url)

    def run_once(self) -> int:
        """Publishes everything that is due now; returns how many events.

        A batch of less than one lane's share took all there was; what was said since wakes the relay by itself.
        """
        published = count = self._publish_batch()
        while count >= SHARE:
            count = self._publish_batch()
            published += count
        return published

    def _publish_batch(self) -> int:
        with self._engine.begin() as connection:
            rows = connection.execute(_CLAIM, CLAIM).all()
            if not rows:
                return 0
            messages = []
            for row in rows:
                event = envelope(row, self._source, self._public_url)
                body = event.model_dump_json().encode()
                messages.append((f"{self._source}.events", event.name, row.event_id, body))
            self._publisher.publish(messages)
            failpoint("relay.confirmed")
            connection.execute(_MARK, {"ids": [row.id for row in rows]})
        EVENTS_PUBLISHED.labels(self._source).inc(len(rows))
        return len(rows)

    def close(self) -> None:
        self._publisher.close()


def run(relay: Relay, listen_url: str, stopping: Callable[[], bool]) -> None:
    """Relays until told to stop: woken by NOTIFY, sweeping every two seconds in case one was missed."""
    listener: psycopg.Connection[Any] | None = None
    pause = 0.1
    while not stopping():
        try:
            if listener is None or listener.closed:
                listener = psycopg.connect(listen_url, autocommit=True, connect_timeout=5)
                listener.execute(f"LISTEN {CHANNEL}")
            relay.run_once()
            pause = 0.1
            for _ in listener.notifies(timeout=SWEEP_SECONDS, stop_after=1):
                pass
        except Exception as error:
            _log.warning("relay_interrupted", error=str(error), kind=type(error).__name__)
            if isinstance(error, psycopg.Error) and listener is not None:
                with suppress(Exception):
                    listener.close()
                listener = None
            time.sleep(pause)
            pause = min(pause * 2, 5.0)
    relay.close()
    if listener is not None:
        listener.close()
