"""What is kept of an account, a page at a time, by ids that sort by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from filing.base import Base
from filing.batches.store import BatchFile, BatchRow
from filing.cases.store import ActionRow, Case
from filing.documents.store import DocumentRow
from filing.jobs.store import JobRow
from filing.materials.store import MaterialRow
from filing.prechecks.store import PrecheckRow
from filing.rounds.store import CorrectionRow
from filing.signatures.store import SignatureRow
from filing.unsaved.store import UnsavedRow

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class OfCases:
    """What belongs to some cases, by case."""

    actions: dict[str, list[ActionRow]]
    materials: dict[str, list[MaterialRow]]
    documents: dict[str, list[DocumentRow]]
    corrections: dict[str, list[CorrectionRow]]
    signatures: dict[str, list[SignatureRow]]
    unsaved: dict[str, list[UnsavedRow]]


def cases_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[Case]:
    """Without drafts that were deleted."""
    query = select(Case).where(Case.account_id == account_id, Case.discarded_at.is_(None), Case.id > after)
    return session.scalars(query.order_by(Case.id).limit(limit)).all()


def parts_of(session: Session, ids: Sequence[str]) -> OfCases:
    """In the order in which they came; of materials those that the cases hold now."""
    return OfCases(
        actions=_by_case(session, ActionRow, ActionRow.case_id, ids, ActionRow.id),
        materials={
            case_id: [row for row in rows if row.removed_at is None]
            for case_id, rows in _by_case(
                session, MaterialRow, MaterialRow.case_id, ids, MaterialRow.position, MaterialRow.id
            ).items()
        },
        documents=_by_case(session, DocumentRow, DocumentRow.case_id, ids, DocumentRow.id),
        corrections=_by_case(session, CorrectionRow, CorrectionRow.case_id, ids, CorrectionRow.round),
        signatures=_by_case(session, SignatureRow, SignatureRow.case_id, ids, SignatureRow.signed_at),
        unsaved=_by_case(session, UnsavedRow, UnsavedRow.case_id, ids, UnsavedRow.kept_at),
    )


def _by_case(
    session: Session, row_type: type[Row], case_id: InstrumentedAttribute[str], ids: Sequence[str], *order: Any
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in session.scalars(select(row_type).where(case_id.in_(ids)).order_by(*order)):
        found.setdefault(getattr(row, case_id.key), []).append(row)
    return found


def batches_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[BatchRow]:
    """Whatever has become of them."""
    query = select(BatchRow).where(BatchRow.account_id == account_id, BatchRow.id > after)
    return session.scalars(query.order_by(BatchRow.id).limit(limit)).all()


def files_of_batch(session: Session, batch_id: str) -> Sequence[BatchFile]:
    """Of its archives, those that could be taken out."""
    query = select(BatchFile).where(BatchFile.batch_id == batch_id, BatchFile.sha256.is_not(None))
    return session.scalars(query.order_by(BatchFile.path)).all()


def checks_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[PrecheckRow]:
    """Of the tool: those of applications say nothing beyond their materials."""
    query = select(PrecheckRow).where(
        PrecheckRow.case_id.is_(None), PrecheckRow.account_id == account_id, PrecheckRow.id > after
    )
    return session.scalars(query.order_by(PrecheckRow.id).limit(limit)).all()


def jobs_of(session: Session, account_id: str, after: str, limit: int) -> Sequence[JobRow]:
    """Repairs and deposits, as long as they are kept."""
    query = select(JobRow).where(JobRow.account_id == account_id, JobRow.id > after)
    return session.scalars(query.order_by(JobRow.id).limit(limit)).all()
