"""Batches, their works, and the files of their archives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chassis.db import run
from chassis.errors import Problem
from chassis.keeping.held import release
from chassis.objects.references import NAMES, holds
from chassis.work import LeaseLost, Progressing, Rank, Terms, indexes
from contracts.batches import BatchState, RowState
from contracts.forms import FilingType
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, delete, exists, false, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from filing.base import Base
from filing.batches.model import CHANNEL
from filing.cases.store import Case
from filing.documents.store import DocumentRow

_STATES = ", ".join(f"'{state}'" for state in BatchState.__args__)  # type: ignore[attr-defined]  # typing keeps them
_ROW_STATES = ", ".join(f"'{state}'" for state in RowState.__args__)  # type: ignore[attr-defined]  # as above


class BatchRow(Progressing, Base):
    """``step``: what a worker does with it. ``layout``: where in the sheet each field is. ``prepared_on``: the legal
    day for which its papers are printed, and under which it is filed. ``declaration``: the document that one signature
    signs. ``paid_for``: fen by case, of those that the payment is for. A sheet that was read is let go of."""

    OPEN = "step <> ''"
    TERMS = Terms(CHANNEL, parks=True, most={Rank.OFFICE: 20, Rank.SIGNED_IN: 20})

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(
            "step IN ('', 'read', 'check', 'prepare', 'file', 'note_order', 'accept', 'cover', 'notice')",
            name="step",
        ),
        CheckConstraint("(evidence IS NOT NULL) = (submitted_at IS NOT NULL)", name="submitted_with_evidence"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        *indexes("batches", OPEN),
        Index("ix_batches_account_id", "account_id", "id"),
        Index("ix_batches_adviser_id", "adviser_id", "id", postgresql_where=text("adviser_id IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    type: Mapped[FilingType] = mapped_column(Text)
    name: Mapped[str]
    organisation: Mapped[str]
    state: Mapped[BatchState] = mapped_column(Text)
    step: Mapped[str]
    version: Mapped[int] = mapped_column()
    spreadsheet_sha256: Mapped[str] = mapped_column(info=holds(while_="NOT read_sheet"), index=True)
    spreadsheet_size: Mapped[int]
    spreadsheet_name: Mapped[str]
    read_sheet: Mapped[bool] = mapped_column(server_default=false())
    archive_sha256: Mapped[str | None] = mapped_column(info=holds(), index=True)
    read_archive: Mapped[bool] = mapped_column(server_default=false())
    layout: Mapped[dict[str, Any]]
    submitted_by: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None]
    notes: Mapped[list[dict[str, Any]]]
    works: Mapped[int]
    without_failed: Mapped[bool] = mapped_column(server_default=false())
    prepared_on: Mapped[date | None]
    declaration: Mapped[dict[str, Any] | None] = mapped_column(info=NAMES)
    evidence: Mapped[str | None]
    order_id: Mapped[str | None]
    order_amount: Mapped[int | None]
    order_state: Mapped[str | None]
    order_noted: Mapped[bool] = mapped_column(server_default=false())
    ordered_at: Mapped[datetime | None]
    pay_by: Mapped[date | None]
    paid_at: Mapped[datetime | None]
    payment_id: Mapped[str | None]
    paid_for: Mapped[dict[str, Any] | None]
    covers_due: Mapped[bool] = mapped_column(server_default=false())
    notices_due: Mapped[bool] = mapped_column(server_default=false())
    adviser_id: Mapped[str | None]
    adviser: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    @property
    def paid(self) -> bool:
        return self.paid_at is not None


class BatchWork(Base):
    """One row of the sheet. ``cells``: as they came in, to be given back; ``form``, ``files`` (names by role) and
    ``unread`` (what of the cells could not be read) are what was made of them, ``from_draft``: mended since as a draft,
    which counts instead. ``basis``: the fingerprint of what was printed for signing."""

    __tablename__ = "batch_works"
    __table_args__ = (
        CheckConstraint(f"state IN ({_ROW_STATES})", name="state"),
        Index("ix_batch_works_state", "batch_id", "state", "line", "id"),
        Index("ix_batch_works_case_id", "case_id", postgresql_where=text("case_id IS NOT NULL")),
        Index("uq_batch_works_key", "batch_id", "key", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    line: Mapped[int]
    key: Mapped[str]
    title: Mapped[str]
    cells: Mapped[list[dict[str, Any]]]
    form: Mapped[dict[str, Any]]
    files: Mapped[dict[str, Any]]
    unread: Mapped[list[dict[str, Any]]]
    from_draft: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[RowState] = mapped_column(Text)
    problems: Mapped[list[dict[str, Any]]]
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))
    basis: Mapped[str | None]
    application_form_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id"))
    fee_basis: Mapped[dict[str, Any] | None]
    amount: Mapped[int | None]


class BatchFile(Base):
    """A file of an archive, by its path in it; ``sha256`` once it was taken out. ``code``: why it cannot be used."""

    __tablename__ = "batch_files"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    archive_sha256: Mapped[str] = mapped_column(info=holds(), index=True)
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(info=holds(), index=True)
    code: Mapped[str] = mapped_column(server_default="")


def find_batch(session: Session, batch_id: str) -> BatchRow | None:
    return session.get(BatchRow, batch_id, populate_existing=True)


def lock_batch(session: Session, batch_id: str) -> BatchRow:
    """The batch, locked until the end of the transaction. Problem ``batch_unknown``."""
    query = select(BatchRow).where(BatchRow.id == batch_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Problem("batch_unknown")
    return found


def lock_held(session: Session, held: BatchRow, progress: float | None = None) -> BatchRow:
    """The batch, locked, for the hand that still holds it: work that gets on is not given up, so attempts count from
    here. ``LeaseLost`` where another hand goes on with it."""
    row = lock_batch(session, held.id)
    if row.lease != held.lease or row.step != held.step:
        raise LeaseLost
    row.attempts, row.last_error = 1, ""
    if progress is not None:
        row.progress = progress
    return row


def works_in(
    session: Session, batch_id: str, *states: RowState, limit: int | None = None, typed: bool = True
) -> Sequence[BatchWork]:
    """Works of a batch in the order of the sheet; with ``states``, those in one of them. Not ``typed``, for all at
    once: without what was typed and what was made of it but for the names of its files, which is most of a work."""
    query = select(BatchWork).where(BatchWork.batch_id == batch_id).order_by(BatchWork.line, BatchWork.id)
    query = query.where(BatchWork.state.in_(states)) if states else query
    if not typed:
        large = (BatchWork.cells, BatchWork.form, BatchWork.unread)
        query = query.options(*(defer(column, raiseload=True) for column in large))
    return session.scalars(query.limit(limit)).all()


def lines_in(session: Session, batch_id: str) -> dict[str, int]:
    found = select(BatchWork.key, BatchWork.line).where(BatchWork.batch_id == batch_id)
    return dict(session.execute(found).tuples().all())


def works_to_print(session: Session, batch_id: str, limit: int) -> Sequence[BatchWork]:
    """Works that can be filed and whose forms are not printed since they were asked to be."""
    ready = (BatchWork.batch_id == batch_id, BatchWork.state == "complete", BatchWork.basis.is_(None))
    query = select(BatchWork).where(*ready)
    return session.scalars(query.order_by(BatchWork.line, BatchWork.id).limit(limit)).all()


def works_without_order(session: Session, batch_id: str, limit: int) -> Sequence[BatchWork]:
    """Filed works whose cases do not know what they are charged."""
    query = select(BatchWork).join(Case, Case.id == BatchWork.case_id)
    query = query.where(BatchWork.batch_id == batch_id, BatchWork.state == "filed", Case.order_state.is_(None))
    return session.scalars(query.order_by(BatchWork.line, BatchWork.id).limit(limit)).all()


def works_without_paper(
    session: Session, batch_id: str, kind: str, states: Collection[RowState], limit: int
) -> Sequence[BatchWork]:
    """Works in these states whose cases have no document of a kind yet."""
    query = select(BatchWork).where(BatchWork.batch_id == batch_id, BatchWork.state.in_(states))
    issued = exists().where(DocumentRow.case_id == BatchWork.case_id, DocumentRow.kind == kind)
    return session.scalars(query.where(~issued).order_by(BatchWork.line, BatchWork.id).limit(limit)).all()


def print_anew(session: Session, batch_id: str) -> None:
    """Every work that can be filed is looked at and printed again."""
    statement = update(BatchWork).where(BatchWork.batch_id == batch_id, BatchWork.state == "complete")
    session.execute(statement.values(basis=None))


def put_works(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds works; one whose key is known takes the place of the former and keeps its case."""
    if not rows:
        return
    statement = insert(BatchWork)
    again = ("line", "title", "cells", "form", "files", "unread", "state", "problems", "from_draft")
    replaced: dict[str, Any] = {name: getattr(statement.excluded, name) for name in again}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["batch_id", "key"], set_={**replaced, "basis": None, "application_form_id": None}
        ),
        list(rows),
    )


def put_files(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds files of an archive; they take the place of those with the same path."""
    if not rows:
        return
    statement = insert(BatchFile)
    again = ("archive_sha256", "size", "sha256", "code")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["batch_id", "path"], set_={name: getattr(statement.excluded, name) for name in again}
        ),
        list(rows),
    )


def let_go_of_files(session: Session, batch_id: str, paths: Collection[str] | None = None) -> None:
    """Forgets files of a batch's archives, or (no ``paths``) all: what is a work's holds its object by itself."""
    statement = delete(BatchFile).where(BatchFile.batch_id == batch_id)
    statement = statement if paths is None else statement.where(BatchFile.path.in_(paths))
    gone = session.execute(statement.returning(BatchFile.archive_sha256, BatchFile.sha256)).all()
    release(session, [sha256 for row in gone for sha256 in row if sha256])


def files_of(session: Session, batch_id: str) -> dict[str, BatchFile]:
    """All files that a batch's archives hold, by path."""
    query = select(BatchFile).where(BatchFile.batch_id == batch_id)
    return {row.path: row for row in session.scalars(query.execution_options(populate_existing=True))}


def check_anew(session: Session, batch_id: str, *states: RowState) -> None:
    """Works in these states are looked at again."""
    statement = update(BatchWork).where(BatchWork.batch_id == batch_id, BatchWork.state.in_(states))
    session.execute(statement.values(state="waiting"))


def drafts_count_anew(session: Session, batch_id: str) -> None:
    """Works that could not be filed are looked at as their drafts are now, whatever the sheet said."""
    statement = update(BatchWork).where(BatchWork.batch_id == batch_id, BatchWork.state == "failed")
    session.execute(statement.where(BatchWork.case_id.is_not(None)).values(from_draft=True))


def set_amounts(session: Session, batch_id: str, amounts: Mapping[str, int]) -> None:
    """What each case of a batch costs, in fen."""
    statement = """UPDATE batch_works SET amount = share.amount
        FROM unnest(%(cases)s::text[], %(amounts)s::bigint[]) AS share (case_id, amount)
        WHERE batch_works.batch_id = %(id)s AND batch_works.case_id = share.case_id"""
    run(session, statement, {"id": batch_id, "cases": list(amounts), "amounts": list(amounts.values())})
