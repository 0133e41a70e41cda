"""The unit of work: state, actions, audit and events become true together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, LiteralString, Protocol

from contracts.base import EventType, Model
from contracts.envelope import Envelope
from contracts.objects import UploadReceipt
from sqlalchemy.orm import Session

from chassis import clock, receipts
from chassis.access import left_by, may
from chassis.actor import Actor
from chassis.errors import Param, Problem
from chassis.failpoints import failpoint
from chassis.outbox.record import UnitRecord, record
from chassis.outbox.store import PendingEvent
from chassis.telemetry import current_traceparent

if TYPE_CHECKING:
    from chassis.objects import ObjectStore
    from chassis.sealing import Sealing
    from chassis.settings import Settings
    from chassis.tokens import TokenSigner, Trust


class Means(Protocol):
    """What a unit of work has from the process it runs in (:class:`chassis.runtime.Runtime`)."""

    @property
    def settings(self) -> Settings: ...
    @property
    def sessions(self) -> Callable[[], Session]: ...
    @property
    def reading_sessions(self) -> Callable[[], Session]: ...
    @property
    def objects(self) -> ObjectStore: ...
    @property
    def sealed_objects(self) -> ObjectStore: ...
    @property
    def signer(self) -> TokenSigner: ...
    @property
    def sealing(self) -> Sealing: ...
    @property
    def trust(self) -> Trust: ...
    def store_of(self, space: str) -> ObjectStore: ...
    def ask(self, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]: ...


class UnitOfWork:
    """One transaction of one service on behalf of one actor. Handlers get it; the chassis commits it."""

    def __init__(
        self,
        means: Means,
        actor: Actor,
        request_id: str,
        event: Envelope | None = None,
        *,
        reading: bool = False,
    ) -> None:
        self._means = means
        self._reading = reading
        self.actor = actor
        self.request_id = request_id
        self.event = event
        self.keep_on_problem = False
        self._events: list[PendingEvent] = []
        self._audit: list[dict[str, Any]] = []
        self._answer: Mapping[str, Any] | None = None
        self._channels: set[str] = set()
        self._offset: int | None = None

    @property
    def settings(self) -> Settings:
        return self._means.settings

    @cached_property
    def session(self) -> Session:
        """The unit's transaction; opened when it is first asked for."""
        return (self._means.reading_sessions if self._reading else self._means.sessions)()

    def close(self) -> None:
        """Rolls back what was not committed and gives the connection back."""
        if "session" in self.__dict__:
            self.session.close()

    @property
    def objects(self) -> ObjectStore:
        return self._means.objects

    @property
    def sealed_objects(self) -> ObjectStore:
        """What was sealed for identity on arrival."""
        return self._means.sealed_objects

    def store_of(self, space: str) -> ObjectStore:
        """The part of the object store by its name."""
        return self._means.store_of(space)

    def ask(self, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]:
        """Rows of one statement outside this unit's transaction (see ``Runtime.ask``)."""
        return self._means.ask(statement, parameters)

    @property
    def signer(self) -> TokenSigner:
        """Signs tokens as this service."""
        return self._means.signer

    @property
    def sealing(self) -> Sealing:
        return self._means.sealing

    @property
    def trust(self) -> Trust:
        return self._means.trust

    def now(self) -> datetime:
        """Real time, UTC."""
        return clock.utc_now()

    def legal_now(self) -> datetime:
        """UTC time of the legal clock (moved in the sandbox only)."""
        if self._offset is None:
            self._offset = clock.offset_days(self.session)
        return clock.utc_now() + timedelta(days=self._offset)

    def today(self) -> date:
        """The legal date in Asia/Shanghai."""
        return clock.legal_date(self.legal_now())

    def emit(self, event: EventType[Any], data: Model) -> None:
        """Says that something happened; published after the commit, at least once, in order per subject."""
        if event.source != self.settings.service or not isinstance(data, event.data):
            raise TypeError(f"{self.settings.service} cannot say {event.type} with {type(data).__name__}")
        self._events.append(PendingEvent(event, data))

    def audit(self, action: str, *, subject: str, **facts: Param | None) -> None:
        """Appends to the audit log: who did what to which subject, and for which party."""
        self._audit.append({"action": action, "subject": subject, "facts": facts})

    def answer(self, kept: Mapping[str, Any]) -> None:
        """Remembers the reply to this unit's request (``Asked.keep``), to be given again when it comes again."""
        self._answer = kept

    def notify(self, channel: str) -> None:
        """Wakes the workers that listen on this channel, once the transaction is committed."""
        self._channels.add(channel)

    def keep(self) -> None:
        """What was changed so far stays even if the handler now raises a Problem (counted attempts, locks)."""
        self.keep_on_problem = True

    def receipt(self, token: str, *, sign_up: str = "", sealed: bool = False) -> UploadReceipt:
        """The upload receipt in ``token``: signed by the gateway, unexpired, and of this actor's party or sign-up.

        ``sealed``: of an upload that was sealed for identity, instead of one in the common space.
        Raises Problem ``receipt_invalid``.
        """
        try:
            receipt = receipts.verify(token, self.trust)
        except receipts.ReceiptInvalid as error:
            raise Problem("receipt_invalid") from error
        owner = receipt.account
        theirs = may(self.actor, owner, "file") if self.actor.party else left_by(sign_up, owner)
        if not theirs or (receipt.sealed is not None) is not sealed:
            raise Problem("receipt_invalid")
        return receipt

    def finish(self) -> None:
        """Writes audit and events, then commits; what asked nothing of its transaction has nothing to commit."""
        opened = "session" in self.__dict__
        left = self._audit or self._events or self._channels
        if not left and (not opened or (self._reading and not _changed(self.session))):
            return
        self.session.flush()
        record(
            self.session,
            UnitRecord(
                actor=self.actor.subject,
                party=self.actor.party,
                request_id=self.request_id,
                traceparent=current_traceparent(),
                audit=self._audit,
                answer=self._answer,
                events=self._events,
                channels=sorted(self._channels),
            ),
        )
        failpoint("uow.before_commit")
        self.session.commit()
        failpoint("uow.after_commit")


def _changed(session: Session) -> bool:
    return bool(session.new or session.dirty or session.deleted)


@contextmanager
def unit_of_work(
    means: Means, actor: Actor, request_id: str, event: Envelope | None = None, *, reading: bool = False
) -> Iterator[UnitOfWork]:
    """Opens a unit of work; commits at the end, rolls back when the block raises (see ``UnitOfWork.keep``).

    ``reading``: for a query, whose statements need no transaction around them.
    """
    uow = UnitOfWork(means, actor, request_id, event, reading=reading)
    try:
        try:
            yield uow
        except Problem:
            if uow.keep_on_problem:
                uow.finish()
            raise
        uow.finish()
    finally:
        uow.close()
