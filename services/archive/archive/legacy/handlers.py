"""Old registrations come in batches, are summed up for whoever asks, and go again when their import is undone."""

from __future__ import annotations

from chassis.idle import rest_while_crowded
from chassis.keeping.held import release
from chassis.uow import UnitOfWork
from contracts.archive import (
    LEGACY_REGISTRATIONS_LOADED,
    LEGACY_REGISTRATIONS_NUMBERED,
    LEGACY_REGISTRATIONS_SUMMED,
    LEGACY_REGISTRATIONS_WITHDRAWN,
)
from contracts.legacy import (
    OF_AN_IMPORT,
    REGISTRATIONS,
    BatchLoaded,
    ImportWithdrawn,
    RefusedRow,
    StagedRegistrations,
    SumsAsked,
    SumsTold,
    WithdrawalDone,
    numbers_told,
    together,
    unpack_header,
)

from archive.legacy import store, undoing

LONGEST_REST = 1.0
"""Seconds before a batch, while people are waiting for something: it is a third of a second of the database's work."""


def load_registrations(staged: StagedRegistrations, uow: UnitOfWork) -> None:
    """Stores a batch by COPY, once, and says what it holds of it now.

    Rows whose number the register has given itself are refused (``number_in_register``). A file that is no batch raises
    ``BatchBroken``, and is parked for an operator.
    """
    if any(found.batch == staged.batch for found in store.batches_of(uow.session, staged.import_id)):
        return
    rest_while_crowded(LONGEST_REST, OF_AN_IMPORT)
    store.while_filers_stay(uow.session)
    with uow.objects.open(staged.object.sha256) as stream:
        unpack_header(REGISTRATIONS, stream.readline())
        store.load(uow.session, stream)
    rows, sums = store.sums_of(uow.session, staged.import_id, staged.first_row, staged.last_row)
    if rows != staged.rows:
        raise ValueError(f"batch {staged.batch} of {staged.import_id} was to have {staged.rows} rows, and has {rows}")
    refused = store.drop_registered(uow.session, staged.import_id, staged.first_row, staged.last_row)
    loaded = rows - len(refused)
    row = store.LegacyBatch(
        import_id=staged.import_id,
        batch=staged.batch,
        first_row=staged.first_row,
        last_row=staged.last_row,
        loaded=loaded,
    )
    uow.session.add(row)
    uow.emit(
        LEGACY_REGISTRATIONS_LOADED,
        BatchLoaded(
            import_id=staged.import_id,
            batch=staged.batch,
            loaded=loaded,
            refused=[RefusedRow(row_number=number, reason="number_in_register") for number in refused],
            sums=sums,
        ),
    )
    _tell_numbers(staged, uow)
    uow.audit("register.import_legacy", subject=staged.import_id, batch=staged.batch, loaded=loaded)


def _tell_numbers(staged: StagedRegistrations, uow: UnitOfWork) -> None:
    """Identity has to know whose they are: with one of them an account is got back. Only of those whose owner has come
    by now; of the others when one comes (``archive.legacy.history``)."""
    found = store.numbers_of(uow.session, staged.import_id, staged.first_row, staged.last_row)
    for told in numbers_told(staged.import_id, ((row.account_record, row.numbers) for row in found)):
        uow.emit(LEGACY_REGISTRATIONS_NUMBERED, told)


def sum_registrations(asked: SumsAsked, uow: UnitOfWork) -> None:
    """What the tables hold of an import, for whoever compares it with the source again."""
    if asked.target != REGISTRATIONS.name:
        return
    batches = store.batches_of(uow.session, asked.import_id)
    found = [store.sums_of(uow.session, asked.import_id, batch.first_row, batch.last_row) for batch in batches]
    found = [(rows, sums) for rows, sums in found if rows]
    told = SumsTold(
        import_id=asked.import_id,
        check_id=asked.check_id,
        rows=sum(rows for rows, _ in found),
        sums=together(sums for _, sums in found),
    )
    uow.emit(LEGACY_REGISTRATIONS_SUMMED, told)


def withdraw_registrations(withdrawn: ImportWithdrawn, uow: UnitOfWork) -> None:
    """Takes out what an import brought, unless something was recorded here upon one of its registrations."""
    if withdrawn.target != REGISTRATIONS.name:
        return
    store.while_nothing_is_loaded(uow.session)  # nor taken over
    removed, built_upon = 0, undoing.taken_over(uow.session, withdrawn.import_id)
    if not built_upon:
        release(uow.session, undoing.withdraw_papers(uow.session, withdrawn.import_id))
        removed = undoing.withdraw(uow.session, withdrawn.import_id)
    told = WithdrawalDone(import_id=withdrawn.import_id, removed=removed, built_upon=built_upon)
    uow.emit(LEGACY_REGISTRATIONS_WITHDRAWN, told)
    uow.audit("register.withdraw_legacy", subject=withdrawn.import_id, removed=removed)
