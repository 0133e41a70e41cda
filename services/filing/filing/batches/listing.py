"""Batches of an organisation or of an adviser, by whose turn it is and by what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.batches import Awaited, RowState, WaitsFor
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from filing.batches.awaiting import awaits_its_organisation
from filing.batches.model import WAITS_FOR
from filing.batches.store import BatchRow, BatchWork
from filing.cases.store import AWAITING_APPLICANT, UNDER_WAY, Case
from filing.documents.store import DocumentRow


def fitting(account_id: str | None, adviser_id: str | None, words: str) -> Select[BatchRow]:
    """An account's batches, or those of an adviser, by a part of name or organisation, the batch's id, or a number of a
    work."""
    query = select(BatchRow).where(*_said(words))
    if account_id is not None:
        return query.where(BatchRow.account_id == account_id)
    return query.where(BatchRow.adviser_id == adviser_id)


def batches_of(
    session: Session, fits: Select[BatchRow], turn: WaitsFor | None, before: str | None, limit: int
) -> Sequence[BatchRow]:
    """The newest first, older than ``before`` (an id); those whose ``turn`` it is, or all."""
    query = fits.where(_turn() == turn) if turn else fits
    query = query.where(BatchRow.id < before) if before else query
    return session.scalars(query.order_by(BatchRow.id.desc()).limit(limit)).all()


def turns_in(session: Session, fits: Select[BatchRow]) -> dict[str, int]:
    """How many wait for each."""
    turn = _turn().label("turn")
    query = fits.with_only_columns(turn, func.count()).group_by(turn)
    return {whose: int(count) for whose, count in session.execute(query)}


def _turn() -> ColumnElement[str]:
    """Whose turn it is: as its state says, but that accepted works may await something of their organisation."""
    of_state = case(
        *((BatchRow.state == state, literal(turn)) for state, turn in WAITS_FOR.items()), else_=literal("nobody")
    )
    return case(
        (and_(BatchRow.state == "accepted", awaits_its_organisation()), literal("organisation")), else_=of_state
    )


@dataclass(frozen=True)
class Narrowed:
    """Works of an account's batch: in a state, with a problem of such a code, with a case that has come to a state,
    or that awaits something of its organisation."""

    of: str
    state: RowState | None = None
    code: str | None = None
    case_state: str | None = None
    waiting_for: Awaited | None = None


def works_page(
    session: Session, batch_id: str, which: Narrowed, after: tuple[int, str] | None, limit: int
) -> Sequence[BatchWork]:
    """A page of works in the order of the sheet."""
    query = select(BatchWork).where(BatchWork.batch_id == batch_id)
    query = query.where(BatchWork.state == which.state) if which.state else query
    query = query.where(BatchWork.problems.contains([{"code": which.code}])) if which.code else query
    if which.case_state or which.waiting_for:
        query = query.join(Case, Case.id == BatchWork.case_id).where(Case.account_id == which.of, Case.state != "draft")
        query = query.where(Case.batch_id == batch_id)
    if which.case_state:
        query = query.where(Case.state == which.case_state)
    if which.waiting_for:
        awaiting = "awaiting_correction" if which.waiting_for == "applicant_correction" else "accepted"
        query = query.where(Case.state == awaiting, literal_column(f"({AWAITING_APPLICANT})").is_(True))
    query = query.where(tuple_(BatchWork.line, BatchWork.id) > after) if after else query
    return session.scalars(query.order_by(BatchWork.line, BatchWork.id).limit(limit)).all()


def papers_page(
    session: Session, batch: BatchRow, after: tuple[int, str] | None, limit: int
) -> Sequence[tuple[BatchWork, Case, DocumentRow]]:
    """Works whose paper is awaited, each with its case and cover sheet, in the order of the sheet; not those that
    are another account's by now."""
    cover = and_(DocumentRow.case_id == Case.id, DocumentRow.kind == "cover_sheet")
    query = (
        select(BatchWork, Case, DocumentRow)
        .join(Case, Case.id == BatchWork.case_id)
        .join(DocumentRow, cover)
        .where(
            BatchWork.batch_id == batch.id,
            Case.batch_id == batch.id,
            Case.account_id == batch.account_id,
            Case.state.in_(UNDER_WAY),
            Case.paper_required,
            Case.paper_received_at.is_(None),
        )
    )
    query = query.where(tuple_(BatchWork.line, BatchWork.id) > after) if after else query
    rows = session.execute(query.order_by(BatchWork.line, BatchWork.id, DocumentRow.id).limit(limit))
    return [(work, case, document) for work, case, document in rows]


def _said(words: str) -> list[ColumnElement[bool]]:
    if not words:
        return []
    numbers = {words, words.upper()}
    work = select(Case.batch_id).where(or_(Case.serial_number.in_(numbers), Case.acceptance_number.in_(numbers)))
    said = [column.icontains(words, autoescape=True) for column in (BatchRow.name, BatchRow.organisation)]
    return [or_(*said, BatchRow.id == words.lower(), BatchRow.id.in_(work.where(Case.batch_id.is_not(None))))]
