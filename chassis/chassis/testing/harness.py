"""A service in the test's own process: real database and object store, the real command and inbox path, no broker."""

from __future__ import annotations

import importlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from contracts.base import EventType, Model, RpcMethod
from contracts.catalogue import EVENTS
from contracts.envelope import Envelope
from contracts.objects import ObjectRef, SealedUpload, UploadReceipt
from contracts.reading import read
from contracts.sandbox import ADVANCE_CLOCK, AdvanceClock
from sqlalchemy import select

from chassis.actor import ANONYMOUS, Actor, service_actor
from chassis.commands import execute_as
from chassis.ids import new_id
from chassis.inbox.worker import Inbox
from chassis.objects.sealing import SealingKey, put_sealed
from chassis.receipts import ReceiptSigner
from chassis.service import Service, methods, subscriptions, sweepers
from chassis.settings import Settings
from chassis.tables import InboxEvent, OutboxEvent
from chassis.testing.compiled import TestRuntime

ReplyT = TypeVar("ReplyT", bound=Model)

__all__ = ["Harness", "anonymous", "organisation", "person", "service_actor", "staff_actor"]


def person(account_id: str = "acc-person") -> Actor:
    """A natural person with this account, signed in."""
    return Actor(account_id, "natural_person", session_id="")


def organisation(account_id: str = "acc-organisation") -> Actor:
    """An organisation with this account, signed in."""
    return Actor(account_id, "organisation")


def staff_actor(*roles: str, id: str = "acc-staff") -> Actor:
    """A member of staff in these roles."""
    return Actor(id, "staff", frozenset(roles))


def anonymous() -> Actor:
    """A visitor."""
    return ANONYMOUS


class Harness:
    """Calls methods, delivers events, runs sweepers and workers of one service, and shows what it said."""

    def __init__(self, service: type[Service], settings: Settings, owner_url: str = "") -> None:
        self.service = service
        self._owner_url = owner_url
        self.runtime = TestRuntime(settings)
        self._methods = methods(service)
        self._inbox = Inbox(self.runtime, subscriptions(service))
        self._lock = threading.Lock()
        self._sequences: dict[tuple[str, str], int] = {}

    def call(
        self,
        method: RpcMethod[Any, ReplyT],
        request: Model,
        actor: Actor = ANONYMOUS,
        request_id: str | None = None,
    ) -> ReplyT:
        """The reply, through the same path as an RPC: access, de-duplication, transaction. Raises Problem."""
        contract, handler = self._methods[method.name]
        reply = execute_as(self.runtime, contract, handler, request.model_dump(mode="json"), actor, request_id)
        return read(method.reply, reply)

    def deliver(
        self,
        event: EventType[Any],
        data: Model,
        *,
        sequence: int | None = None,
        event_id: str | None = None,
        handle: bool = True,
    ) -> str:
        """Receives an event as from the broker and (``handle``) handles what is due; returns the event id.

        An event that ends up unhandled raises: AssertionError with the stored reason.
        """
        subject = str(getattr(data, event.subject))
        with self._lock:
            number = sequence or self._sequences.get((event.source, subject), 0) + 1
            self._sequences[event.source, subject] = max(number, self._sequences.get((event.source, subject), 0))
        envelope = Envelope(
            id=event_id or new_id("evt"),
            source=f"/{event.source}",
            type=event.type,
            subject=subject,
            time=datetime.now(UTC),
            dataschema=f"http://127.0.0.1:8000/api/v1/asyncapi.json#/components/schemas/{event.type}",
            sequence=number,
            actor=f"service:{event.source}",
            data=data.model_dump(mode="json"),
        )
        self._inbox.receive(f"on_{event.name}", envelope.model_dump_json().encode(), envelope.id)
        if handle:
            self.handle_events()
            with self.runtime.sessions() as session:
                row = session.execute(select(InboxEvent).where(InboxEvent.event_id == envelope.id)).scalar_one()
                assert row.done_at is not None, f"{event.name} was not handled: {row.error}"
        return envelope.id

    def hear(self, envelope: Envelope) -> None:
        """Receives an event that another service has said, as from the broker; ``handle_events`` handles it."""
        self._inbox.receive(f"on_{envelope.name}", envelope.model_dump_json().encode(), envelope.id)

    def handle_events(self) -> int:
        """Handles every inbox event that is due now."""
        count = 0
        while self._inbox.run_once():
            count += 1
        return count

    def events(self, event: EventType[Any] | None = None) -> list[Any]:
        """Data of what the service has said so far (of one type), in order."""
        with self.runtime.sessions() as session:
            rows = session.execute(select(OutboxEvent).order_by(OutboxEvent.id)).scalars().all()
        wanted = [row for row in rows if event is None or row.type == event.type]
        return [(event or EVENTS[row.type]).data.model_validate(row.data) for row in wanted]

    def advance(self, days: int) -> None:
        """Moves the legal clock."""
        name = self.runtime.settings.service
        self.call(ADVANCE_CLOCK[name], AdvanceClock(days=days), service_actor("gateway"))

    def sweep(self, name: str) -> int:
        """Runs one sweeper until it finds nothing more; returns how many rows it handled."""
        total = 0
        while True:
            with self.runtime.unit_of_work() as uow:
                done = sweepers(self.service)[name].handler(uow)
            total += done
            if not done:
                return total

    def run_worker(self) -> int:
        """Runs the service's worker until there is nothing to do; returns how many steps did something."""
        worker = importlib.import_module(f"{self.service.__module__.split('.')[0]}.worker").WORKER
        count = 0
        while any(hand.step(self.runtime) for hand in worker.hands):
            count += 1
        return count

    def uow(self, actor: Actor | None = None) -> Any:
        """A unit of work (context manager) of this service."""
        return self.runtime.unit_of_work(actor)

    def as_owner(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of a statement of the database's owner: for what no service may do to its own tables."""
        with psycopg.connect(self._owner_url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def receipt(self, account: str, data: bytes, file_name: str = "file.pdf") -> str:
        """Stores bytes as a finished upload of this account and returns the gateway's receipt for them."""
        return self._issue(account, self.runtime.objects.put_bytes(data), file_name)

    def sealed_receipt(self, account: str, data: bytes, file_name: str = "photo.jpg") -> str:
        """The same of bytes that the gateway has sealed for identity."""
        keys_dir = self.runtime.settings.keys_dir
        ref, sealed = put_sealed(SealingKey.load(keys_dir), self.runtime.sealed_objects, data)
        return self._issue(account, ref, file_name, sealed)

    def _issue(self, account: str, ref: ObjectRef, file_name: str, sealed: SealedUpload | None = None) -> str:
        receipt = UploadReceipt(
            upload_id=new_id("up"),
            account=account,
            object=ref,
            file_name=file_name,
            expires=datetime.now(UTC) + timedelta(hours=1),
            sealed=sealed,
        )
        return ReceiptSigner.from_keys_folder(self.runtime.settings.keys_dir).issue(receipt)

    def close(self) -> None:
        """Gives the database connections back."""
        self.runtime.close()


def settings_for(service: str, database_url: str, keys_dir: Path, objects: Path, profile: str = "sandbox") -> Settings:
    """Settings of a service under test."""
    return Settings(
        service=service,
        profile="sandbox" if profile == "sandbox" else "production",
        database_url=database_url,
        amqp_url="amqp://nowhere.invalid/",
        object_store_url=objects.as_uri(),
        keys_dir=keys_dir,
        public_url="http://127.0.0.1:8000",
        health_port=0,
        pki_dir=keys_dir / "pki",
        max_workers=16,
        log_level="INFO",
    )
