"""A request as its applicant and the senior examiners see it."""

from __future__ import annotations

from chassis.access import is_self, may
from chassis.uow import UnitOfWork
from contracts.expedite import EvidenceView, ExpediteView

from filing.cases.store import Case
from filing.expedite.store import EvidenceRow, ExpediteRow
from filing.prechecks.model import quarantined, scan_missing
from filing.types import TYPES


def view_expedite(row: ExpediteRow, case: Case, uow: UnitOfWork) -> ExpediteView:
    """With what the caller may do now."""
    return ExpediteView.model_validate(
        {
            "expedite_id": row.id,
            "application_id": case.id,
            "state": row.state,
            "tier": row.tier,
            "tier_zh": row.tier_zh,
            "tier_en": row.tier_en,
            "working_days": row.working_days,
            "because": row.because,
            "reason": row.reason,
            "evidence": [_evidence(file) for file in row.files],
            "asked_at": row.asked_at,
            "decided_at": row.decided_at,
            "refused_because": row.refused_because,
            "answer": row.answer if uow.actor.is_staff or row.state == "refused" else "",
            "pay_by": row.pay_by,
            "order_id": row.order_id,
            "amount": row.amount,
            "started_on": row.started_on,
            "due_on": row.due_on,
            "paused": row.paused_on is not None,
            "closed_on": row.closed_on,
            "title": case.title,
            "kind": TYPES[case.type].kind,
            "acceptance_number": case.acceptance_number,
            "case_state": case.state,
            "steps": _steps(row, case, uow),
        }
    )


def examines(case: Case, uow: UnitOfWork) -> bool:
    """Whether the caller has the case claimed: who examines it does not decide whether it is hurried."""
    return is_self(uow.actor, case.examiner_id, case.second_examiner_id)


def _steps(row: ExpediteRow, case: Case, uow: UnitOfWork) -> list[str]:
    if row.state != "requested":
        return []
    if "senior_examiner" in uow.actor.roles and not examines(case, uow):
        return ["grant", "refuse"]
    return ["withdraw"] if may(uow.actor, case.account_id, "file") else []


def _evidence(file: EvidenceRow) -> EvidenceView:
    findings = file.precheck.findings
    if quarantined(findings):
        state = "quarantined"
    elif file.precheck.state == "running":
        state = "checking"
    else:
        state = "unscanned" if scan_missing(findings) else "ready"
    facts = {"file_id": file.id, "file_name": file.file_name, "size": file.size, "state": state}
    return EvidenceView.model_validate(facts)
