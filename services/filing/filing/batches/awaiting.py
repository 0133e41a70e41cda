"""What accepted works of a batch await of their organisation: corrections and paper, and until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from chassis.db import run
from contracts.batches import BatchTurn
from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlalchemy.orm import Session

from filing.batches.store import BatchRow
from filing.cases.store import AWAITING_APPLICANT, Case

CLOCKS: dict[str, str] = {"applicant_correction": "correction", "paper": "paper", "applicant_payment": "payment"}
"""The legal period within which an applicant does what is waited for (:func:`filing.cases.model.waiting_for`)."""


def turns_of(session: Session, batch_ids: Collection[str]) -> dict[str, list[BatchTurn]]:
    """What is awaited of the works of each of some batches, corrections first; nothing of works that are another
    account's by now."""
    found: dict[str, list[BatchTurn]] = {batch_id: [] for batch_id in batch_ids}
    statement = f"""SELECT cases.batch_id, clock.waiting_for, count(*) AS works,
            min(deadlines.due_on) AS due_on, max(deadlines.due_on) AS last_due_on, min(cases.id) AS first
        FROM cases
        JOIN batches ON batches.id = cases.batch_id AND batches.account_id = cases.account_id
        JOIN (VALUES ('awaiting_correction', 'applicant_correction', 'correction'), ('accepted', 'paper', 'paper'))
            AS clock (state, waiting_for, kind) ON clock.state = cases.state
        LEFT JOIN deadlines ON deadlines.case_id = cases.id AND deadlines.kind = clock.kind
            AND deadlines.state = 'running'
        WHERE cases.batch_id = ANY(%(ids)s) AND ({AWAITING_APPLICANT})
        GROUP BY 1, 2 ORDER BY 1, 2"""  # noqa: S608 - a constant of ours
    for row in run(session, statement, {"ids": list(batch_ids)}):
        found[row.batch_id].append(
            BatchTurn(
                waiting_for=row.waiting_for,
                works=row.works,
                due_on=row.due_on,
                last_due_on=row.last_due_on,
                application_id=row.first if row.works == 1 else None,
            )
        )
    return found


def days_of(session: Session, case_ids: Collection[str]) -> dict[tuple[str, str], date]:
    """The last day of each period that runs, by case and kind."""
    statement = """SELECT case_id, kind, due_on FROM deadlines
        WHERE case_id = ANY(%(ids)s) AND kind = ANY(%(kinds)s) AND state = 'running'"""
    rows = run(session, statement, {"ids": list(case_ids), "kinds": list(CLOCKS.values())})
    return {(row.case_id, row.kind): row.due_on for row in rows}


def awaits_its_organisation() -> ColumnElement[bool]:
    """Whether any accepted work of a batch does."""
    works = select(Case.id).where(
        Case.batch_id == BatchRow.id,
        Case.account_id == BatchRow.account_id,
        literal_column(f"({AWAITING_APPLICANT})").is_(True),
    )
    return exists(works)
