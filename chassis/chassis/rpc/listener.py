"""Receives from one queue, in a thread, for processes without eventlet. Services have their inbox instead."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chassis.rpc.connection import Connection, connect
from chassis.telemetry import logger

HEARTBEAT = 10
PREFETCH = 50
LONGEST_PAUSE = 5.0
_log = logger("chassis.rpc")


class Listener:
    """``take`` gets each message's body and must bear to get it twice: what it raised on comes again, later.

    Any number of processes share the queue.
    """

    def __init__(self, amqp_url: str, queue: str, take: Callable[[bytes], None], *, client_name: str) -> None:
        self._url = amqp_url
        self._queue = queue
        self._take = take
        self._client_name = client_name
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to listen, in a daemon thread; a second time changes nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._client_name, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stops listening, and waits 3 seconds at most for a message that is being taken."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(3)

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            connection: Connection | None = None
            try:
                connection = self._open()
                pause = 0.1
                self._drain(connection)
            except Exception as error:
                if not self._stopping.is_set():
                    _log.warning(
                        "listening_interrupted", queue=self._queue, error=str(error), kind=type(error).__name__
                    )
            finally:
                if connection is not None:
                    with suppress(Exception):
                        connection.collect()
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _open(self) -> Connection:
        connection = connect(self._url, heartbeat=HEARTBEAT, timeout=10, client_name=self._client_name)
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(self._queue, callback=self._receive)
        return connection

    def _receive(self, message: Any) -> None:
        self._take(message.body if isinstance(message.body, bytes) else message.body.encode())
        message.channel.basic_ack(message.delivery_info["delivery_tag"])

    def _drain(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                connection.drain_events(timeout=1.0)
            connection.heartbeat_tick()
