"""The work of an import: read, judge, write down and hand over, a batch at a time.

Each batch is one transaction with how far the import is: whoever dies in it leaves nothing, and the next one begins
with its first row. Batches are cut by rows and bytes of the source, so they are the same whoever makes them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from chassis.failpoints import failpoint
from chassis.idle import rest_while_crowded
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from chassis.work import ALONE, Lane, LeaseLost
from contracts.legacy import BATCH_BYTES, BATCH_ROWS, OF_AN_IMPORT, TARGETS, sums_of_said

from legacy_bridge.imports import handlers, store
from legacy_bridge.imports.model import Checkpoint, Judged, judge_together, originals, said, settle
from legacy_bridge.imports.order import fingerprint_of, opened_order
from legacy_bridge.imports.owners import hand_over, salt_of
from legacy_bridge.imports.sampling import sealed_sample
from legacy_bridge.imports.store import Import, ImportBatch
from legacy_bridge.mappings import Plan, mapping_of
from legacy_bridge.scans.handlers import note_named
from legacy_bridge.sources import Row, SourceRefused, open_source

ORIGINALS = "legacy-originals"
LOOK_ROWS, LONGEST_REST = 1000, 0.2
"""After so many rows it looks whether people are waiting for something, and rests for so many seconds at most."""


def work_off(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Reads an import from where it stands to its end; False when none waits."""
    with lane.piece(runtime, Import) as row:
        if row is None:
            return False
        if row.attempts > Import.TERMS.attempts:
            refusal = "work_not_done"
        else:
            try:
                _read(runtime, row)
                return True
            except SourceRefused as refused:
                refusal = str(refused)
        with runtime.unit_of_work() as uow:
            handlers.fail(row.import_id, refusal, uow)
    return True


def _read(runtime: Runtime, row: Import) -> None:
    asked = opened_order(row.asked, runtime.sealing, row.import_id)
    source = open_source(asked)
    if fingerprint_of(asked) != row.fingerprint:
        raise SourceRefused("source_changed", source=row.source)
    plan = mapping_of(row.mapping).plan(source.columns)
    reached = Checkpoint.of(row.checkpoint)
    rows = source.rows()
    next(islice(rows, reached.rows, reached.rows), None)
    began, before = time.monotonic(), reached.rows
    for number, judged in enumerate(_ahead(_batches(plan, row.target, rows)), reached.batches):
        with runtime.unit_of_work() as uow:
            _write_down(uow, row, number, judged, plan.secrets)
        failpoint("imports.batch_written")
        _rest(row.rate, judged[-1].number - before, time.monotonic() - began)
    with runtime.unit_of_work() as uow:
        handlers.read_to_the_end(row.import_id, uow)


def _batches(plan: Plan, target: str, rows: Iterator[Row]) -> Iterator[list[Judged]]:
    batch, part, size = list[Judged](), list[Row](), 0
    for row in rows:
        full = len(batch) + len(part) == BATCH_ROWS or (part and size + len(row.raw) > BATCH_BYTES)
        if full or len(part) == LOOK_ROWS:
            batch += judge_together(plan, target, part)
            part.clear()
            rest_while_crowded(LONGEST_REST, OF_AN_IMPORT)
        if full:
            yield batch
            batch, size = [], 0
        part.append(row)
        size += len(row.raw)
    if part:
        yield batch + judge_together(plan, target, part)


def _ahead(batches: Iterator[list[Judged]]) -> Iterator[list[Judged]]:
    """The next batch is read and judged while the database writes this one."""
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def _rest(rate: int, rows: int, seconds: float) -> None:
    """Until no more rows than ``rate`` a second have been read."""
    if rate:
        time.sleep(max(0.0, rows / rate - seconds))


def _write_down(uow: UnitOfWork, row: Import, number: int, judged: Sequence[Judged], secrets: Sequence[int]) -> None:
    keys = [one.key for one in judged if one.key]
    settled = settle(judged, row.import_id, store.known(uow.session, row.target, row.space, keys))
    store.write_rows(uow.session, row, settled)
    first, last = settled[0], settled[-1]
    target = TARGETS[row.target]
    rows, salt = said(settled), salt_of(uow, target, row.import_id, number)
    sums = store.as_json(sums_of_said(target, rows, salt))
    kept = uow.sealing.seal(ORIGINALS, originals(settled, secrets), f"{row.import_id}:{number}")
    batch = ImportBatch(
        import_id=row.import_id,
        batch=number,
        first_row=first.number,
        last_row=last.number,
        handed_over=0 if row.dry_run else len(rows),
        originals=kept,
        sums=sums,
        sample=sealed_sample(uow.sealing, row.import_id, number, rows) if rows else None,
        owner_sums=None if rows else sums,
    )
    uow.session.add(batch)
    if rows and not row.dry_run:
        hand_over(uow, target, batch, rows, salt)
        note_named(uow, row.import_id, row.target, rows)
        if batch.owner_sums is not None:  # it was the bridge itself that took them
            handlers.tell(row, batch, len(rows), uow)
    place = last.place + len(last.raw)
    progress = min(1.0, place / row.size) if row.size else 0.0
    if not store.go_on(uow.session, row, {"rows": last.number, "batches": number + 1, "place": place}, progress):
        raise LeaseLost
