"""Reading a case, and answering with a case what changed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chassis.uow import UnitOfWork
from contracts.filing import ApplicationRef, ApplicationView

from filing.cases.access import readable_case
from filing.cases.store import Case
from filing.views.application import view_application

Request = TypeVar("Request")


def shown(change: Callable[[Request, UnitOfWork], Case]) -> Callable[[Request, UnitOfWork], ApplicationView]:
    """A command of a room below, answered with the whole case as the change leaves it."""

    def answer(request: Request, uow: UnitOfWork) -> ApplicationView:
        return view_application(uow, change(request, uow))

    return answer


def get_application(request: ApplicationRef, uow: UnitOfWork) -> ApplicationView:
    """Errors: ``application_unknown``, ``forbidden``."""
    return view_application(uow, readable_case(uow, request.application_id), request.language)
