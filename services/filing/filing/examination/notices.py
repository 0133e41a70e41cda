"""What the notices of an examination say."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork

from filing.cases.facts import applicant_name
from filing.cases.store import Case
from filing.clocks.store import DeadlineRow
from filing.documents.issue import kind_words, progress_address
from filing.forms.pinned import policy_of
from filing.forms.policy import policies
from filing.rounds.store import CorrectionRow
from filing.types.labels import label_of


def letter(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """What every notice to the applicant says; 办理人 is who has just decided."""
    return {
        "acceptance_number": case.acceptance_number,
        "serial_number": case.serial_number,
        "kind": kind_words(case, policy_of(case, uow.today())),
        "applicant": applicant_name(case),
        "qr": progress_address(uow, case.acceptance_number or ""),
        "contact_phone": policies().office.phone,
        "handler": uow.actor.name or None,
    }


def correction_notice(
    uow: UnitOfWork, case: Case, correction: CorrectionRow, deadline: DeadlineRow, files: dict[str, str]
) -> dict[str, Any]:
    """Each defect where it is, in the words of the office."""
    return {
        **letter(uow, case),
        "round": correction.round,
        "defects": [
            {"target": files.get(defect.target) or label_of(case.type, defect.target, "zh"), "message": defect.message}
            | ({"page": defect.page} if defect.page else {})
            for defect in correction.defects
        ],
        "due_on": correction.due_on.isoformat(),
        "period": f"{policy_of(case, uow.today()).correction_days}日",
        "basis": deadline.legal_basis["zh"],
    }
