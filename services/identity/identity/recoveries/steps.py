"""The steps of a recovery: the one place that writes its state, and what several rooms of it share."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork

from identity.messages import notices
from identity.recoveries import model
from identity.recoveries.model import Action
from identity.recoveries.store import Recovery
from identity.sealing import vault
from identity.staff import store as staff

_OBJECTION = "recovery-objection"


def act(uow: UnitOfWork, recovery: Recovery, action: Action) -> None:
    """Writes the state after ``action``, with the audit. Problem ``recovery_decided`` when it does not fit."""
    before: Any = recovery.state
    after = model.TRANSITIONS.get((before, action))
    if after is None:
        raise Problem("recovery_decided")
    recovery.state = after
    if after not in model.UNDER_WAY:
        recovery.ended_at = uow.now()
    uow.session.add(recovery)
    uow.session.flush()
    facts = {"outcome": recovery.outcome, "account_id": recovery.account_id}
    uow.audit(f"recovery.{action}", subject=recovery.recovery_id, **facts)


def objection_code(uow: UnitOfWork, recovery_id: str) -> str:
    """The code that stops this change; kept nowhere, made again when it comes back."""
    return model.code_of(vault(uow.settings).index(_OBJECTION, recovery_id))


def tell_office(uow: UnitOfWork, recovery: Recovery, template: str, what: str) -> None:
    """Everybody of customer service, once for each ``what``."""
    for member in staff.holding(uow.session, "customer_service"):
        event_id = f"{recovery.recovery_id}:{what}:{member.account_id}"
        params: dict[str, Any] = {"receipt": recovery.receipt, "due_on": recovery.due_on}
        notices.notify(uow, member, template, event_id, params)
