"""The consuming side of a service: takes RPC requests and, beside them, events.

A nameko extension with nameko's queue names and message forms. It differs from nameko's own consumer where that was
measured to lose time or messages: replies are transient and unconfirmed on one kept channel, requests past their
deadline are dropped, events come on a connection of their own and are stored before they are acknowledged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import amqp
import eventlet
from eventlet.semaphore import Semaphore
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from chassis.commands import Call
from chassis.errors import Problem
from chassis.inbox.worker import Inbox
from chassis.metrics import RPC_SECONDS
from chassis.rpc import wire
from chassis.rpc.connection import Connection, connect
from chassis.runtime import Runtime
from chassis.serving.events import EventReceiver
from chassis.telemetry import logger, trace

HEARTBEAT = 10
LISTEN_SECONDS = 1.0
OVERSLEPT_SECONDS = 0.25
"""A wait that ends so much too late was no wait: the process was stopped, or starved."""
CLOCKS_DIFFER = 1.0
"""Seconds by which the clocks of machines that keep time may differ."""
DEFAULT_SECONDS = 30.0
LONGEST_SECONDS = 60.0

_log = logger("chassis.rpc")


class DeadlinePassed(BaseException):
    """Raised in a worker whose caller no longer waits.

    Not an Exception: it may strike in the middle of a query or a commit, and only for what is no Exception does
    SQLAlchemy throw the connection away. Otherwise it went back to the pool busy, and the next user failed with
    "another command is already in progress"; a rollback on a frozen connection would also outlive the deadline.
    """


class Consumer(SharedExtension, ProviderCollector):
    """Consumes ``rpc-<service>`` and the service's event queues, all declared by the topology job."""

    def __init__(self) -> None:
        super().__init__()
        self._methods: dict[str, RpcEntrypoint] = {}
        self._events: EventReceiver | None = None
        self._connection: Connection | None = None
        self._channel: Any = None
        self._write_lock = Semaphore()
        self._stopping = False
        self._serving = False
        self._listened_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether requests and events arrive."""
        return self._serving and (self._events is None or self._events.ready)

    def setup(self) -> None:
        self._runtime: Runtime = self.container.config["runtime"]
        self._service = self.container.service_cls()

    def serve_events(self, inbox: Inbox, queues: dict[str, str], wake: Callable[[], object]) -> None:
        """``queues`` maps queue name to the consumer's name in the inbox."""
        settings = self.container.config["runtime"].settings
        if queues:
            self._events = EventReceiver(settings.amqp_url, settings.service, inbox, queues, wake)

    def start(self) -> None:
        self._methods = {p.method_name: p for p in self._providers}
        self._thread = self.container.spawn_managed_thread(self._run, identifier="consumer")
        if self._events is not None:
            events = self._events
            self.container.spawn_managed_thread(lambda: events.run(lambda: self._stopping), identifier="events")

    def stop_consuming(self) -> None:
        self._stopping = True

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                self._open()
                pause = 0.1
                self._drain()
            except Exception as error:
                if not self._stopping:
                    _log.warning("consumer_interrupted", error=str(error), kind=type(error).__name__)
            finally:
                if not self._stopping:
                    self._close()
            if not self._stopping:
                eventlet.sleep(pause)
                pause = min(pause * 2, 5.0)
        self.container._worker_pool.waitall()
        self._close()

    def _open(self) -> None:
        service = self._runtime.settings.service
        self._connection = connect(
            self._runtime.settings.amqp_url, heartbeat=HEARTBEAT, timeout=10, client_name=f"{service} service"
        )
        self._channel = self._connection.channel()
        self._channel.basic_qos(0, self.container.max_workers, False)
        self._listened_at = time.monotonic()
        self._channel.basic_consume(wire.queue_of(service), callback=self._on_request)
        self._serving = True

    def _drain(self) -> None:
        assert self._connection is not None
        last_tick = time.monotonic()
        was_stopped = False
        while not self._stopping:
            # What came while this process was stopped is read at once, and its time ran from when we last listened.
            if not (was_stopped or self._connection.has_buffered):
                self._listened_at = time.monotonic()
            try:
                self._connection.drain_events(timeout=LISTEN_SECONDS)
                was_stopped = False
            except TimeoutError:
                overslept = time.monotonic() - self._listened_at - LISTEN_SECONDS
                was_stopped = not was_stopped and overslept > OVERSLEPT_SECONDS
            if time.monotonic() - last_tick >= 1.0:
                with self._write_lock:
                    self._connection.heartbeat_tick()
                last_tick = time.monotonic()

    def _close(self) -> None:
        self._serving = False
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.collect()

    def _on_request(self, message: Any) -> None:
        try:
            self._take_request(message)
        except (OSError, amqp.AMQPError):
            raise
        except Exception:
            _log.exception("request_unreadable")  # and dropped: it would come again for as long as it is not
            with self._write_lock:
                _ack(message)

    def _take_request(self, message: Any) -> None:
        channel = message.channel
        headers = message.headers or {}
        limit = _seconds_left(headers, message.properties, time.monotonic() - self._listened_at)
        if limit <= 0:  # the caller has left; or its clock is wrong, and then it learns so at once
            self._reply(channel, message, None, Problem("deadline_exceeded"))
            return
        name = message.delivery_info["routing_key"].split(".", 1)[-1]
        entrypoint = self._methods.get(name)
        try:
            if entrypoint is None:
                raise Problem("not_found")
            payload = _payload(message.body)
        except Problem as problem:
            self._reply(channel, message, None, problem)
            return
        call = Call(headers.get(wire.ACTOR), headers.get(wire.REQUEST_ID))
        work = Work(payload, call, limit, headers.get(wire.TRACEPARENT))

        # In the container's own pool, so that it bounds and waits for what is under way; without nameko's worker
        # context, whose making and logging cost as much as the rest of a call, and which nothing here uses.
        self.container._worker_pool.spawn_n(self._answer, channel, message, entrypoint, work)

    def _answer(self, channel: Any, message: Any, entrypoint: RpcEntrypoint, work: Work) -> None:
        try:
            result, problem = getattr(self._service, entrypoint.method_name)(self._runtime, work), None
        except Problem as refused:
            result, problem = None, refused
        self._reply(channel, message, result, problem)

    def _reply(self, channel: Any, message: Any, result: Any, problem: Problem | None) -> None:
        """Acknowledges first: a reply address that the broker refuses must not bring the request back for ever."""
        reply_to = message.properties.get("reply_to")
        reply = amqp.Message(
            wire.encode_reply(result, problem),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            correlation_id=message.properties.get("correlation_id", ""),
        )
        connection = channel.connection
        if connection is None:  # it was lost meanwhile, and the request comes again on the next one
            return
        with suppress(OSError, amqp.AMQPError), self._write_lock, connection.corked():
            _ack(message)
            if reply_to:
                channel._basic_publish(reply, exchange=wire.EXCHANGE, routing_key=reply_to)


class Work:
    """One request on its way to a handler."""

    __slots__ = ("call", "limit", "payload", "traceparent")

    def __init__(self, payload: dict[str, Any], call: Call, limit: float, traceparent: str | None) -> None:
        self.payload = payload
        self.call = call
        self.limit = limit
        self.traceparent = traceparent

    def run(self, execute: Callable[[dict[str, Any], Call], dict[str, Any]], name: str) -> dict[str, Any]:
        """Runs within the caller's deadline and trace; every failure leaves as a Problem."""
        started = time.monotonic()
        with trace(self.traceparent):
            outcome = "ok"
            try:
                with eventlet.Timeout(self.limit, DeadlinePassed()):
                    return execute(self.payload, self.call)
            except Problem as problem:
                outcome = problem.code
                raise
            except DeadlinePassed as error:
                outcome = "deadline_exceeded"
                raise Problem("deadline_exceeded") from error
            except Exception as error:
                outcome = "internal_error"
                _log.exception("rpc_failed", method=name)
                raise Problem("internal_error") from error
            finally:
                seconds = time.monotonic() - started
                RPC_SECONDS.labels(name, outcome).observe(seconds)
                _log.debug("rpc", method=name, outcome=outcome, ms=round(seconds * 1000, 1))


class RpcEntrypoint(Entrypoint):
    """Marks a method as reachable by RPC."""

    consumer = Consumer()

    def __init__(self) -> None:
        super().__init__(expected_exceptions=(Problem,))

    def setup(self) -> None:
        self.consumer.register_provider(self)

    def stop(self) -> None:
        self.consumer.stop_consuming()


def _ack(message: Any) -> None:
    message.channel.basic_ack(message.delivery_info["delivery_tag"])


def _seconds_left(headers: dict[str, Any], properties: dict[str, Any], away: float) -> float:
    """How long the caller still waits. ``away``: seconds since we last began to listen.

    By the deadline on the caller's clock, as long as that makes sense on ours: no later than the message's expiration
    allows, no longer past than we may not have been listening. Otherwise one of the two clocks is wrong, and the
    expiration counts, which the broker has watched over until we read the message; less the time in which we were
    stopped, if we were.
    """
    allowed = _milliseconds(properties.get("expiration"))
    deadline = _milliseconds(headers.get(wire.DEADLINE))
    left = allowed or DEFAULT_SECONDS
    if deadline is not None:
        left = deadline - time.time()
        if allowed is not None and not -away <= left <= allowed + CLOCKS_DIFFER:
            left = allowed - (away if away > LISTEN_SECONDS + CLOCKS_DIFFER else 0.0)
    return min(left, LONGEST_SECONDS)


def _milliseconds(value: Any) -> float | None:
    try:
        return int(value) / 1000
    except (ValueError, TypeError, OverflowError):
        return None


def _payload(body: bytes | str) -> dict[str, Any]:
    """The request's data: nameko's first positional argument, or its keyword arguments."""
    try:
        request = json.loads(body)
        payload = request["args"][0] if request.get("args") else request.get("kwargs", {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("request_invalid") from error
    if not isinstance(payload, dict):
        raise Problem("request_invalid")
    return payload
