"""Batches as their organisation and their adviser see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast, get_args

from chassis.access import acting_for, may
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.batches import (
    Adviser,
    BatchCaseCount,
    BatchCounts,
    BatchList,
    BatchNote,
    BatchOrder,
    BatchPaper,
    BatchPapers,
    BatchProblem,
    BatchProblemCount,
    BatchRef,
    BatchRows,
    BatchRowView,
    BatchSummary,
    BatchTurn,
    BatchView,
    ChargedAlike,
    ListBatches,
    ListBatchPapers,
    ListBatchRows,
)
from contracts.filing import State
from contracts.objects import DocumentRef
from contracts.payment import OrderState
from materials.precheck import Finding, describe

from filing.applicants.store import operators_of
from filing.batches.awaiting import CLOCKS, days_of, turns_of
from filing.batches.counting import cases_of, charged_alike, counts_of, problems_of, warned
from filing.batches.listing import Narrowed, batches_of, fitting, papers_page, turns_in, works_page
from filing.batches.model import WAITS_FOR, actions_in
from filing.batches.places import position
from filing.batches.store import BatchRow, BatchWork, find_batch
from filing.cases.facts import waiting
from filing.cases.store import Case, find_cases
from filing.documents.store import DocumentRow
from filing.forms.words import Language
from filing.signatures.store import forms_signed
from filing.types import TYPES

_OFFICE = frozenset({"customer_service", "administrator"})
Days = Mapping[tuple[str, str], date]
"""By case and kind of period."""
SOON = 30
"""Seconds, until the cover sheets that are being made are asked for again."""


def get_batch(request: BatchRef, uow: UnitOfWork) -> BatchView:
    """A batch of the actor's organisation, or any for customer service. Problem ``batch_unknown``."""
    return view_batch(uow, readable_batch(uow, request.batch_id))


def readable_batch(uow: UnitOfWork, batch_id: str) -> BatchRow:
    """Problem ``batch_unknown``, also for others'."""
    if not uow.actor.is_staff:
        acting_for(uow.actor, "read")
    batch = find_batch(uow.session, batch_id)
    if batch is None or not may(uow.actor, batch.account_id, "read", office=_OFFICE):
        raise Problem("batch_unknown")
    return batch


def list_batches(request: ListBatches, uow: UnitOfWork) -> BatchList:
    """The organisation's own, or those that a member of staff is the adviser of."""
    session, staff = uow.session, uow.actor.is_staff
    account, adviser = (None, uow.actor.subject) if staff else (acting_for(uow.actor, "read"), None)
    fits = fitting(account, adviser, request.text.strip())
    rows = batches_of(session, fits, request.waits_for, request.cursor, request.limit + 1)
    page = rows[: request.limit]
    counts = counts_of(session, [row.id for row in page])
    turns = turns_of(session, [row.id for row in page if row.state == "accepted"])
    operators = operators_of(session, {row.account_id for row in page}) if staff else {}
    return BatchList(
        items=[
            _summary(row, counts[row.id], turns.get(row.id, []), operators.get(row.account_id, ""), staff=staff)
            for row in page
        ],
        next_cursor=page[-1].id if len(rows) > request.limit else None,
        counts=turns_in(session, fits),
    )


def _summary(
    batch: BatchRow, counts: dict[str, int], turns: list[BatchTurn], operator: str, *, staff: bool
) -> BatchSummary:
    return BatchSummary(
        operator_name=operator,
        waits_for="organisation" if turns else WAITS_FOR[batch.state],
        turns=turns,
        counts=BatchCounts(**counts),
        batch_id=batch.id,
        type=batch.type,
        name=batch.name,
        organisation=batch.organisation if staff else "",
        state=batch.state,
        progress=batch.progress,
        works=batch.works,
        failed=counts.get("failed", 0),
        created_at=batch.created_at,
        pay_by=batch.pay_by if batch.order_state == "pending" else None,
    )


def list_batch_rows(request: ListBatchRows, uow: UnitOfWork) -> BatchRows:
    """Works in the order of the sheet. Problems ``batch_unknown``, ``request_invalid`` for a cursor that is none."""
    batch = readable_batch(uow, request.batch_id)
    after = position(request.cursor)
    rows = works_page(uow.session, batch.id, _narrowed(request, batch), after, request.limit + 1)
    page = rows[: request.limit]
    cases = find_cases(uow.session, [row.case_id for row in page if row.case_id], of=batch.account_id)
    days = days_of(uow.session, list(cases)) if batch.submitted_at else {}
    return BatchRows(
        items=[_row(row, cases.get(row.case_id or ""), days, request.language) for row in page],
        next_cursor=f"{page[-1].line}.{page[-1].id}" if len(rows) > request.limit else None,
    )


def list_batch_papers(request: ListBatchPapers, uow: UnitOfWork) -> BatchPapers:
    """Cover sheets of the works whose paper is awaited. Problems ``batch_unknown``, ``batch_papers_being_made``
    (``seconds``): some have none yet, and half of them is none; ``request_invalid`` for a cursor that is none."""
    batch = readable_batch(uow, request.batch_id)
    if batch.covers_due:
        raise Problem("batch_papers_being_made", seconds=SOON)
    rows = papers_page(uow.session, batch, position(request.cursor), request.limit + 1)
    page = rows[: request.limit]
    last = page[-1][0] if len(rows) > request.limit else None
    signed = forms_signed(uow.session, [case.id for _, case, _ in page])
    return BatchPapers(
        items=[_paper(work, case, cover, signed.get(case.id)) for work, case, cover in page],
        next_cursor=f"{last.line}.{last.id}" if last else None,
    )


def _paper(work: BatchWork, case: Case, cover: DocumentRow, signed: tuple[str, datetime] | None) -> BatchPaper:
    sha256, signed_at = signed or ("", None)
    return BatchPaper(
        line=work.line,
        application_id=case.id,
        serial_number=case.serial_number or "",
        cover_sheet=cover.ref,
        title=case.title,
        acceptance_number=case.acceptance_number,
        signed_sha256=sha256,
        signed_at=signed_at,
    )


def _narrowed(request: ListBatchRows, batch: BatchRow) -> Narrowed:
    return Narrowed(batch.account_id, request.state, request.code, request.case_state, request.waiting_for)


def _row(work: BatchWork, case: Case | None, days: Days, language: Language) -> BatchRowView:
    waits = waiting(case) if case and case.state != "draft" else ""
    return BatchRowView(
        line=work.line,
        key=work.key,
        title=work.title,
        state=work.state,
        application_id=work.case_id,
        case_state=case.state if case else None,
        serial_number=case.serial_number if case else None,
        acceptance_number=case.acceptance_number if case else None,
        registration_number=case.registration_number if case else None,
        waiting_for=waits,
        due_on=days.get((work.case_id or "", CLOCKS.get(waits, ""))),
        amount=work.amount,
        files=[name for names in work.files.values() for name in names],
        problems=[_problem(problem, language) for problem in work.problems],
    )


def _problem(problem: dict[str, Any], language: Language) -> BatchProblem:
    """Of what a pre-check found, in its words."""
    told = {name: problem[name] for name in ("column", "heading", "field", "code", "severity", "params")}
    if "finding" in problem:
        told["message"], told["remedy"] = describe(Finding.from_json(problem["finding"]), language)
    return BatchProblem.model_validate(told)


def view_batch(uow: UnitOfWork, batch: BatchRow) -> BatchView:
    """With counts as they are now."""
    counts = counts_of(uow.session, [batch.id])[batch.id]
    filed = batch.submitted_at is not None
    stand = cases_of(uow.session, batch.id, batch.account_id) if filed else {}
    order = _order(batch)
    payable = order is not None and order.state == "pending"
    return BatchView(
        batch_id=batch.id,
        account_id=batch.account_id,
        type=batch.type,
        kind=TYPES[batch.type].kind,
        name=batch.name,
        state=batch.state,
        version=batch.version,
        progress=batch.progress,
        works=batch.works,
        counts=BatchCounts.model_validate(counts),
        charged=_charged(uow, batch) if batch.state == "prepared" else [],
        warnings=0 if filed else warned(uow.session, batch.id),
        withdrawn=stand.get("withdrawn", 0),
        by_case=[BatchCaseCount(state=state, works=stand[state]) for state in get_args(State) if state in stand],
        turns=turns_of(uow.session, [batch.id])[batch.id] if filed else [],
        by_code=[
            BatchProblemCount(code=row.code, severity=row.severity, rows=row.rows, finding=row.finding)
            for row in problems_of(uow.session, batch.id)
        ],
        refusal=BatchNote.model_validate(batch.refusal) if batch.refusal else None,
        notes=[BatchNote.model_validate(note) for note in batch.notes],
        actions=actions_in(batch.state, complete=counts.get("complete", 0), payable=payable),
        declaration=DocumentRef.model_validate(batch.declaration) if batch.declaration else None,
        order=order,
        adviser=Adviser.model_validate(batch.adviser) if batch.adviser else None,
        created_at=batch.created_at,
        submitted_at=batch.submitted_at,
        accepted_at=batch.accepted_at,
    )


def _charged(uow: UnitOfWork, batch: BatchRow) -> list[ChargedAlike]:
    rows = charged_alike(uow.session, batch.id)
    return [ChargedAlike(works=row.works, fee_basis=row.fee_basis) for row in rows]


def _order(batch: BatchRow) -> BatchOrder | None:
    if batch.order_id is None or batch.pay_by is None:
        return None
    return BatchOrder(
        order_id=batch.order_id,
        amount=batch.order_amount or 0,
        state=cast(OrderState, batch.order_state or "pending"),
        pay_by=batch.pay_by,
    )
