"""Old cases that were completed at 旧系统入口 are entered into the register, in the old system's series."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.legacy.cases import LegacyCaseApproved

from archive.dossier.handlers import record_event
from archive.legacy.model import particulars_of
from archive.register.handlers import Source, enter
from archive.register.kinds import KINDS


def enter_completed(approved: LegacyCaseApproved, uow: UnitOfWork) -> None:
    """Gives the number and queues the certificate, in one transaction with the dossier's entry.

    Heard twice, it is entered once; and no series has a gap, whoever dies on the way.
    """
    record_event(approved, uow)
    source = Source(
        decided_at=approved.decided_at,
        decided_by=approved.decided_by,
        application_id=approved.application_id,
        serial_number=approved.serial_number,
        acceptance_number=approved.acceptance_number or None,
    )
    series = KINDS[approved.kind].old_numbers
    enter(approved.application_id, approved.account_id, series, lambda: (particulars_of(approved), source), uow)
