"""Handing a batch to whoever owns its rows: the archive, identity, or the bridge itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chassis.objects.sealing import SealingKey, put_sealed
from chassis.uow import UnitOfWork
from contracts.legacy import (
    ACCOUNTS,
    CASES,
    REGISTRATIONS,
    StagedAccounts,
    StagedRegistrations,
    Target,
    numbers_told,
    pack,
)
from contracts.legacy.batches import Said
from contracts.legacy_bridge import LEGACY_ACCOUNTS_STAGED, LEGACY_CASES_NUMBERED, LEGACY_REGISTRATIONS_STAGED

from legacy_bridge.cases import bulk as cases
from legacy_bridge.imports import store
from legacy_bridge.imports.store import ImportBatch

HandOver = Callable[[UnitOfWork, ImportBatch, Sequence[Said], str], None]
SALTED = (ACCOUNTS.name,)
"""Targets whose sums could be tried out, were they not salted: a batch may have one row, and that an ID number."""


def salt_of(uow: UnitOfWork, target: Target, import_id: str, batch: int) -> str:
    """The same again when a batch is made again; known to nobody without the bridge's sealing key."""
    if target.name not in SALTED:
        return ""
    return uow.sealing.digest("import-salt", f"{import_id}:{batch}".encode()).hex()


def hand_over(uow: UnitOfWork, target: Target, batch: ImportBatch, rows: Sequence[Said], salt: str) -> None:
    """Gives rows to their owner. The file is stored before the transaction that says so is committed."""
    _HAND_OVER[target.name](uow, batch, rows, salt)


def _to_archive(uow: UnitOfWork, batch: ImportBatch, rows: Sequence[Said], salt: str) -> None:
    ref = uow.objects.put_bytes(pack(REGISTRATIONS, batch.import_id, rows, salt))
    batch.object_sha256 = ref.sha256
    said = StagedRegistrations(
        import_id=batch.import_id,
        batch=batch.batch,
        first_row=batch.first_row,
        last_row=batch.last_row,
        rows=len(rows),
        object=ref,
    )
    uow.emit(LEGACY_REGISTRATIONS_STAGED, said)


def _to_identity(uow: UnitOfWork, batch: ImportBatch, rows: Sequence[Said], salt: str) -> None:
    data = pack(ACCOUNTS, batch.import_id, rows, salt)
    ref, sealed = put_sealed(SealingKey.load(uow.settings.keys_dir), uow.sealed_objects, data)
    batch.sealed_sha256 = ref.sha256
    said = StagedAccounts(
        import_id=batch.import_id,
        batch=batch.batch,
        first_row=batch.first_row,
        last_row=batch.last_row,
        rows=len(rows),
        object=ref,
        sealed=sealed,
    )
    uow.emit(LEGACY_ACCOUNTS_STAGED, said)


def _to_ourselves(uow: UnitOfWork, batch: ImportBatch, rows: Sequence[Said], salt: str) -> None:
    cases.load(uow.session, batch.import_id, rows)
    _, sums = cases.sums_of(uow.session, batch.import_id, batch.first_row, batch.last_row)
    batch.owner_sums = store.as_json(sums)
    found = cases.numbers_of(uow.session, batch.import_id, batch.first_row, batch.last_row)
    for told in numbers_told(batch.import_id, ((row.account_record, row.numbers) for row in found)):
        uow.emit(LEGACY_CASES_NUMBERED, told)


_HAND_OVER: Mapping[str, HandOver] = {
    REGISTRATIONS.name: _to_archive,
    ACCOUNTS.name: _to_identity,
    CASES.name: _to_ourselves,
}
