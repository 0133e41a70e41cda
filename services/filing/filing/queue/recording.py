"""Writing the record: in the transaction that changes the queue."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chassis.uow import UnitOfWork

from filing.clocks.store import latest
from filing.queue.model import RULE, Event, due_day
from filing.queue.store import QueueEntryRow


class Placed(Protocol):
    """A case as far as its place goes."""

    @property
    def id(self) -> str: ...
    @property
    def expedite_due_on(self) -> date | None: ...


def record(uow: UnitOfWork, case: Placed, event: Event, *, reason: str = "", ahead: int | None = None) -> None:
    """Appends what happens to a locked case in the queue."""
    law = latest(uow.session, case.id, "examination") if event == "moved" else None
    due = due_day(law.due_on if law else None, case.expedite_due_on) if law or case.expedite_due_on else None
    uow.session.add(
        QueueEntryRow(
            case_id=case.id,
            request_id=uow.request_id,
            event=event,
            at=uow.legal_now(),
            actor=uow.actor.subject,
            reason=reason,
            due_on=due,
            ahead=ahead,
            rule=RULE,
        )
    )
