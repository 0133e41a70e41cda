"""The papers of filed works that nobody waits for: cover sheets, and notices of acceptance with the word to others."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.batches import RowState

from filing.acceptance.handlers import give_notice
from filing.batches.checking import acting
from filing.batches.lifecycle import put_away
from filing.batches.store import BatchRow, lock_held, works_without_paper
from filing.cases.store import lock_cases
from filing.documents.store import declarations_of, documents_by_id
from filing.signatures.handlers import Bundle
from filing.submission.handlers import give_cover

CHUNK = 16
"""Papers in one transaction."""
FILED: tuple[RowState, ...] = ("filed", "accepted")
ACCEPTED: tuple[RowState, ...] = ("accepted",)


def cover_some(runtime: Runtime, held: BatchRow) -> bool:
    """Issues the next cover sheets; False when all are, or when the payment has come, which goes first."""
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        works = works_without_paper(uow.session, batch.id, "cover_sheet", FILED, CHUNK)
        if not works or (batch.paid and batch.state == "filed"):
            return False
        cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
        printed = documents_by_id(uow.session, [one.application_form_id for one in works if one.application_form_id])
        declared = declarations_of(uow.session, list(cases), str((batch.declaration or {})["object"]["sha256"]))
        for work in works:
            case = cases[work.case_id or ""]
            give_cover(uow, case, Bundle(declared[case.id], printed[work.application_form_id or ""]))
    return True


def finish_covers(uow: UnitOfWork, batch: BatchRow) -> None:
    """All have one, or will have it after the payment."""
    batch.covers_due = bool(works_without_paper(uow.session, batch.id, "cover_sheet", FILED, 1))


def notice_some(runtime: Runtime, held: BatchRow) -> bool:
    """Issues the next notices of acceptance, and tells others of these cases."""
    with runtime.unit_of_work() as uow:
        batch = lock_held(uow.session, held)
        works = works_without_paper(uow.session, batch.id, "acceptance_notice", ACCEPTED, CHUNK)
        if not works:
            return False
        cases = lock_cases(uow.session, [work.case_id for work in works if work.case_id])
        for work in works:
            give_notice(cases[work.case_id or ""], work.amount or 0, uow)
    return True


def finish_notices(uow: UnitOfWork, batch: BatchRow) -> None:
    """Every accepted work has its notice: the batch is done with."""
    batch.notices_due = False
    put_away(uow, batch)
