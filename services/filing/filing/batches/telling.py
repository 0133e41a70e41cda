"""Telling others how far a batch is: once for all of its works."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.batches import BATCH_ADVANCED, BatchAdvanced

from filing.batches.store import BatchRow, counts_of


def tell(uow: UnitOfWork, batch: BatchRow) -> None:
    """Says the state that a batch has come to."""
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
