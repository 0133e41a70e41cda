"""Takes events from the broker into the inbox, on a connection of its own.

On the connection of the requests, a flood of events (a replay, a backlog after a stop) kept every request waiting
behind a hundred commits. Here they are stored in batches: one commit and one acknowledgement for all that is there.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import eventlet

from chassis.failpoints import failpoint
from chassis.inbox.worker import Inbox
from chassis.rpc.connection import Connection, connect
from chassis.telemetry import logger

HEARTBEAT = 10
PREFETCH = 100
BATCH = 32
"""Stored at once: on a starved machine a hundred took longer than the broker waits for a heartbeat."""

_log = logger("chassis.rpc")


class EventReceiver:
    """``queues`` maps queue name to the consumer's name in the inbox; ``wake`` is called for each new event."""

    def __init__(
        self, amqp_url: str, service: str, inbox: Inbox, queues: Mapping[str, str], wake: Callable[[], object]
    ) -> None:
        self._url = amqp_url
        self._service = service
        self._inbox = inbox
        self._queues = queues
        self._wake = wake
        self._waiting: list[Any] = []
        self.ready = False

    def run(self, stopping: Callable[[], bool]) -> None:
        """Receives until told to stop; connects again when the connection breaks."""
        pause = 0.1
        while not stopping():
            connection: Connection | None = None
            try:
                connection = self._open()
                pause = 0.1
                self._drain(connection, stopping)
            except Exception as error:
                if not stopping():
                    _log.warning("events_interrupted", error=str(error), kind=type(error).__name__)
            finally:
                self.ready = False
                self._waiting.clear()  # not acknowledged: they come again
                if connection is not None:
                    with suppress(Exception):
                        connection.collect()
            if not stopping():
                eventlet.sleep(pause)
                pause = min(pause * 2, 5.0)

    def _open(self) -> Connection:
        connection = connect(self._url, heartbeat=HEARTBEAT, timeout=10, client_name=f"{self._service} events")
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        for queue in self._queues:
            channel.basic_consume(queue, callback=self._waiting.append, consumer_tag=queue)
        self.ready = True
        return connection

    def _drain(self, connection: Connection, stopping: Callable[[], bool]) -> None:
        last_tick = time.monotonic()
        while not stopping():
            with suppress(TimeoutError):
                connection.drain_events(timeout=1.0)
                while len(self._waiting) < BATCH and connection.has_input:
                    connection.drain_events(timeout=1.0)
            if self._waiting:
                self._store()
            if time.monotonic() - last_tick >= 1.0:
                connection.heartbeat_tick()
                last_tick = time.monotonic()

    def _store(self) -> None:
        messages = self._waiting[:]
        self._waiting.clear()
        fresh = self._inbox.receive_all([self._delivery(message) for message in messages])
        last = messages[-1]
        last.channel.basic_ack(last.delivery_info["delivery_tag"], multiple=True)
        failpoint("inbox.acked")
        for _ in range(fresh):
            self._wake()

    def _delivery(self, message: Any) -> tuple[str, bytes, str]:
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        message_id = str(message.properties.get("message_id", "")) or f"none-{hashlib.sha256(body).hexdigest()[:32]}"
        return self._queues[message.delivery_info["consumer_tag"]], body, message_id
