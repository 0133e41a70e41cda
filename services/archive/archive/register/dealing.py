"""合同登记与终止、质权登记与注销: what is approved of the rights becomes a record, and its proof is made."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork
from contracts.dealings import Dealing, conflicts, owned_by
from contracts.filing import ApplicationApproved
from pydantic import ValidationError

from archive.certificates.queueing import Order, queue_paper
from archive.parties.store import note_parties
from archive.register.changing import Examined, examined
from archive.register.handlers import Source, take_number, write_down
from archive.register.holding import burdens_of, holding, own_numbers, people_of, rights_of
from archive.register.model import Owner
from archive.register.records import ENDS, Record, Standing, fold
from archive.register.store import RegisterEntry
from archive.register.telling import tell_recorded, tell_released


def record_dealing(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records an assignment, an exclusive licence or a pledge; returns its number.

    Once, however often its approval arrives. Raises ValueError (the event is parked for an operator) where it takes
    what is another's, pledged or licensed by now, whatever was examined: of two that race one is recorded.
    """
    found = examined(approved, uow)
    if not isinstance(found, Examined):
        return found.number or ""
    entry, earlier = found.entry, found.earlier
    standing, today = fold(earlier), uow.today()
    own = own_numbers(uow.session, entry, approved.account_id)
    grantors = people_of(standing, holding(standing, own, today))
    try:
        begins = {"begins": today} if approved.act == "pledged" else {}  # with its record: 民法典 art. 444
        dealing = Dealing.model_validate({**approved.dealing, **begins, "act": approved.act, "grantors": grantors})
    except ValidationError as error:
        raise ValueError(f"application {approved.application_id} deals in no way that is known here") from error
    if against := conflicts(rights_of(standing), standing.dealings, dealing, own):
        reasons = ", ".join(f"{one.code} {one.number}".strip() for one in against)
        raise ValueError(f"{entry.registration_number} cannot be {approved.act}: {reasons}")
    number, _ = take_number(f"{entry.kind}_{approved.act}", today, uow)
    dealing = dealing.model_copy(update={"number": number, "on": today})
    kept = dealing.model_dump(mode="json", exclude={"number", "on", "act", "released_on"})
    refers_to = number if approved.act == "pledged" else ""
    record = Record(len(earlier) + 1, approved.act, today, _owners(standing, dealing), refers_to, number, dealing=kept)
    write_down(entry, earlier, record, Source.of(approved), uow)
    note_parties(uow.session, uow.sealing, _place(entry, record), number, dealing.grantees)
    tell_recorded(entry, record, dealing, approved.account_id, uow)
    queue_paper(entry, "dealing_proof", Order.of(approved, record.sequence), uow)
    uow.audit(f"register.{approved.act}", subject=entry.registration_number, application_id=approved.application_id)
    return number


def record_release(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Records that a pledge or an exclusive licence is over, as whoever has it states; returns the number of the proof.
    Raises as :func:`record_dealing` for one that is over already, or is another's."""
    found = examined(approved, uow)
    if not isinstance(found, Examined):
        return found.number or ""
    entry, earlier = found.entry, found.earlier
    standing, today, ended = fold(earlier), uow.today(), str(approved.dealing.get("number", ""))
    own = own_numbers(uow.session, entry, approved.account_id)
    mine = (one for one in burdens_of(standing, own, today) if one.act == ENDS.get(approved.act))
    released = next((one for one in mine if one.number == ended), None)
    if released is None:
        raise ValueError(f"{entry.registration_number} has nothing {ended!r} that {approved.account_id} may release")
    number, _ = take_number(f"{entry.kind}_{approved.act}", today, uow)
    record = Record(len(earlier) + 1, approved.act, today, {}, ended, number)
    write_down(entry, earlier, record, Source.of(approved), uow)
    note_parties(uow.session, uow.sealing, _place(entry, record), ended, released.grantees)
    tell_released(entry, record, released, approved.account_id, uow)
    queue_paper(entry, "dealing_proof", Order.of(approved, record.sequence), uow)
    uow.audit(f"register.{approved.act}", subject=entry.registration_number, application_id=approved.application_id)
    return number


def _place(entry: RegisterEntry, record: Record) -> tuple[str, int]:
    return entry.registration_number, record.sequence


def _owners(standing: Standing, dealing: Dealing) -> dict[str, Any]:
    """Other copyright owners, once all that was registered is for good with them alone."""
    dealings = (*standing.dealings, dealing)
    if dealing.number not in owned_by(rights_of(standing), dealings):
        return {}
    return {"owners": [Owner.model_validate(one.model_dump()).model_dump(mode="json") for one in dealing.grantees]}
