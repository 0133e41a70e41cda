"""What happens when a legal period runs out. Each sweeper claims cases that no other replica holds."""

from __future__ import annotations

from typing import Literal

from chassis.uow import UnitOfWork
from contracts.filing import APPLICATION_LAPSED, ApplicationLapsed

from filing.cases.facts import case_facts, fee_paid
from filing.cases.lifecycle import move
from filing.cases.store import Case
from filing.clocks.effects import change
from filing.clocks.model import PAYMENT_GRACE
from filing.clocks.store import claim_overdue
from filing.overdue.store import claim_cases_with_overdue
from filing.rounds.store import open_correction

_BATCH = 20


def lapse_uncorrected(uow: UnitOfWork) -> int:
    """视为撤回: corrections that were not answered in time (F-12)."""
    cases = claim_cases_with_overdue(uow.session, "correction", uow.today(), _BATCH)
    for case in cases:
        _lapse(uow, case, "correction_not_answered")
    return len(cases)


def lapse_unpaid(uow: UnitOfWork) -> int:
    """视为撤回: fees that were not paid in time; payment cancels the order when it hears of it."""
    cases = claim_cases_with_overdue(uow.session, "payment", uow.today() - PAYMENT_GRACE, _BATCH)
    for case in cases:
        _lapse(uow, case, "fee_not_paid")
    return len(cases)


def note_missed_deadlines(uow: UnitOfWork) -> int:
    """The alarm for periods that the office or the post let pass: acceptance, examination, paper."""
    rows = claim_overdue(uow.session, ("acceptance", "examination", "paper"), uow.today(), _BATCH)
    for row in rows:
        row.state = "missed"
        uow.audit("deadline.missed", subject=row.case_id, kind=row.kind, due_on=row.due_on.isoformat())
    return len(rows)


def _lapse(uow: UnitOfWork, case: Case, reason: Literal["correction_not_answered", "fee_not_paid"]) -> None:
    expected = "awaiting_correction" if reason == "correction_not_answered" else "submitted"
    kind: Literal["correction", "payment"] = "correction" if reason == "correction_not_answered" else "payment"
    if case.state != expected:
        change(uow.session, case, "end", kind, uow.today())
        return
    correction = open_correction(uow.session, case.id)
    if correction is not None:
        correction.closed_at = uow.legal_now()
    move(uow, case, "lapse", note=reason, reason=reason)
    uow.emit(
        APPLICATION_LAPSED,
        ApplicationLapsed(**case_facts(case), fee=fee_paid(case), lapsed_on=uow.today(), reason=reason),
    )
