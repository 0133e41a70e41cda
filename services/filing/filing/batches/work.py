"""The hands of batches: each step in chunks of one transaction, so that a death costs a chunk's time, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chassis.memory import give_back
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from chassis.work import Lane

from filing.batches.checking import acting, check_some
from filing.batches.comparing import compare_works
from filing.batches.following import accept_some, finish_accepting, finish_noting, go_on, note_some
from filing.batches.importing import import_some
from filing.batches.lifecycle import advance, tell
from filing.batches.model import Step
from filing.batches.papers import cover_some, finish_covers, finish_notices, notice_some
from filing.batches.printing import finish_printing, print_some
from filing.batches.store import BatchRow, lock_held
from filing.batches.submitting import file_some, finish_filing

HANDS = Lane(hands=2)
"""Two batches at a time, of two organisations."""


def finish_reading(uow: UnitOfWork, batch: BatchRow) -> None:
    """The rows are there: they are looked at next. Without any, why not is said."""
    if batch.works and batch.refusal is None:
        batch.step = "check"
        return
    advance(batch, "checked" if batch.works else "refused")
    tell(uow, batch)


def finish_checking(uow: UnitOfWork, batch: BatchRow) -> None:
    """All works were looked at, one by one; now among each other."""
    compare_works(uow, batch)
    advance(batch, "checked")
    tell(uow, batch)


STEPS: Mapping[Step, tuple[Callable[[Runtime, BatchRow], bool], Callable[[UnitOfWork, BatchRow], None]]] = {
    "read": (import_some, finish_reading),
    "check": (check_some, finish_checking),
    "prepare": (print_some, finish_printing),
    "file": (file_some, finish_filing),
    "note_order": (note_some, finish_noting),
    "accept": (accept_some, finish_accepting),
    "cover": (cover_some, finish_covers),
    "notice": (notice_some, finish_notices),
}
"""What is done with the next works until there are none, and what then holds for the batch."""


def work_off(runtime: Runtime, lane: Lane = HANDS) -> bool:
    """One step of one batch from wherever it was left; False when no batch waits for a hand."""
    with lane.piece(runtime, BatchRow) as held:
        if held is None:
            return False
        some, finish = STEPS[held.step]  # type: ignore[index]  # the table knows no other
        while some(runtime, held):
            pass
        with runtime.unit_of_work(acting(held)) as uow:
            batch = lock_held(uow.session, held, progress=1.0)
            batch.step, batch.lease, batch.leased_until = "", None, None
            batch.version += 1
            finish(uow, batch)
            if batch.step:
                batch.progress = 0.0
                uow.notify(BatchRow.TERMS.channel)
            else:
                go_on(uow, batch)
            uow.audit(f"batch.{held.step}", subject=batch.id, state=batch.state)
            rests = not batch.step
    if rests:
        give_back()
    return True
