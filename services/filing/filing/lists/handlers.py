"""My cases, page by page."""

from __future__ import annotations

from chassis.access import acting_for
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationList, ListApplications

from filing.lists.store import cases_of, counts_of
from filing.views.application import summary


def list_applications(request: ListApplications, uow: UnitOfWork) -> ApplicationList:
    """The actor's own cases, newest first. The cursor is the last id of the page before."""
    account = acting_for(uow.actor, "read")
    rows = cases_of(uow.session, account, request, request.limit + 1)
    page = rows[: request.limit]
    return ApplicationList(
        items=[summary(case) for case in page],
        next_cursor=page[-1].id if len(rows) > request.limit else None,
        counts=counts_of(uow.session, account, request) if request.counts else {},
    )
