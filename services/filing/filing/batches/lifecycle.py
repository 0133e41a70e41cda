"""The one place where the state of a batch, and of a work in it, is written; and others are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.uow import UnitOfWork
from contracts.batches import BATCH_ADVANCED, BatchAdvanced, BatchState, RowState

from filing.batches.counting import counts_of
from filing.batches.model import state_of_row
from filing.batches.store import BatchRow, BatchWork


def advance(batch: BatchRow, state: BatchState) -> None:
    """A locked batch has come to ``state``."""
    batch.state = state


def judge(work: BatchWork, problems: Sequence[dict[str, Any]]) -> None:
    """Writes down what was found of a work; whether it can be filed follows."""
    work.problems = list(problems)
    work.state = state_of_row(work.problems)


def put(work: BatchWork, state: RowState, problems: Sequence[dict[str, Any]] = ()) -> None:
    """A work is filed, accepted, or left behind, with what is said of it."""
    work.state, work.problems = state, list(problems)


def tell(uow: UnitOfWork, batch: BatchRow) -> None:
    """Says the state that a batch has come to, once for all of its works."""
    counts = counts_of(uow.session, [batch.id])[batch.id]
    uow.emit(
        BATCH_ADVANCED,
        BatchAdvanced(
            batch_id=batch.id,
            account_id=batch.account_id,
            name=batch.name,
            state=batch.state,
            works=batch.works,
            failed=counts.get("failed", 0),
            advanced_at=uow.legal_now(),
        ),
    )
