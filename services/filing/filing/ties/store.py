"""What of an account is filed and not ended."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from filing.batches.store import BatchRow
from filing.cases.store import UNDER_WAY, Case

ENDED_BATCHES = ("accepted", "discarded")
"""Their works are applications of their own by then, or nothing."""


def applications(session: Session, account_id: str) -> Sequence[str | None]:
    """Serial numbers of those under way."""
    query = select(Case.serial_number).where(Case.account_id == account_id, Case.state.in_(UNDER_WAY))
    return session.scalars(query.order_by(Case.id)).all()


def batches(session: Session, account_id: str) -> Sequence[str]:
    """Names of those that are neither accepted nor given up."""
    query = select(BatchRow.name).where(BatchRow.account_id == account_id, BatchRow.state.not_in(ENDED_BATCHES))
    return session.scalars(query.order_by(BatchRow.id)).all()
