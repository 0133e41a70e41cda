"""登记进度查询: by acceptance or serial number, without signing in, masked."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.filing import GetManyProgress, GetProgress, ManyProgress, Progress
from contracts.text import respelled as misspelt

from chassis import clock
from filing.cases.model import nodes, waiting_for
from filing.cases.store import find_by_number
from filing.clocks.effects import view_deadlines
from filing.numbers.model import respelled
from filing.progress.model import masked_title
from filing.progress.store import PublicCase, by_numbers
from filing.types import TYPES

_SHOWN = ("acceptance", "examination", "correction")


def progress(request: GetProgress, uow: UnitOfWork) -> Progress:
    """Nodes and dates of a case; numbers are case-sensitive as on the notice.

    Error ``number_unknown`` with ``hints``, most likely first: ``letter_case`` (with ``suggestion``, a number that
    exists, and ``reasons``, what is wrong with the typed one), ``not_yet_updated``, ``old_system``,
    ``customer_service``.
    """
    case = by_numbers(uow, [request.number], _SHOWN)[0]
    if case is None:
        raise _unknown(request.number, uow)
    return _view(request, case, uow)


def progress_of_many(request: GetManyProgress, uow: UnitOfWork) -> ManyProgress:
    """As :func:`progress`, for queries that came at the same time: one call and one statement for all of them."""
    cases = by_numbers(uow, [query.number for query in request.queries], _SHOWN)
    return ManyProgress(
        answers=[
            _view(query, case, uow).model_dump_json() if case else None
            for query, case in zip(request.queries, cases, strict=True)
        ]
    )


def _view(request: GetProgress, case: PublicCase, uow: UnitOfWork) -> Progress:
    today = clock.today(case.offset_days)
    return Progress.model_validate(
        {
            "number": request.number,
            "kind": TYPES[case.type].kind,
            "state": case.state,
            "title": masked_title(case.title),
            "nodes": nodes(case.state, case.history, _waits_for(case)),
            "deadlines": view_deadlines(case.periods, today, request.language),
            "updated_at": case.updated_at,
        }
    )


def _waits_for(case: PublicCase) -> str:
    accepted = any(happened.action == "accept" for happened in case.history)
    return waiting_for(case.state, order_state=case.order_state, paper_awaited=case.paper_awaited, accepted=accepted)


def _unknown(number: str, uow: UnitOfWork) -> Problem:
    hints = ["not_yet_updated", "old_system", "customer_service"]
    candidate = respelled(number)
    if candidate and candidate != number and find_by_number(uow.session, candidate):
        hints = ["letter_case", *hints]
        wrong = ",".join(misspelt(number)[1])
        return Problem("number_unknown", hints=",".join(hints), suggestion=candidate, reasons=wrong)
    return Problem("number_unknown", hints=",".join(hints))
