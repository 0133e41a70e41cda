"""变更或补充: an approved change becomes a record, and its proof is made."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import ApplicationApproved

from archive.certificates.handlers import queue_proof
from archive.register import store
from archive.register.handlers import Source, take_number, write_down
from archive.register.kinds import KINDS
from archive.register.records import Record, fold


def entry_as_examined(approved: ApplicationApproved, uow: UnitOfWork) -> tuple[store.RegisterEntry, list[Record]]:
    """The entry that an approval is about, locked, with its records. Raises ValueError where it states something else
    than was examined, or is not there."""
    if store.find_entry(uow.session, approved.registration_number) is None:
        raise ValueError(
            f"application {approved.application_id} is about {approved.registration_number!r}, unknown here"
        )
    entry = store.lock_entry(uow.session, approved.registration_number)
    earlier = store.records_of(uow.session, entry.registration_number)
    now = fold(earlier).particulars.model_dump(mode="json")
    if other := sorted(name for name, value in approved.before.items() if now.get(name) != value):
        raise ValueError(f"{entry.registration_number} states another {', '.join(other)} than was examined")
    return entry, earlier


def change_registration(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records what an approved change states anew; returns the number of its proof (变更或补充证明).

    An application is recorded once, however often its approval arrives. Raises ValueError (the event is parked for an
    operator) where the register says something else than what was examined, or does not know the number.
    """
    store.lock_application(uow.session, approved.application_id)
    if known := store.record_of_application(uow.session, approved.application_id):
        return known.number or ""
    entry, earlier = entry_as_examined(approved, uow)
    today = uow.today()
    number, _ = take_number(KINDS[entry.kind].change_numbers, today, uow)
    record = Record(len(earlier) + 1, "changed", today, approved.states, number=number)
    write_down(entry, earlier, record, Source.of(approved), uow)
    queue_proof("change_proof", entry, record.sequence, approved.application_id, approved.account_id, uow)
    uow.audit("register.change", subject=entry.registration_number, application_id=approved.application_id)
    return number
