"""A thread-safe RPC client for processes without eventlet: one per process, no connection per call.

Two connections: one publishes under a lock, one consumes replies in a thread (a broker that takes no more messages
stops reading from a connection that publishes). A call ends within its deadline whatever the broker does; calls in
flight when a connection breaks are sent again (requests are idempotent by id).
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import amqp
from contracts.base import Model, RpcMethod
from contracts.reading import read

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.rpc import wire
from chassis.rpc.connection import Connection, connect
from chassis.rpc.waiting import Waiting
from chassis.telemetry import current_traceparent, logger, new_traceparent

_log = logger("chassis.rpc")
ReplyT = TypeVar("ReplyT", bound=Model)

DEFAULT_TIMEOUT = 10.0
HEARTBEAT = 10


class RpcClient:
    """Calls contract methods. ``token`` gives the caller's access token; safe to share between threads."""

    def __init__(self, amqp_url: str, caller: str, *, connect_timeout: float = 3.0) -> None:
        self._url = amqp_url
        self._caller = caller
        self._timeout = connect_timeout
        self._lock = threading.Lock()
        self._publisher: Connection | None = None
        self._channel: Any = None
        self._blocked = False
        self._pending: dict[str, Waiting] = {}
        self._numbers = itertools.count()
        self._reply_key = ""
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()

    def call(
        self,
        method: RpcMethod[Any, ReplyT],
        request: Model,
        *,
        token: str | None = None,
        request_id: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> ReplyT:
        """The method's reply; raises the callee's Problem, ``deadline_exceeded`` or ``service_unavailable``."""
        data = self.call_raw(
            method.service,
            method.name,
            request.model_dump(mode="json"),
            token=token,
            request_id=request_id or ("" if method.kind == "query" else None),
            timeout=timeout,
        )
        return read(method.reply, data)

    def call_raw(
        self,
        service: str,
        name: str,
        payload: dict[str, Any],
        *,
        token: str | None = None,
        request_id: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Any:
        """As :meth:`call`, with plain data. A query may go without a request id (empty): it is not remembered."""
        return wire.decode_reply(self._ask(service, name, payload, token, request_id, timeout))

    def _ask(
        self,
        service: str,
        name: str,
        payload: dict[str, Any],
        token: str | None,
        request_id: str | None,
        timeout: float,
    ) -> bytes:
        self.start()
        deadline = time.monotonic() + timeout
        headers: dict[str, Any] = {
            wire.DEADLINE: str(int((time.time() + timeout) * 1000)),
            wire.TRACEPARENT: new_traceparent(current_traceparent()),
        }
        if request_id != "":
            headers[wire.REQUEST_ID] = request_id or new_id("req")
        if token:
            headers[wire.ACTOR] = token
        body = wire.encode_request(payload)
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise Problem("deadline_exceeded")
            if not (self._ready.is_set() or self._ready.wait(min(remaining, self._timeout))):
                raise Problem("service_unavailable")
            correlation_id = str(next(self._numbers))
            pending = self._pending[correlation_id] = Waiting()
            try:
                self._publish(f"{service}.{name}", body, headers, correlation_id, remaining)
                woken = pending.wait(deadline - time.monotonic())
            finally:
                self._pending.pop(correlation_id, None)
            if pending.body is not None:
                return pending.body
            if not woken:
                raise Problem("deadline_exceeded")
            # woken without a reply: the reply connection broke; send again within the deadline

    def close(self) -> None:
        """Closes both connections; gunicorn workers call it on exit."""
        self._stopping.set()
        with self._lock, suppress(Exception):
            if self._publisher is not None:
                self._publisher.collect()
        if self._thread is not None:
            self._thread.join(timeout=3)

    def start(self) -> None:
        """Connects for replies, in a thread. Otherwise the first call does so, and waits for it."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._stopping.clear()
                self._thread = threading.Thread(target=self._consume, name="rpc-replies", daemon=True)
                self._thread.start()

    def _publish(
        self, routing_key: str, body: bytes, headers: dict[str, Any], correlation_id: str, remaining: float
    ) -> None:
        message = amqp.Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            application_headers=headers,
            delivery_mode=1,
            reply_to=self._reply_key,
            correlation_id=correlation_id,
            expiration=str(max(1, int(remaining * 1000))),
        )
        for attempt in (1, 2):
            try:
                with self._timed_lock(remaining):
                    channel = self._open_channel()
                    if self._blocked:
                        raise Problem("service_unavailable")
                    channel._basic_publish(message, exchange=wire.EXCHANGE, routing_key=routing_key)
                return
            except (OSError, amqp.AMQPError) as error:
                self._drop_publisher()
                if attempt == 2:
                    _log.warning("rpc_publish_failed", error=str(error))
                    raise Problem("service_unavailable") from error

    def _timed_lock(self, remaining: float) -> _Held:
        waiting = max(0.01, min(remaining, self._timeout))
        if not (self._lock.acquire(blocking=False) or self._lock.acquire(timeout=waiting)):
            raise Problem("service_unavailable")
        return _Held(self._lock.release)

    def _open_channel(self) -> Any:
        connection = self._publisher
        if connection is None or not connection.connected:
            connection = connect(
                self._url,
                heartbeat=0,
                timeout=self._timeout,
                client_name=f"{self._caller} requests",
                blocked_notices=True,
            )
            connection.on_blocked = self._on_blocked
            connection.on_unblocked = self._on_unblocked
            self._blocked = False
            self._publisher, self._channel = connection, connection.channel()
            threading.Thread(target=self._hear, args=(connection,), name="rpc-notices", daemon=True).start()
        return self._channel

    def _hear(self, connection: Connection) -> None:
        """Notices on the publishing connection: that the broker takes no more messages, or that it has gone."""
        with suppress(OSError, amqp.AMQPError, AttributeError):  # AttributeError: it was closed here
            while True:
                connection.drain_events()
        with suppress(Exception):
            connection.collect()

    def _drop_publisher(self) -> None:
        connection, self._publisher = self._publisher, None
        if connection is not None:
            with suppress(Exception):
                connection.collect()

    def _on_blocked(self, reason: str) -> None:
        _log.warning("broker_blocked", reason=reason)
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False

    def _consume(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            connection: Connection | None = None
            try:
                connection = connect(
                    self._url,
                    heartbeat=HEARTBEAT,
                    timeout=self._timeout,
                    client_name=f"{self._caller} replies",
                    read_timeout=1.0,
                )
                self._subscribe(connection)
                pause = 0.1
                self._ready.set()
                self._drain(connection)
            except (OSError, amqp.AMQPError) as error:
                if not self._stopping.is_set():
                    _log.warning("rpc_replies_interrupted", error=str(error))
            finally:
                self._ready.clear()
                if connection is not None:
                    with suppress(Exception):
                        connection.collect()
                for pending in list(self._pending.values()):
                    pending.wake()
            self._stopping.wait(pause)
            pause = min(pause * 2, 2.0)

    def _subscribe(self, connection: Connection) -> None:
        channel = connection.channel()
        unique = uuid.uuid4().hex
        queue, key = f"rpc.reply-{self._caller}-{unique}", f"reply.{self._caller}.{unique}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, wire.EXCHANGE, key)
        channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        self._reply_key = key

    def _drain(self, connection: Connection) -> None:
        last_tick = time.monotonic()
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                connection.drain_events()
            if time.monotonic() - last_tick >= 1.0:
                connection.heartbeat_tick()
                last_tick = time.monotonic()

    def _on_reply(self, message: Any) -> None:
        pending = self._pending.get(message.properties.get("correlation_id", ""))
        if pending is not None:
            body = message.body
            pending.wake(body if isinstance(body, bytes) else body.encode())


class _Held:
    """A lock that was taken with a time limit, given back at the end of the block."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._release()
