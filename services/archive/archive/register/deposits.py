"""封存, 启封: what filing says of a deposit, as the register has it."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.seals import DepositSealChanged

from archive.register.changing import locked
from archive.register.handlers import Source, write_down
from archive.register.records import Record, fold
from archive.register.store import find_entry


def record_seal(data: DepositSealChanged, uow: UnitOfWork) -> None:
    """One record for each seal that is laid or lifted; what the register has already is not written again. That a court
    had it opened is no record: the seal lies on. LookupError (the event is parked for an operator) for a registration
    that is not known here."""
    if data.change == "opened":
        return
    if find_entry(uow.session, data.registration_number) is None:
        raise LookupError(f"{data.registration_number!r}, whose deposit is {data.change}, is unknown here")
    found = locked(data.registration_number, uow)
    if (data.change == "sealed") is (fold(found.earlier).sealed_on is not None):
        return
    on = max(data.changed_on, uow.today())  # the gazette of an earlier day may be out
    record = Record(found.next(), data.change, on, {})
    write_down(found.entry, found.earlier, record, Source(data.changed_at, data.by), uow)
    uow.audit(f"register.{data.change}", subject=data.registration_number, application_id=data.application_id)
