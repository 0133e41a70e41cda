"""What is recorded about a registration of the old system: its entry is taken over first, as the old register has it.

Nothing is taken over but by what is recorded upon it: until a case about it is approved, the old register answers.
"""

from __future__ import annotations

from datetime import datetime, time

from chassis.clock import SHANGHAI
from chassis.errors import Problem
from chassis.uow import UnitOfWork

from archive.legacy.model import taken_over
from archive.legacy.store import (
    NOBODY,
    LegacyRegistration,
    find_registration,
    held_registration,
    holder_of,
    while_filers_stay,
)
from archive.register import store
from archive.register.handlers import Source, write_down
from archive.register.records import Record

BY = "legacy-register"
"""Who decided what the old system registered, as far as is known."""


def old_record(uow: UnitOfWork, number: str, account_id: str) -> tuple[LegacyRegistration, Record] | None:
    """An old registration that is the account's, and the record that its entry would begin with; None for what is
    not there, somebody else's, or in this register already. Problem ``old_registration_incomplete`` for what was
    recorded with too little to go on with."""
    row = held_registration(uow.session, number, account_id)
    record = _record_of(row, uow) if row else None
    return (row, record) if row and record else None


def any_old_record(uow: UnitOfWork, number: str) -> tuple[LegacyRegistration, Record] | None:
    """An old registration, whosesoever it is, and the record that its entry would begin with: for what the office does
    by itself. Problem as :func:`old_record`."""
    row = find_registration(uow.session, number)
    record = _record_of(row, uow) if row else None
    return (row, record) if row and record else None


def _record_of(row: LegacyRegistration, uow: UnitOfWork) -> Record | None:
    stated = taken_over(row)
    if stated is None:
        raise Problem("old_registration_incomplete", number=row.number)
    if any(store.find_entry(uow.session, one) for one in (row.number, stated.certificate_number) if one):
        return None
    return Record(1, "registered", row.registered_on, stated.model_dump(mode="json"))


def take_over(uow: UnitOfWork, number: str, account_id: str) -> store.RegisterEntry | None:
    """Writes the entry of an old registration, under its own number, with the day of its registration. Once: the
    caller holds the lock of the application, this one that of the number."""
    while_filers_stay(uow.session)
    store.lock_application(uow.session, number)
    found = old_record(uow, number, account_id)
    return _written(*found, account_id, uow) if found else store.find_entry(uow.session, number)


def take_over_by_office(uow: UnitOfWork, number: str) -> store.RegisterEntry | None:
    """The same, whosesoever it is, for what the office does by itself: the entry is whose the old account is that filed
    it, or nobody's until somebody comes for that."""
    while_filers_stay(uow.session)
    store.lock_application(uow.session, number)
    found = any_old_record(uow, number)
    if found is None:
        return store.find_entry(uow.session, number)
    return _written(*found, holder_of(uow.session, found[0].login) or NOBODY, uow)


def _written(row: LegacyRegistration, record: Record, account_id: str, uow: UnitOfWork) -> store.RegisterEntry:
    year = row.registered_on.year
    entry = store.RegisterEntry(
        registration_number=row.number,
        certificate_number=record.states["certificate_number"],
        application_id=row.record_id,
        account_id=account_id,
        series=store.TAKEN_OVER,
        year=year,
        sequence=store.next_number(uow.session, store.TAKEN_OVER, year),
        kind=row.kind,
        category=record.states["category"],
        authors=record.states["authors"],
        completion_date=row.completion_date,
        registered_on=row.registered_on,
    )
    decided = datetime.combine(row.registered_on, time(), SHANGHAI)
    source = Source(decided_at=decided, decided_by=BY, serial_number=row.serial_number)
    write_down(entry, [], record, source, uow)
    uow.audit("register.take_over", subject=row.number, record_id=row.record_id)
    return entry
