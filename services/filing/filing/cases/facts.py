"""What every event of a case says."""

from __future__ import annotations

from typing import Any, Protocol

from chassis.clock import legal_date
from contracts.filing import FeePaid
from contracts.objects import DocumentRef

from filing.cases.model import waiting_for
from filing.cases.store import Case
from filing.forms.applicant import Applicant
from filing.types import TYPES


class Issued(Protocol):
    """A document as the list of its case has it."""

    @property
    def ref(self) -> DocumentRef: ...


def case_facts(case: Case, *documents: Issued) -> dict[str, Any]:
    """The common part of the events of a submitted case; ``documents`` are those issued with the event."""
    return {
        "application_id": case.id,
        "account_id": case.account_id,
        "kind": TYPES[case.type].kind,
        "type": case.type,
        "form_code": case.form_code,
        "title": case.title,
        "serial_number": case.serial_number,
        "acceptance_number": case.acceptance_number,
        "documents": [document.ref for document in documents],
    }


def fee_paid(case: Case) -> FeePaid | None:
    """What was paid for a case, and whether it is earned: a case that was accepted keeps its fee (办法 art. 32)."""
    if case.order_state != "paid" or not case.order_amount:
        return None
    return FeePaid(amount=case.order_amount, accepted_on=legal_date(case.accepted_at) if case.accepted_at else None)


def filed_by(case: Case) -> Applicant:
    """The identity under which a case was filed, whatever was verified later."""
    if case.applicant is None:
        raise LookupError(f"case {case.id} was never submitted")
    return Applicant(**case.applicant)


def applicant_name(case: Case) -> str:
    """Who filed, as verified on that day; empty while it is a draft."""
    return str((case.applicant or {}).get("name", ""))


def waiting(case: Case) -> str:
    """Who must act next, as every list and page says it; empty when nobody must."""
    return waiting_for(
        case.status,
        order_state=case.order_state,
        paper_awaited=case.paper_awaited,
        accepted=case.accepted_at is not None,
    )
