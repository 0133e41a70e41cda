"""Cases that a period has run out for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from filing.cases.store import Case
from filing.clocks.store import DeadlineRow


def claim_cases_with_overdue(session: Session, kind: str, today: date, limit: int) -> Sequence[Case]:
    """Locks cases whose running deadline of a kind is past; cases that another replica holds are left to it."""
    return session.scalars(
        select(Case)
        .join(DeadlineRow, DeadlineRow.case_id == Case.id)
        .where(DeadlineRow.kind == kind, DeadlineRow.state == "running", DeadlineRow.due_on < today)
        .order_by(DeadlineRow.due_on, Case.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
    ).all()
