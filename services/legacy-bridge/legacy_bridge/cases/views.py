"""Old cases as callers see them, and who may see them."""

from __future__ import annotations

from datetime import date

from chassis.access import is_self, may
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.legacy.cases import (
    LegacyAction,
    LegacyCaseView,
    LegacyEntry,
    LegacyFile,
    LegacyItem,
    LegacyProgress,
    LegacyRefusal,
    LegacyStep,
)
from contracts.objects import ObjectRef

from legacy_bridge.cases import papers, store
from legacy_bridge.cases.model import (
    CLOCK_OF,
    ENDED,
    INSIDE,
    Refusal,
    actions_in,
    is_overdue,
    masked_title,
    office_actions,
    owed,
)
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.cases.store import LegacyCase, LegacyFileRow

OFFICE = frozenset({"examiner", "senior_examiner"})
"""Staff who go on with old cases."""


def readable(uow: UnitOfWork, case_id: str, *, lock: bool = False) -> tuple[LegacyCase, str]:
    """A case and its account, if the actor may see it. Problem ``legacy_case_unknown``, also for somebody else's."""
    found = store.get(uow.session, case_id, lock=lock)
    if found is None or not may(uow.actor, found[1], "read", office=OFFICE):
        raise Problem("legacy_case_unknown")
    return found


def view_item(case: LegacyCase, account_id: str, today: date) -> LegacyItem:
    """A line of a list."""
    return LegacyItem.model_validate(_facts(case, account_id, today))


def view(case: LegacyCase, account_id: str, uow: UnitOfWork) -> LegacyCaseView:
    """All of it. Where the old papers lie is the office's to know."""
    today, by_office = uow.today(), uow.actor.is_staff
    clock = CLOCK_OF.get(case.stands)
    period = f"{case.kind}_{clock}" if clock == "examination" else clock
    history = store.history(uow.session, case.record_id)
    answers = store.answered(case, history)
    return LegacyCaseView.model_validate(
        {
            **_facts(case, account_id, today),
            "accepted_on": case.accepted_on,
            "correction": store.asked(case, history),
            "old_correction": case.correction,
            "scans": case.scans if by_office else "",
            "fee_fen": case.fee_fen,
            "paid_fen": _paid(case),
            "fee_due_fen": owed(case.fee_fen, case.paid_fen) if case.stands == "fee_due" else 0,
            "legal_basis": policy_of(case.filed_on).legal_basis[period] if period else {},
            "actions": _actions(case, uow.actor),
            "refusal": _refusal(case) if by_office else None,
            "version": case.version if by_office else 0,
            "particulars": LegacyEntry.model_validate(case.particulars) if case.particulars else None,
            "old_title": case.title if case.called != case.title else "",
            "old_category": (case.category or None) if case.classed != case.category else None,
            "registration_number": case.registration_number,
            "document_id": case.document_id,
            "papers": [_paper(each) for each in papers.of_case(uow.session, case.record_id)],
            "history": [
                LegacyStep(
                    action=each.action,
                    state=each.to_state,
                    at=each.at,
                    by_office=each.by_office,
                    actor=each.actor if by_office and each.by_office else "",
                    text=each.text,
                    asked=answers.get(each.id, ""),
                    files=[LegacyFile.model_validate(file) for file in each.files],
                )
                for each in history
                if by_office or each.action not in INSIDE
            ],
        }
    )


def thought_of(case: LegacyCase, actor: Actor) -> Refusal:
    """What there is of a refusal, for one examiner."""
    return Refusal(
        proposed=case.proposed_by is not None,
        mine=is_self(actor, case.proposed_by),
        opposed_by_me=is_self(actor, case.opposed_by),
    )


def _actions(case: LegacyCase, actor: Actor) -> list[LegacyAction]:
    stated = case.particulars is not None
    if actor.is_staff:
        return office_actions(case.stands, thought_of(case, actor), stated=stated)
    return actions_in(case.stands, "applicant", stated=stated)


def _refusal(case: LegacyCase) -> LegacyRefusal | None:
    """None where nobody has thought of one, or it is decided."""
    if case.stands in ENDED or not (case.proposed_by or case.opposed_by):
        return None
    return LegacyRefusal(
        proposed_by=case.proposed_by,
        reason=case.proposed_reason or "",
        opposed_by=case.opposed_by,
        opposed_reason=case.opposed_reason or "",
    )


def _paid(case: LegacyCase) -> int | None:
    """All that has come, there and here; None where the old system recorded nothing and nothing was paid since."""
    return (case.paid_fen or 0) + case.received_fen if case.received_fen else case.paid_fen


def _paper(row: LegacyFileRow) -> LegacyFile:
    ref = ObjectRef(sha256=row.sha256, size=row.size)
    return LegacyFile(file_id=row.file_id, file_name=row.file_name, object=ref)


def _facts(case: LegacyCase, account_id: str, today: date) -> dict[str, object]:
    return {
        "case_id": case.record_id,
        "serial_number": case.serial_number,
        "acceptance_number": case.acceptance_number,
        "title": case.called,
        "kind": case.kind,
        "category": case.classed or None,
        "state": case.stands,
        "filed_on": case.filed_on,
        "due_on": case.due_until if case.stands in CLOCK_OF else None,
        "overdue": is_overdue(case.stands, case.due_until, today),
        "linked": bool(account_id),
    }


def view_progress(case: LegacyCase, number: str) -> LegacyProgress:
    """What anybody may know, by a number of the case."""
    return LegacyProgress(
        number=number,
        kind=case.nature,
        title=masked_title(case.called),
        state=case.stands,
        filed_on=case.filed_on,
        due_on=case.due_until if case.stands in CLOCK_OF else None,
        registration_number=case.registration_number,
    )
