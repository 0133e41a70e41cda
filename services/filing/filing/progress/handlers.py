"""登记进度查询: by acceptance or serial number, without signing in, masked."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.filing import GetProgress, Progress

from filing.cases.model import nodes
from filing.cases.store import find_by_number, history
from filing.cases.views import happenings
from filing.clocks.effects import view_deadlines
from filing.numbers.model import respelled
from filing.progress.model import masked_title

_SHOWN = ("acceptance", "examination", "correction")


def progress(request: GetProgress, uow: UnitOfWork) -> Progress:
    """Nodes and dates of a case; numbers are case-sensitive as on the notice.

    Error ``number_unknown`` with ``hints``, most likely first: ``letter_case`` (with ``suggestion``, a number that
    exists), ``not_yet_updated``, ``old_system``, ``customer_service``.
    """
    case = find_by_number(uow.session, request.number)
    if case is None:
        raise _unknown(request.number, uow)
    return Progress.model_validate(
        {
            "number": request.number,
            "kind": case.kind,
            "state": case.state,
            "title": masked_title(case.title),
            "nodes": nodes(case.status, happenings(list(history(uow.session, case.id)))),
            "deadlines": [
                deadline
                for deadline in view_deadlines(uow.session, case.id, uow.today(), request.language)
                if deadline.kind in _SHOWN
            ],
            "updated_at": case.updated_at,
        }
    )


def _unknown(number: str, uow: UnitOfWork) -> Problem:
    hints = ["not_yet_updated", "old_system", "customer_service"]
    candidate = respelled(number)
    if candidate and candidate != number and find_by_number(uow.session, candidate):
        return Problem("number_unknown", hints=",".join(["letter_case", *hints]), suggestion=candidate)
    return Problem("number_unknown", hints=",".join(hints))
