"""What the owner of an old case is told of it: one event, from which identity writes its messages."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.legacy.cases import LegacyCaseAdvanced, LegacyState
from contracts.legacy_bridge import LEGACY_CASE_ADVANCED

from legacy_bridge.cases.model import CLOCK_OF, owed
from legacy_bridge.cases.store import LegacyCase


def tell(
    case: LegacyCase, account_id: str, previous: LegacyState, uow: UnitOfWork, *, text: str = "", ending: bool = False
) -> None:
    """Says where the case stands now. Nobody is told while its old account has not come: they see it when they do."""
    if not account_id:
        return
    uow.emit(
        LEGACY_CASE_ADVANCED,
        LegacyCaseAdvanced(
            application_id=case.record_id,
            account_id=account_id,
            title=case.called,
            serial_number=case.serial_number,
            acceptance_number=case.acceptance_number,
            state=case.stands,
            previous=previous,
            ending=ending,
            due_on=case.due_until if case.stands in CLOCK_OF else None,
            text=text,
            amount=owed(case.fee_fen, case.paid_fen) if case.stands == "fee_due" else 0,
            registration_number=case.registration_number,
            advanced_at=uow.legal_now(),
        ),
    )
