"""Reading cases."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import ApplicationRef, ApplicationView

from filing.cases.access import readable_case
from filing.cases.views import view_application


def get_application(request: ApplicationRef, uow: UnitOfWork) -> ApplicationView:
    """Errors: ``application_unknown``, ``forbidden``."""
    return view_application(uow, readable_case(uow, request.application_id), request.language)
