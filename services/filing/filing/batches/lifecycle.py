"""The one place where the state of a batch, and of a work in it, is written; and others are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.keeping.held import release
from chassis.uow import UnitOfWork
from contracts.batches import BATCH_ADVANCED, BatchAdvanced, BatchState, RowState

from filing.batches.counting import counts_of
from filing.batches.forgetting import forget_transient
from filing.batches.model import state_of_row
from filing.batches.store import BatchRow, BatchWork, let_go_of_files


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


def put_away(uow: UnitOfWork, batch: BatchRow) -> None:
    """Nothing more is taken out of the archives of a batch that is done with: two gigabytes need not be kept for it."""
    forget_transient(uow, batch)
    let_go_of_files(uow.session, batch.id)
    if batch.archive_sha256:
        release(uow.session, [batch.archive_sha256])
        batch.archive_sha256 = None


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
