"""Deliberately broken variants of the chassis, which the fault tests must catch."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import amqp
import eventlet
from chassis.answers import Asked
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.inbox import store, worker
from chassis.outbox import record, relay
from chassis.outbox.store import envelope
from chassis.rpc import wire
from chassis.rpc.connection import connect
from chassis.serving import server
from chassis.serving.events import EventReceiver
from sqlalchemy import text

from chassis import clock, uow


def publish_after_commit() -> None:
    """No outbox: events are published when the transaction is committed, by the process that committed it."""
    rows: list[Any] = []

    def remember(session: Any, left: Any) -> None:
        record.record(session, left)
        rows.extend(
            session.execute(text("UPDATE outbox SET published_at = now() WHERE published_at IS NULL RETURNING *")).all()
        )

    original = uow.UnitOfWork.finish

    def finish(self: Any) -> None:
        original(self)
        found, rows[:] = rows[:], []
        if not found:
            return
        failpoint("broken.before_publish")
        connection = connect(self.settings.amqp_url, heartbeat=0, timeout=5)
        for row in found:
            event = envelope(row, self.settings.service)
            message = amqp.Message(event.model_dump_json(), message_id=event.id)
            connection.channel().basic_publish(message, f"{self.settings.service}.events", event.name)
        connection.close()

    uow.record = remember  # type: ignore[attr-defined]
    uow.UnitOfWork.finish = finish  # type: ignore[method-assign]


def mark_before_publish() -> None:
    """The relay marks its rows as published first, and commits that."""

    def publish_batch(self: Any) -> int:
        with self._engine.begin() as connection:
            rows = connection.execute(relay._CLAIM, relay.CLAIM).all()
            if not rows:
                return 0
            connection.execute(relay._MARK, {"ids": [row.id for row in rows]})
        events = [envelope(row, self._source) for row in rows]
        failpoint("broken.before_publish")
        self._publisher.publish(
            [(f"{self._source}.events", e.name, e.id, e.model_dump_json().encode()) for e in events]
        )
        return len(rows)

    relay.Relay._publish_batch = publish_batch  # type: ignore[method-assign]


def ack_before_store() -> None:
    """Events are acknowledged as they arrive, then stored."""
    original = EventReceiver._store

    def store_late(self: Any) -> None:
        last = self._waiting[-1]
        last.channel.basic_ack(last.delivery_info["delivery_tag"], multiple=True)
        eventlet.sleep(0.3)  # until the broker has it
        failpoint("broken.acked")
        last.channel.basic_ack = lambda *_args, **_options: None
        original(self)

    EventReceiver._store = store_late  # type: ignore[method-assign]


def no_inbox_key() -> None:
    """The inbox takes every delivery for a new event."""
    original = store.receive

    def receive(ask: Any, deliveries: Any) -> int:
        return original(ask, [(name, event.model_copy(update={"id": new_id("evt")})) for name, event in deliveries])

    store.receive = receive


def mark_apart_from_effect() -> None:
    """The effect of an event is committed, and in another transaction that it is done."""

    def handle(self: Any, row: Any, event: Any, subscription: Any) -> None:
        with uow.unit_of_work(self._runtime, self._runtime.own_actor, event.id, event) as work:
            subscription.handler(subscription.event.data.model_validate(event.data), work)
        failpoint("broken.before_mark")
        with self._runtime.sessions.begin() as session:
            store.mark_done(session, row.id)

    worker.Inbox._handle = handle  # type: ignore[method-assign]


def no_request_memory() -> None:
    """A repeated command is taken for a new one."""
    Asked.recall = lambda *_: None  # type: ignore[method-assign]


def clock_ahead() -> None:
    """Nothing is broken: the clock of this process is an hour ahead."""
    _shift_clock(lambda: 3600)


def clock_steps() -> None:
    """Nothing is broken: the clock of this process is stepped from an hour ahead to an hour behind and back."""
    _shift_clock(lambda: 3600 if int(time.monotonic() * 2) % 2 else -3600)


def deadline_by_own_clock() -> None:
    """The caller's deadline is believed although the clock of this process is an hour ahead."""
    clock_ahead()
    server._seconds_left = lambda headers, *_: int(headers[wire.DEADLINE]) / 1000 - time.time()


def _shift_clock(seconds: Callable[[], float]) -> None:
    real = time.time

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=seconds())

    time.time = lambda: real() + seconds()
    clock.datetime = Shifted  # type: ignore[misc]


def unreadable_stops_the_queue() -> None:
    """What cannot be read is given back to the broker, as nameko's ``requeue_on_error`` does."""

    def give_back(*_: Any) -> None:
        raise RuntimeError("unreadable")

    worker.Inbox._park_unreadable = give_back  # type: ignore[method-assign]


def no_transaction_key() -> None:
    """Payment counts money again when a transaction that it has recorded is reported again."""
    from payment.settlement import handlers

    original = handlers.record_money

    def record_money(session: Any, report: Any, settles: Any) -> Any:
        again = dataclasses.replace(report, transaction_id=f"{report.transaction_id}/{new_id('x')}")
        return original(session, report, settles) or original(session, again, settles)

    handlers.record_money = record_money


CRASHES: dict[str, Callable[[], None]] = {
    function.__name__: function
    for function in (
        publish_after_commit,
        mark_before_publish,
        ack_before_store,
        no_inbox_key,
        mark_apart_from_effect,
        no_request_memory,
    )
}
"""What the scenarios of ``test_crashes`` must catch, each; the others are named where they are caught."""
