"""撤回: the applicant takes an application back before it is decided."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import APPLICATION_WITHDRAWN, ApplicationView, ApplicationWithdrawn, WithdrawApplication

from filing.cases.access import own_case
from filing.cases.facts import case_facts, fee_paid
from filing.cases.lifecycle import move
from filing.rounds.store import open_correction
from filing.views.application import view_application


def withdraw_application(request: WithdrawApplication, uow: UnitOfWork) -> ApplicationView:
    """Ends a case at its owner's wish.

    Errors: ``application_unknown``, ``action_not_allowed`` for a draft and for a case that is decided or has ended.
    """
    case = own_case(uow, request.application_id)
    correction = open_correction(uow.session, case.id)
    move(uow, case, "withdraw", note=request.reason, reason=request.reason)
    if correction is not None:
        correction.closed_at = uow.legal_now()
    uow.emit(
        APPLICATION_WITHDRAWN,
        ApplicationWithdrawn(
            **case_facts(case), fee=fee_paid(case), withdrawn_at=case.updated_at, reason=request.reason
        ),
    )
    return view_application(uow, case)
