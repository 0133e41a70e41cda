"""My cases, page by page."""

from __future__ import annotations

from chassis.access import acting_for
from chassis.uow import UnitOfWork
from contracts.filing import ApplicationList, FindCases, FoundCase, FoundCases, ListApplications

from filing.lists.store import cases_of, counts_of, filed_by_number
from filing.types import TYPES
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


def find_cases(request: FindCases, uow: UnitOfWork) -> FoundCases:
    """Filed cases that a number belongs to, for who takes their money; a draft is its owner's alone."""
    return FoundCases(
        items=[
            FoundCase(
                application_id=case.id,
                kind=TYPES[case.type].kind,
                title=case.title,
                state=case.status,
                serial_number=case.serial_number or "",
                acceptance_number=case.acceptance_number,
                batch_id=case.batch_id,
            )
            for case in filed_by_number(uow.session, request.number.strip())
        ]
    )
