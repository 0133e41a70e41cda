"""A request follows its case: paused and resumed with it, kept, missed or ended. Its state is written here alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from chassis.clock import legal_date
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.expedite import EXPEDITE_ADVANCED, ExpediteAdvanced
from contracts.forms import FilingType

from filing.expedite import model
from filing.expedite.model import Step
from filing.expedite.store import ExpediteRow, ExpediteStepRow, find_expedite
from filing.types import TYPES

_log = logger("filing.expedite")


class Hurried(Protocol):
    """A case as far as its request looks at it. ``expedite_due_on``: the promised day."""

    @property
    def id(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def type(self) -> FilingType: ...
    @property
    def title(self) -> str: ...
    @property
    def serial_number(self) -> str | None: ...
    @property
    def acceptance_number(self) -> str | None: ...
    @property
    def applicant(self) -> dict[str, Any] | None: ...

    @property
    def paper_received_at(self) -> datetime | None: ...

    expedite_id: str | None
    expedite_due_on: date | None
    updated_at: datetime


def follow(uow: UnitOfWork, case: Hurried, action: str) -> None:
    """What an action on a locked case does to its request; of most cases there is none, and nobody is asked."""
    happening = model.ACTIONS.get(action)
    if case.expedite_id is None or happening is None:
        return
    row = find_expedite(uow.session, case.expedite_id)
    if row is None:
        raise LookupError(f"case {case.id} names a request that is not there")
    today = uow.today()
    step = model.step_for(happening, row, today)
    if step is not None:
        advance(uow, case, row, step)
    elif row.state == "active" and happening == "correction_awaited":
        model.pause(row, today)
    elif row.state == "active" and happening == "paper_taken_back":
        model.wait_again(row)
        case.expedite_due_on = row.due_on
    elif row.state == "active" and happening in ("correction_answered", "paper_received", "paper_redated"):
        if happening == "paper_redated":
            model.wait_again(row)
        paper = None if happening == "correction_answered" else case.paper_received_at
        model.resume(row, legal_date(paper) if paper else today)
        case.expedite_due_on = row.due_on


def advance(uow: UnitOfWork, case: Hurried, row: ExpediteRow, step: Step, note: str = "") -> None:
    """Takes a step of a request whose case is locked: state, history, audit, and that others hear of it.

    A promise that was missed still stands in the queue: its case is decided next, not last. Problem
    ``action_not_allowed``.
    """
    previous = row.state
    row.state = model.next_state(previous if step != "ask" else None, step)
    if row.state not in model.OPEN:
        row.closed_on = uow.today()
    if row.state == "ended":
        case.expedite_due_on = None
    uow.session.add(
        ExpediteStepRow(
            id=new_id("act"), expedite_id=row.id, step=step, at=uow.legal_now(), actor=uow.actor.subject, note=note
        )
    )
    uow.audit(f"expedite.{step}", subject=case.id, expedite=row.id, state=row.state, tier=row.tier)
    if step == "miss":
        _log.warning("expedite_missed", case=case.id, due_on=str(row.due_on))
    uow.emit(
        EXPEDITE_ADVANCED,
        ExpediteAdvanced(
            expedite_id=row.id,
            application_id=case.id,
            account_id=case.account_id,
            kind=TYPES[case.type].kind,
            title=case.title,
            serial_number=case.serial_number or "",
            acceptance_number=case.acceptance_number,
            applicant_name=str((case.applicant or {}).get("name", "")),
            tier=row.tier,
            tier_zh=row.tier_zh,
            tier_en=row.tier_en,
            working_days=row.working_days,
            tariff=row.tariff,
            previous=previous if step != "ask" else None,
            state=row.state,
            advanced_at=uow.legal_now(),
            pay_by=row.pay_by,
            due_on=row.due_on,
            paused=row.paused_on is not None,
            text=row.answer if row.state == "refused" else note if row.state == "lapsed" else "",
        ),
    )
