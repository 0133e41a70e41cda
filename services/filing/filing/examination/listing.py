"""The queues as examiners and intake clerks see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from chassis.clock import legal_date
from chassis.cursors import after_day, after_moment, cursor
from chassis.errors import Problem
from chassis.lookups import told
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.examination import ExaminationList, ExaminationSummary, ExaminationTotals, ListExaminations
from contracts.paging import QueueTotals

from filing.cases.facts import applicant_name
from filing.cases.store import Case
from filing.clocks.store import DeadlineRow
from filing.examination.hints import hints, twins
from filing.examination.model import QUEUES, waits
from filing.examination.store import (
    NEVER,
    Wanted,
    decided_page,
    earliest_due,
    paper_due,
    queue_counts,
    queue_page,
    queue_totals,
)
from filing.materials.store import materials_by_case
from filing.paper.store import missing
from filing.queue.model import due_day, needs_reason
from filing.types import TYPES


def list_examinations(request: ListExaminations, uow: UnitOfWork) -> ExaminationList:
    """One queue, most urgent first, and the sizes of all. Intake clerks see cases that wait for paper only.

    Error: ``forbidden``.
    """
    examiner = uow.actor.roles & {"examiner", "senior_examiner"}
    if not examiner and request.queue != "awaiting_paper":
        raise Problem("forbidden")
    if request.queue == "decided":
        return _decided(request, uow)
    after = _after(request.cursor)
    wanted = Wanted(request.kind, request.category, request.corrected, request.hurried, request.waiting, request.text)
    rows = queue_page(uow.session, request.queue, uow.actor.subject, after, request.limit + 1, wanted)
    page = rows[: request.limit]
    more = len(rows) > request.limit
    counts, kinds = queue_counts(uow.session, request.queue, uow.actor.subject, wanted)
    last = page[-1] if page and more else None
    first = earliest_due(uow.session) if request.queue == "unclaimed" else {}
    materials, today = materials_by_case(uow.session, [case.id for case, _, _ in page]), uow.today()
    paperless = [case.id for case, _, _ in page if case.paper_awaited]
    awaited, lacking = paper_due(uow.session, paperless), missing(uow.session, paperless)
    filed_twice = twins(uow.session, list(materials))
    found = {case.id: hints(case, materials[case.id], today, filed_twice) for case, _, _ in page}
    items = [_summary(*row, found[row[0].id], today, first) for row in page]
    if request.queue == "mine":
        items = [
            item.model_copy(update={"waiting": waits(row[0], uow.actor.subject)})
            for item, row in zip(items, page, strict=True)
        ]
    return ExaminationList(
        items=[
            item.model_copy(
                update={
                    "paper_due_on": awaited.get(item.application_id),
                    "paper_missing": lacking.get(item.application_id, "").replace("\n", "；"),
                }
            )
            for item in items
        ],
        next_cursor=_cursor(last[0], last[1], waits=items[-1].waiting) if last else None,
        counts=counts if examiner else {"awaiting_paper": counts["awaiting_paper"]},
        kinds=kinds,
    )


def _decided(request: ListExaminations, uow: UnitOfWork) -> ExaminationList:
    """What is decided, the newest first: all of it for senior examiners, for others what they had a part in, which is
    what they may read (``filing.cases.access``). A search in it is written down."""
    examiner = None if "senior_examiner" in uow.actor.roles else uow.actor.subject
    after, text = after_moment(request.cursor), request.text
    rows = decided_page(uow.session, examiner, after, request.limit + 1, request.kind, text)
    page = rows[: request.limit]
    if text.strip():
        uow.audit("examination.search", subject=uow.actor.subject, text=told(text), found=len(page))
    counts, _ = queue_counts(uow.session, "all", uow.actor.subject, Wanted(request.kind, waiting=request.waiting))
    return ExaminationList(
        items=[
            _summary(case, None, False, 0, uow.today(), {}).model_copy(
                update={
                    "due_on": None,
                    "overdue": False,
                    "registration_number": case.registration_number,
                    "decided_on": legal_date(case.updated_at),
                }
            )
            for case in page
        ],
        next_cursor=cursor(page[-1].updated_at, page[-1].id) if len(rows) > request.limit else None,
        counts=counts,
    )


def total_examinations(request: Empty, uow: UnitOfWork) -> ExaminationTotals:
    """Each queue as a whole. Intake clerks are told of cases that wait for paper only."""
    today = uow.today()
    totals = queue_totals(uow.session, uow.actor.subject, today)
    seen = QUEUES if uow.actor.roles & {"examiner", "senior_examiner"} else ("awaiting_paper",)
    return ExaminationTotals(
        queues={
            name: QueueTotals(on=today, count=count, late=late, due_on=due_on, since=since)
            for name, (count, late, due_on, since) in totals.items()
            if name in seen
        }
    )


def _after(text: str | None) -> tuple[date, datetime, str] | None:
    """Where the next page begins. Problem ``request_invalid``."""
    pair = after_day(text)
    rest = after_moment(pair[1]) if pair else None
    return (pair[0], *rest) if pair and rest else None


def _cursor(case: Case, deadline: DeadlineRow | None, *, waits: bool) -> str:
    accepted, due = case.accepted_at or NEVER, None if waits else _due(case, deadline)
    return cursor(due or date.max, cursor(accepted, case.id))


def _due(case: Case, deadline: DeadlineRow | None) -> date | None:
    due = due_day(deadline.due_on if deadline else None, case.expedite_due_on)
    return due if due != date.max else None


def _summary(
    case: Case,
    deadline: DeadlineRow | None,
    corrected: bool,
    warnings: int,
    today: date,
    first: Mapping[str, date],
) -> ExaminationSummary:
    kind, due = TYPES[case.type].kind, _due(case, deadline)
    return ExaminationSummary.model_validate(
        {
            "application_id": case.id,
            "kind": kind,
            "type": case.type,
            "category": case.form.get("category"),
            "title": case.title,
            "serial_number": case.serial_number,
            "acceptance_number": case.acceptance_number,
            "state": case.state,
            "accepted_on": legal_date(case.accepted_at) if case.accepted_at else None,
            "due_on": due,
            "paper_awaited": case.paper_awaited and case.state in ("submitted", "accepted"),
            "paused": deadline is not None and deadline.state == "paused",
            "overdue": (deadline is not None and (deadline.state == "missed" or _late(deadline, today)))
            or (case.expedite_due_on is not None and case.expedite_due_on < today),
            "examiner_id": case.examiner_id,
            "warnings": warnings,
            "applicant_name": applicant_name(case),
            "corrected": corrected,
            "hurried": case.expedite_due_on is not None,
            "needs_reason": due is not None and needs_reason(due, first.get(case.type)),
        }
    )


def _late(deadline: DeadlineRow, today: date) -> bool:
    return deadline.state == "running" and deadline.due_on < today
