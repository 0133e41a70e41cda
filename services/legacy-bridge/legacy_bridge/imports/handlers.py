"""An import begins, its owners answer, it ends; it is withdrawn, and compared again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from chassis.ids import new_id
from chassis.keeping.held import release
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, enter
from contracts.legacy import (
    CASES,
    TARGETS,
    BatchLoaded,
    ImportWithdrawn,
    RecordImported,
    SumsAsked,
    SumsTold,
    WithdrawalDone,
    together,
)
from contracts.legacy_bridge import (
    LEGACY_CASES_WITHDRAWN,
    LEGACY_IMPORT_WITHDRAWN,
    LEGACY_RECORD_IMPORTED,
    LEGACY_SUMS_ASKED,
)
from contracts.objects import IDENTITY_SPACE

from legacy_bridge.cases import bulk as cases
from legacy_bridge.imports import store
from legacy_bridge.imports.checking import Checked
from legacy_bridge.imports.model import CHANNEL, ImportRefused, State
from legacy_bridge.imports.order import Order, sealed_order
from legacy_bridge.imports.store import Import, ImportBatch, ImportCheck
from legacy_bridge.scans.handlers import forget as forget_scans
from legacy_bridge.sources.statements import in_english

_SENDER = Sender(Rank.OFFICE, "import")


def begin(order: Order, uow: UnitOfWork, *, resume: bool = False, by: str = "") -> Import:
    """Puts an import into the queue. ``resume``: goes on with the one of this source that has not come to its end, if
    there is one, and takes it from whoever had it; without it such a one is in the way. ``by``: whoever asks for it.
    Raises ``ImportRefused``."""
    before = store.unfinished(uow.session, order.fingerprint, order.mapping, dry_run=order.dry_run)
    if before is not None:
        if not resume:
            raise ImportRefused("import_unfinished", import_id=before.import_id)
        # Whoever had it is dead, or finds out at its next batch that it has been taken over.
        before.rate, before.attempts, before.lease, before.leased_until = order.rate, 0, None, None
        uow.notify(CHANNEL)
        return before
    import_id = new_id("imp")
    row = Import(
        import_id=import_id,
        state="reading",
        mapping=order.mapping,
        target=order.target,
        source=order.shown,
        asked=sealed_order(order.asked, uow.sealing, import_id),
        fingerprint=order.fingerprint,
        size=order.size,
        columns=list(order.columns),
        stated=in_english(order.reading),
        reading=[statement._asdict() for statement in order.reading],
        dry_run=order.dry_run,
        rate=order.rate,
        begun_at=uow.now(),
        begun_by=by,
    )
    enter(uow, row, _SENDER)
    uow.audit("legacy.import", subject=import_id, mapping=order.mapping, dry_run=order.dry_run)
    return row


def become(row: Import, state: State, now: datetime, failure: str = "") -> None:
    """The one place where an import's state changes."""
    row.state, row.failure = state, failure
    if state != "loading":
        row.ended_at = now
    if state != "reading":
        row.lease, row.leased_until = None, None


def read_to_the_end(import_id: str, uow: UnitOfWork) -> None:
    """All rows are judged: it is done, unless an owner has yet to answer."""
    row = store.get(uow.session, import_id, lock=True)
    if row is None or row.state != "reading":
        return
    row.progress = 1.0
    waits = not row.dry_run and store.waiting_batches(uow.session, import_id)
    become(row, "loading" if waits else "done", uow.now())


def fail(import_id: str, code: str, uow: UnitOfWork) -> None:
    """It cannot be read on: the source is not what it was, or took three workers down. What was loaded stays, and can
    be withdrawn."""
    row = store.get(uow.session, import_id, lock=True)
    if row is not None and row.state == "reading":
        become(row, "failed", uow.now(), code)
        uow.audit("legacy.import_failed", subject=import_id, reason=code)


def note_loaded(loaded: BatchLoaded, uow: UnitOfWork) -> None:
    """An owner has stored a batch: its file may go, and others are told. The last answer ends the import."""
    row = store.get(uow.session, loaded.import_id, lock=True)
    batch = uow.session.get(ImportBatch, (loaded.import_id, loaded.batch), with_for_update=True)
    if row is None or batch is None or batch.owner_sums is not None:
        return
    batch.owner_sums = store.as_json(loaded.sums)
    release(uow.session, filter(None, [batch.object_sha256]))
    release(uow.session, filter(None, [batch.sealed_sha256]), IDENTITY_SPACE)
    batch.object_sha256 = batch.sealed_sha256 = None
    if loaded.refused:
        reasons = {refused.row_number: refused.reason for refused in loaded.refused}
        store.refuse_rows(uow.session, loaded.import_id, reasons)
    tell(row, batch, loaded.loaded, uow)
    uow.session.flush()
    if row.state == "loading" and not store.waiting_batches(uow.session, row.import_id):
        become(row, "done", uow.now())


def tell(row: Import, batch: ImportBatch, loaded: int, uow: UnitOfWork) -> None:
    """Says to everybody that rows of the old system have found their owner."""
    told = RecordImported(
        import_id=row.import_id,
        batch=batch.batch,
        mapping=row.mapping,
        target=TARGETS[row.target].name,
        first_row=batch.first_row,
        last_row=batch.last_row,
        loaded=loaded,
    )
    uow.emit(LEGACY_RECORD_IMPORTED, told)


def withdraw(import_id: str, uow: UnitOfWork, *, by: str = "", because: str = "") -> Import:
    """Has everything taken out that an import brought; who wants it, and why, stays with it. Raises ``ImportRefused``:
    unknown, not at its end, a dry run, or rows of another import are duplicates of its rows."""
    row = store.get(uow.session, import_id, lock=True)
    if row is None:
        raise ImportRefused("import_unknown", import_id=import_id)
    if row.dry_run or row.state not in ("done", "failed"):
        raise ImportRefused("import_not_to_withdraw", state="dry run" if row.dry_run else row.state)
    if others := store.named_elsewhere(uow.session, import_id):
        raise ImportRefused("import_built_upon", rows=others)
    if row.target == CASES.name:
        if changed := cases.gone_on_with(uow.session, import_id):
            raise ImportRefused("import_built_upon", rows=changed)
        forget_scans(uow, import_id)
        removed = cases.withdraw(uow.session, import_id)
        uow.emit(LEGACY_CASES_WITHDRAWN, WithdrawalDone(import_id=import_id, removed=removed))
        store.give_up_rows(uow.session, import_id)
        become(row, "withdrawn", uow.now())
    else:
        become(row, "withdrawing", uow.now())
        uow.emit(LEGACY_IMPORT_WITHDRAWN, ImportWithdrawn(import_id=import_id, target=TARGETS[row.target].name))
    row.undone_by, row.undone_because, row.undone_at = by, because, uow.now()
    uow.audit("legacy.withdraw", subject=import_id, reason=because)
    return row


def note_withdrawn(done: WithdrawalDone, uow: UnitOfWork) -> None:
    """The owner has taken it out, or says that something rests on it."""
    row = store.get(uow.session, done.import_id, lock=True)
    if row is None or row.state != "withdrawing":
        return
    if done.built_upon:
        become(row, "done", uow.now(), "import_built_upon")
        return
    forget_scans(uow, done.import_id)
    store.give_up_rows(uow.session, done.import_id)
    become(row, "withdrawn", uow.now())


def ask_sums(import_id: str, uow: UnitOfWork) -> str:
    """Asks the owner what it holds of an import now; the id under which it will have answered."""
    row = store.get(uow.session, import_id)
    if row is None:
        raise ImportRefused("import_unknown", import_id=import_id)
    check = ImportCheck(check_id=new_id("chk"), import_id=import_id)
    uow.session.add(check)
    if row.target == CASES.name:
        batches = store.bounds(uow.session, import_id)
        each = [cases.sums_of(uow.session, import_id, batch.first_row, batch.last_row) for batch in batches]
        found = [(count, sums) for count, sums in each if count]
        _answer(check, sum(count for count, _ in found), store.as_json(together(sums for _, sums in found)), uow)
    else:
        asked = SumsAsked(import_id=import_id, target=TARGETS[row.target].name, check_id=check.check_id)
        uow.emit(LEGACY_SUMS_ASKED, asked)
    return check.check_id


def note_sums(told: SumsTold, uow: UnitOfWork) -> None:
    """The owner's answer."""
    check = uow.session.get(ImportCheck, told.check_id)
    if check is not None and check.told_at is None:
        _answer(check, told.rows, store.as_json(told.sums), uow)


def note_found(check_id: str, checked: Checked, uow: UnitOfWork) -> None:
    """What came of a verification, for who looks at the import later."""
    check = uow.session.get(ImportCheck, check_id)
    if check is not None:
        check.found = asdict(checked)


def _answer(check: ImportCheck, rows: int, sums: dict[str, Any], uow: UnitOfWork) -> None:
    check.told_at, check.rows, check.sums = uow.now(), rows, sums
