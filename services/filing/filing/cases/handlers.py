"""Reading cases."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import ApplicationList, ApplicationRef, ApplicationView, ListApplications

from filing.cases.access import readable_case
from filing.cases.store import cases_of
from filing.cases.views import summary, view_application


def get_application(request: ApplicationRef, uow: UnitOfWork) -> ApplicationView:
    """Errors: ``application_unknown``, ``forbidden``."""
    return view_application(uow, readable_case(uow, request.application_id), request.language)


def list_applications(request: ListApplications, uow: UnitOfWork) -> ApplicationList:
    """The actor's own cases, newest first. The cursor is the last id of the page before."""
    rows = cases_of(
        uow.session, uow.actor.account_id, state=request.state, before=request.cursor, limit=request.limit + 1
    )
    page = rows[: request.limit]
    return ApplicationList(
        items=[summary(case) for case in page],
        next_cursor=page[-1].id if len(rows) > request.limit else None,
    )
