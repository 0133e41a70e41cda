"""Old accounts come in batches, sealed, are summed up, and go again when their import is undone."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from chassis.green import offload
from chassis.idle import rest_while_crowded
from chassis.objects.sealing import decrypt
from chassis.uow import UnitOfWork
from contracts.identity import LEGACY_ACCOUNTS_LOADED, LEGACY_ACCOUNTS_SUMMED, LEGACY_ACCOUNTS_WITHDRAWN
from contracts.legacy import (
    ACCOUNTS,
    OF_AN_IMPORT,
    BatchLoaded,
    FieldSum,
    ImportWithdrawn,
    StagedAccounts,
    SumsAsked,
    SumsTold,
    WithdrawalDone,
    sums_of,
    together,
    unpack,
)
from contracts.legacy.batches import Packed
from contracts.legacy.imports import HeldAsked, HeldRecords, masked

from identity.images import opening_keys
from identity.legacy import store
from identity.legacy.model import FACTS, facts_of, found_by, line_of, values_of
from identity.sealing import Vault, vault


class Bounds(Protocol):
    """A batch, as it is told of or as it is kept."""

    @property
    def import_id(self) -> str: ...
    @property
    def first_row(self) -> int: ...
    @property
    def last_row(self) -> int: ...


LARGEST = 64 << 20
"""Bytes of a batch's file."""
SLICE = 50
"""Rows that are sealed or opened in a few milliseconds."""
KEYED_AT_ONCE = 200
LOOK_SLICES, LONGEST_REST = 4, 0.04
"""After so many it looks whether people are waiting for something, and rests for so many seconds at most: a batch takes
some four seconds then, less than an event is leased for."""
Row = TypeVar("Row")
Made = TypeVar("Made")


def load_accounts(staged: StagedAccounts, uow: UnitOfWork) -> None:
    """Stores a batch by COPY, once, and says what it holds of it, from what it reads back.

    A file that is no batch or was sealed for somebody else raises, and is parked for an operator.
    """
    if any(found.batch == staged.batch for found in store.batches_of(uow.session, staged.import_id)):
        return
    key = opening_keys(uow.settings.keys_dir).open(base64.b64decode(staged.sealed.envelope), staged.object.sha256)
    data = decrypt(uow.sealed_objects.read(staged.object.sha256, LARGEST), key)
    seals = vault(uow.settings)
    salt, rows = offload(unpack, ACCOUNTS, data)
    lines = _in_slices(rows, lambda part: [line_of(staged.import_id, row, seals) for row in part])
    if len(lines) != staged.rows:
        raise ValueError(f"batch {staged.batch} of {staged.import_id} was to have {staged.rows} rows")
    store.load(uow.session, lines)
    loaded, sums = _sums(uow, staged, salt, seals)
    sealed_salt = seals.seal(FACTS, salt.encode(), f"{staged.import_id}:{staged.batch}")
    row = store.LegacyBatch(
        import_id=staged.import_id,
        batch=staged.batch,
        sealed_salt=sealed_salt,
        first_row=staged.first_row,
        last_row=staged.last_row,
        loaded=loaded,
    )
    uow.session.add(row)
    told = BatchLoaded(import_id=staged.import_id, batch=staged.batch, loaded=loaded, sums=sums)
    uow.emit(LEGACY_ACCOUNTS_LOADED, told)
    uow.audit("account.import_legacy", subject=staged.import_id, batch=staged.batch, loaded=loaded)


def _sums(uow: UnitOfWork, batch: Bounds, salt: str, seals: Vault) -> tuple[int, dict[str, FieldSum]]:
    kept = store.rows_of(uow.session, batch.import_id, batch.first_row, batch.last_row)

    def opened(part: Sequence[Any]) -> list[Packed]:
        return [
            (row.row_number, row.record_id, values_of(row.record_id, row.facts, row.sealed_password, seals))
            for row in part
        ]

    return len(kept), offload(sums_of, ACCOUNTS, _in_slices(kept, opened), salt)


def _in_slices(rows: Sequence[Row], work: Callable[[Sequence[Row]], list[Made]]) -> list[Made]:
    """Python by the thousand rows holds the interpreter: between slices whoever signs in has their turn."""
    made = list[Made]()
    for begin in range(0, len(rows), SLICE):
        if not begin % (SLICE * LOOK_SLICES):
            rest_while_crowded(LONGEST_REST, OF_AN_IMPORT)
        made += offload(work, rows[begin : begin + SLICE])
    return made


def sum_accounts(asked: SumsAsked, uow: UnitOfWork) -> None:
    """What the tables hold of an import. The old hashes are left out: they go as argon2 takes their place."""
    if asked.target != ACCOUNTS.name:
        return
    seals, count, found = vault(uow.settings), 0, []
    for row in store.batches_of(uow.session, asked.import_id):
        salt = seals.open(FACTS, row.sealed_salt, f"{asked.import_id}:{row.batch}").decode()
        rows, sums = _sums(uow, row, salt, seals)
        if rows:
            count += rows
            found.append({name: one for name, one in sums.items() if name != "password_md5"})
    told = SumsTold(import_id=asked.import_id, check_id=asked.check_id, rows=count, sums=together(found))
    uow.emit(LEGACY_ACCOUNTS_SUMMED, told)


def held_legacy_accounts(request: HeldAsked, uow: UnitOfWork) -> HeldRecords:
    """What is kept of some old accounts, masked, and how many accounts of the import somebody has joined (audited)."""
    seals, found = vault(uow.settings), store.records(uow.session, request.import_id, request.record_ids)
    uow.audit("account.sample_legacy", subject=request.import_id, records=len(found))
    return HeldRecords(
        records={row.record_id: masked("accounts", facts_of(row.record_id, row.facts, seals)) for row in found},
        built_upon=store.joined(uow.session, request.import_id),
    )


def key_accounts(uow: UnitOfWork) -> int:
    """Sweeper: accounts that came before the office could look them up get keys, which a migration cannot make."""
    rows, seals = store.to_key(uow.session, KEYED_AT_ONCE), vault(uow.settings)

    def keyed(part: Sequence[store.LegacyAccount]) -> list[list[int]]:
        return [found_by(values_of(row.record_id, row.facts, None, seals), seals) for row in part]

    for row, keys in zip(rows, _in_slices(rows, keyed), strict=True):
        row.found_by = keys
    return len(rows)


def withdraw_accounts(withdrawn: ImportWithdrawn, uow: UnitOfWork) -> None:
    """Takes out what an import brought, unless somebody has joined one of its accounts to their own."""
    if withdrawn.target != ACCOUNTS.name:
        return
    removed, built_upon = store.withdraw(uow.session, withdrawn.import_id)
    told = WithdrawalDone(import_id=withdrawn.import_id, removed=removed, built_upon=built_upon)
    uow.emit(LEGACY_ACCOUNTS_WITHDRAWN, told)
    uow.audit("account.withdraw_legacy", subject=withdrawn.import_id, removed=removed, built_upon=built_upon)
