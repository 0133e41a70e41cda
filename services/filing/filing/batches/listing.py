"""Batches of an organisation or of an adviser, by whose turn it is and by what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from contracts.batches import BatchState
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from filing.batches.store import BatchRow, BatchWork
from filing.cases.store import UNDER_WAY, Case
from filing.documents.store import DocumentRow


def fitting(account_id: str | None, adviser_id: str | None, words: str) -> Select[BatchRow]:
    """An account's batches, or those of an adviser, by a part of name or organisation, the batch's id, or a number of a
    work."""
    query = select(BatchRow).where(*_said(words))
    if account_id is not None:
        return query.where(BatchRow.account_id == account_id)
    return query.where(BatchRow.adviser_id == adviser_id)


def batches_of(
    session: Session, fits: Select[BatchRow], states: Collection[BatchState], before: str | None, limit: int
) -> Sequence[BatchRow]:
    """The newest first, older than ``before`` (an id)."""
    query = fits.where(BatchRow.state.in_(states))
    query = query.where(BatchRow.id < before) if before else query
    return session.scalars(query.order_by(BatchRow.id.desc()).limit(limit)).all()


def states_of(session: Session, fits: Select[BatchRow]) -> list[tuple[BatchState, int]]:
    """How many are in each state."""
    query = fits.with_only_columns(BatchRow.state, func.count()).group_by(BatchRow.state)
    return [(state, int(count)) for state, count in session.execute(query)]


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
