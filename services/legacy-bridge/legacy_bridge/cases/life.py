"""What happens to an old case: the one place where it goes from one state to the next, and the clocks with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.uow import UnitOfWork
from contracts.legacy.cases import LegacyAction, LegacyCaseEnded
from contracts.legacy_bridge import LEGACY_CASE_ENDED

from legacy_bridge.cases.model import INSIDE, SERVED, days_left, due_after, step
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.cases.store import LegacyActionRow, LegacyCase
from legacy_bridge.cases.telling import tell


def act(
    case: LegacyCase,
    account_id: str,
    action: LegacyAction,
    uow: UnitOfWork,
    *,
    note: str = "",
    files: Sequence[dict[str, Any]] = (),
) -> None:
    """Takes a locked case on. Problem ``action_not_allowed``. A period of an applicant who has not come yet does not
    begin. What the office does among itself is written down, and told to nobody."""
    before = case.stands
    after = step(before, action)
    uow.session.add(
        LegacyActionRow(
            record_id=case.record_id,
            action=action,
            from_state=before,
            to_state=after,
            actor=uow.actor.subject,
            by_office=uow.actor.is_staff,
            at=uow.legal_now(),
            text=note,
            files=list(files),
        )
    )
    uow.audit(f"legacy_case.{action}", subject=case.record_id, state=after)
    if action not in INSIDE:
        _move(case, account_id, action, uow)
        tell(case, account_id, before, uow, text=note if action in ("correct", "refuse") else "")
    uow.session.flush()
    if after in ("refused", "lapsed"):
        ended = LegacyCaseEnded(
            application_id=case.record_id,
            account_id=account_id,
            outcome=after,
            unpaid=before == "fee_due",
            ended_at=uow.legal_now(),
        )
        uow.emit(LEGACY_CASE_ENDED, ended)


def _move(case: LegacyCase, account_id: str, action: LegacyAction, uow: UnitOfWork) -> None:
    """The state, and the clocks with it; a refusal that somebody had thought of is decided, or overtaken."""
    today, left, after = uow.today(), case.days_left, step(case.stands, action)
    if action == "correct":
        case.days_left = days_left(case.due_until, today) if case.due_until else None
    if action == "answer":
        case.days_left = None
    case.stands, case.since = after, today
    case.due_until = due_after(after, action, case.nature, today, left, policy_of(case.filed_on))
    if after in SERVED and not account_id:
        case.due_until = None
    case.proposed_by = case.proposed_reason = None
    if action in ("correct", "refuse"):
        case.opposed_by = case.opposed_reason = None
    uow.session.flush()
