"""The dossier: every event of every service is kept, and the owner of a case and staff can read it."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Model
from contracts.filing import ApplicationApproved
from contracts.seals import DepositSealChanged

from archive.certificates.handlers import may_read
from archive.dossier import store
from archive.dossier.model import Recorded, documents_of, ordered, summary_of, told_of
from archive.mailing.asking import ask_with_registration, stop_for_others
from archive.register.changing import cancel_registration, change_registration, reissue_certificate
from archive.register.dealing import record_dealing, record_release
from archive.register.deposits import record_seal
from archive.register.handlers import enter_registration
from contracts import archive

ACTS = {
    "registered": enter_registration,
    "changed": change_registration,
    "reissued": reissue_certificate,
    "revoked": cancel_registration,
    "assigned": record_dealing,
    "licensed": record_dealing,
    "pledged": record_dealing,
    "released": record_release,
    "terminated": record_release,
}
"""What an approval leads to in the register."""


def record_event(data: Model, uow: UnitOfWork) -> None:
    """Appends the event being handled to its case's dossier."""
    if uow.event is None:
        raise LookupError("only events are recorded in a dossier")
    store.append(uow.session, uow.event)


def record_approval(data: ApplicationApproved, uow: UnitOfWork) -> None:
    """An approval is kept in the dossier and entered into the register, in one transaction, with the parcel that was
    wished for. Where that goes, the dossier does not keep: it is for ever, the address is not."""
    if uow.event is None:
        raise LookupError("only events are recorded in a dossier")
    facts = {name: value for name, value in uow.event.data.items() if name != "delivery"}
    store.append(uow.session, uow.event.model_copy(update={"data": facts}))
    number = ACTS[data.act](data, uow)
    if data.act == "registered" and data.delivery is not None:
        ask_with_registration(number, data.delivery, uow)
    if data.act in ("assigned", "reissued"):
        stop_for_others(data.registration_number, uow)


def record_seal_of_deposit(data: DepositSealChanged, uow: UnitOfWork) -> None:
    """Kept in the dossier and, where it changes what the register says, there."""
    record_event(data, uow)
    record_seal(data, uow)


def get_dossier(request: archive.GetDossier, uow: UnitOfWork) -> archive.Dossier:
    """All that happened in a case, oldest first, with its documents; who of the office did it is for the office.

    Problem ``dossier_unknown`` for an unknown case and for one of somebody else.
    """
    owner = store.owner_of(uow.session, request.application_id)
    if owner is None or not may_read(uow.actor, owner):
        raise Problem("dossier_unknown")
    recorded = [
        Recorded(row.source, row.event, row.sequence, row.at, row.actor, row.data)
        for row in store.entries_of(uow.session, request.application_id)
    ]
    if not uow.actor.is_staff:
        recorded = [told_of(entry, {owner, uow.actor.subject}) for entry in recorded]
    return archive.Dossier(
        application_id=request.application_id,
        entries=[
            archive.DossierEntry(
                at=entry.at,
                event=entry.event,
                source=entry.source,
                actor=entry.actor,
                summary=summary_of(entry.data),
                documents=documents_of(entry.data),
            )
            for entry in ordered(recorded)
        ],
    )
