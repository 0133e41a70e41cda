"""纸质材料: intake scans the barcode of the cover sheet."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.examination import PaperReceipt, ReceivePaper
from contracts.filing import PAPER_RECEIVED, PaperReceived

from filing.cases.facts import case_facts
from filing.cases.lifecycle import move
from filing.cases.store import lock_by_serial_number
from filing.numbers.model import respelled


def receive_paper(request: ReceivePaper, uow: UnitOfWork) -> PaperReceipt:
    """Notes that the paper of a case has come, before or after acceptance; a second scan says so and changes nothing.

    Errors: ``serial_number_unknown``, ``paper_not_required``, ``action_not_allowed`` for a case that has ended.
    """
    case = lock_by_serial_number(uow.session, respelled(request.serial_number) or request.serial_number)
    if case is None:
        raise Problem("serial_number_unknown", serial_number=request.serial_number)
    if not case.paper_required:
        raise Problem("paper_not_required")
    already = case.paper_received_at is not None
    if not already:
        received_at, clerk = uow.legal_now(), uow.actor.subject
        move(uow, case, "receive_paper", paper_received_at=received_at, paper_received_by=clerk)
        uow.emit(PAPER_RECEIVED, PaperReceived(**case_facts(case), received_at=received_at, received_by=clerk))
    return PaperReceipt.model_validate(
        {
            "application_id": case.id,
            "serial_number": case.serial_number,
            "title": case.title,
            "received_at": case.paper_received_at,
            "already": already,
        }
    )
