"""The one function that writes a case's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chassis.uow import UnitOfWork
from contracts.filing import MOVED_CASE_USED, MovedCaseUsed

from filing.cases.model import ENDED, Action, step
from filing.cases.store import ActionRow, Case
from filing.clocks.effects import change
from filing.clocks.model import ClockKind
from filing.expedite.following import follow
from filing.queue.model import event_of
from filing.queue.recording import record as put_down
from filing.types import TYPES


def move(
    uow: UnitOfWork,
    case: Case,
    action: Action,
    *,
    note: str = "",
    since: Mapping[ClockKind, date] | None = None,
    ahead: int | None = None,
    **facts: Any,
) -> None:
    """Takes an action on a locked case: guards, state, ``facts`` (columns), history, clocks, the record of the
    queue and audit, at once. ``ahead``: of a claim, how many it passes over.

    Problems: ``action_not_allowed``, and those of the transition's guards.
    """
    transition = step(case.status, action)
    for guard in transition.guards:
        guard(case, uow.actor.subject)
    now, before = uow.legal_now(), case.state
    case.state = transition.to
    case.version += 1
    case.updated_at = now
    for column, value in facts.items():
        setattr(case, column, value)
    if case.state in ENDED:
        case.form = TYPES[case.type].fields.lasting(case.form)
    record(uow, case, action, before, note)
    if case.move_id is not None and uow.actor.by == "applicant":
        used = MovedCaseUsed(application_id=case.id, move_id=case.move_id, used_at=uow.now())
        uow.emit(MOVED_CASE_USED, used)
    for effect, kind in transition.clocks:
        change(uow.session, case, effect, kind, uow.today(), since)
    follow(uow, case, action)
    event = event_of(action, before, case.state, paper_awaited=case.paper_awaited)
    if event is not None:
        put_down(uow, case, event, reason=note, ahead=ahead)


def record(uow: UnitOfWork, case: Case, action: Action, before: str, note: str = "") -> None:
    """Appends to the case's history and to the audit log."""
    uow.session.add(
        ActionRow(
            case_id=case.id,
            request_id=uow.request_id,
            action=action,
            at=case.updated_at,
            by=uow.actor.by,
            actor=uow.actor.subject,
            from_state=before,
            to_state=case.state,
            note=note,
        )
    )
    uow.audit(f"application.{action}", subject=case.id, state=case.state)
