"""What senior examiners do: the list of requests, and granting or refusing one with a reason."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.expedite import DecideExpedite, ExpediteList, ExpediteView, ListExpedites
from contracts.paging import QueueTotals

from filing.cases.store import find_cases, lock_case
from filing.expedite import model
from filing.expedite.following import advance
from filing.expedite.store import counts, find_expedite, listed, oldest_request
from filing.expedite.views import examines, view_expedite


def list_expedites(request: ListExpedites, uow: UnitOfWork) -> ExpediteList:
    """A queue of requests. Problem ``request_invalid`` for a cursor that is none."""
    rows = listed(uow.session, request.queue, after_moment(request.cursor), request.limit + 1)
    page = rows[: request.limit]
    cases = find_cases(uow.session, {row.case_id for row in page})
    return ExpediteList(
        items=[view_expedite(row, cases[row.case_id], uow) for row in page],
        next_cursor=cursor(page[-1].asked_at, page[-1].id) if len(rows) > request.limit else None,
        counts=counts(uow.session),
    )


def total_expedites(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """How many wait for a decision, and how long the oldest has."""
    since = oldest_request(uow.session)
    waiting = counts(uow.session)["requested"]
    return QueueTotals(on=uow.today(), count=waiting, late=0, since=legal_date(since) if since else None)


def decide_expedite(request: DecideExpedite, uow: UnitOfWork) -> ExpediteView:
    """Grants or refuses a request, with a reason; who has the case claimed does not.

    Errors: ``expedite_unknown``, ``expedite_own_case``, ``action_not_allowed``; ``request_invalid`` without a reason.
    """
    found = find_expedite(uow.session, request.expedite_id)
    if found is None:
        raise Problem("expedite_unknown")
    case = lock_case(uow.session, found.case_id)
    row = find_expedite(uow.session, found.id) or found
    if examines(case, uow):
        raise Problem("expedite_own_case")
    missing = [name for name, value in (("answer", request.answer.strip()), ("because", request.because)) if not value]
    if "answer" in missing or (request.step == "refuse" and missing):
        raise Problem("request_invalid", errors=[FieldError(missing[0], "missing")])
    model.next_state(row.state, request.step)
    row.decided_by, row.decided_at, row.answer = uow.actor.signed_in_as, uow.legal_now(), request.answer.strip()
    if request.step == "grant":
        row.pay_by = model.pay_by(uow.today(), row.pay_working_days)
    else:
        row.refused_because = request.because
    advance(uow, case, row, request.step, note=row.answer)
    return view_expedite(row, case, uow)
