"""变更或补充, 补发换发, 撤销: what an approved case about a registration makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.uow import UnitOfWork
from contracts.certificates import AffectingAct
from contracts.filing import ApplicationApproved

from archive.certificates.queueing import Order, queue_certificate, queue_paper
from archive.register import store
from archive.register.handlers import Source, take_number, write_down
from archive.register.keeping import concerned, keeper_of
from archive.register.kinds import KINDS
from archive.register.records import Record, fold
from archive.register.taking_over import take_over
from archive.register.telling import tell_affected


@dataclass(frozen=True)
class Examined:
    """A registration as it was examined, its entry locked, and all its records so far."""

    entry: store.RegisterEntry
    earlier: list[Record]

    def next(self) -> int:
        """The place of the next record."""
        return len(self.earlier) + 1


def change_registration(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records what an approved change states anew; returns the number of its proof (变更或补充证明).

    An application is recorded once, however often its approval arrives. Raises ValueError (the event is parked for an
    operator) where the register says something else than what was examined, or does not know the number.
    """
    found = examined(approved, uow)
    if not isinstance(found, Examined):
        return found.number or ""
    entry, today = found.entry, uow.today()
    number, _ = take_number(KINDS[entry.kind].change_numbers, today, uow)
    record = Record(found.next(), "changed", today, approved.states, number=number)
    write_down(entry, found.earlier, record, Source.of(approved), uow)
    queue_paper(entry, "change_proof", Order.of(approved, record.sequence), uow)
    uow.audit("register.change", subject=entry.registration_number, application_id=approved.application_id)
    return number


def reissue_certificate(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records that the certificate is issued anew, and why; the new one says what the register says today. Returns the
    registration number. Once, and ValueError, as for a change."""
    found = examined(approved, uow)
    if not isinstance(found, Examined):
        return found.registration_number
    entry = found.entry
    record = Record(found.next(), "reissued", uow.today(), {}, ground=approved.ground)
    before = keeper_of(uow.session, entry).account_id
    write_down(entry, found.earlier, record, Source.of(approved), uow)
    tell_affected(entry, "reissued", record, {before} - {approved.account_id}, uow)
    queue_certificate(entry, Order.of(approved, record.sequence), uow)
    uow.audit("register.reissue", subject=entry.registration_number, application_id=approved.application_id)
    return entry.registration_number


def cancel_registration(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records that a registration is given up by those whose it is; returns the number of the proof. Once, and
    ValueError, as for a change."""
    found = examined(approved, uow)
    if not isinstance(found, Examined):
        return found.number or ""
    return revoke(found, approved.ground, Source.of(approved), Order.of(approved, found.next()), uow)


def revoke(found: Examined, ground: str, source: Source, order: Order, uow: UnitOfWork) -> str:
    """Writes down that a registration is revoked, and has its proof (撤销登记证明) made, of which its account hears;
    all others whom it concerns hear of the revocation. Returns its number."""
    entry, today = found.entry, uow.today()
    number, _ = take_number(KINDS[entry.kind].revocation_numbers, today, uow)
    record = Record(order.record, "revoked", today, {}, number=number, ground=ground)
    write_down(entry, found.earlier, record, source, uow)
    act: AffectingAct = "cancelled" if ground == "own_request" else "revoked"
    tell_affected(entry, act, record, concerned(uow.session, entry) - {order.account_id}, uow)
    queue_paper(entry, "revocation_proof", order, uow)
    uow.audit("register.revoke", subject=entry.registration_number, ground=ground)
    return number


def examined(approved: ApplicationApproved, uow: UnitOfWork) -> Examined | store.RegisterRecord:
    """What an approval is about, locked, or the record that it led to already. Raises ValueError where it states
    something else than was examined, or is not there."""
    store.lock_application(uow.session, approved.application_id)
    if known := store.record_of_application(uow.session, approved.application_id):
        return known
    entry = store.find_entry(uow.session, approved.registration_number)
    entry = entry or take_over(uow, approved.registration_number, approved.account_id)
    if entry is None:
        raise ValueError(
            f"application {approved.application_id} is about {approved.registration_number!r}, unknown here"
        )
    found = locked(entry.registration_number, uow)
    now = fold(found.earlier).particulars.model_dump(mode="json")
    if other := sorted(name for name, value in approved.before.items() if now.get(name) != value):
        raise ValueError(f"{approved.registration_number} states another {', '.join(other)} than was examined")
    return found


def locked(number: str, uow: UnitOfWork) -> Examined:
    """A registration that is known, locked until the transaction ends."""
    entry = store.lock_entry(uow.session, number)
    return Examined(entry, store.records_of(uow.session, number))
