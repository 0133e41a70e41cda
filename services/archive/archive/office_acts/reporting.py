"""A holder reports an error of the office; somebody else objects to a registration."""

from __future__ import annotations

from chassis.access import acting_for
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.office_acts import OfficeActView, RaiseObjection, ReportError

from archive.legacy.store import find_registration
from archive.office_acts import model, store
from archive.office_acts.beginning import begun, kept, said, still_holds
from archive.office_acts.views import may_about
from archive.register.changing import locked
from archive.register.store import RegisterEntry, entry_of_proof, find_entry


def report_error(request: ReportError, uow: UnitOfWork) -> OfficeActView:
    """The holder says what is wrong on the certificate; free of charge, one report at a time.

    Problems ``registration_number_unknown``, ``certificate_of_another``, ``registration_ended``, ``office_act_open``;
    ``request_invalid`` without a word.
    """
    entry = find_entry(uow.session, request.registration_number)
    if entry is None:
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    if not may_about(uow, entry, "corrected", "file"):
        raise Problem("certificate_of_another", number=request.registration_number)
    found = locked(entry.registration_number, uow)
    still_holds(found)
    said("report", request.report)
    if store.reported_act(uow.session, entry.registration_number, "corrected", None):
        raise Problem("office_act_open")
    row = store.OfficeAct(
        act_id=new_id("act"),
        registration_number=entry.registration_number,
        act="corrected",
        state="reported",
        before={},
        states={},
        report=request.report,
        reported_by=uow.actor.subject,
        reported_at=uow.legal_now(),
    )
    return begun(row, found.entry, "report", uow)


def raise_objection(request: RaiseObjection, uow: UnitOfWork) -> OfficeActView:
    """Somebody to whom it is not registered objects to a registration: one objection at a time, each with what shows
    it. Whoever holds the registration hears of it when the office proposes something.

    Problems ``registration_number_unknown``, ``objection_old_system`` (``number``), ``objection_to_own``,
    ``registration_ended``, ``objection_open``, ``objections_too_many`` (``limit``), ``receipt_invalid``;
    ``request_invalid`` without a word.
    """
    number, by = request.registration_number, acting_for(uow.actor, "file")
    entry = find_entry(uow.session, number) or entry_of_proof(uow.session, number)
    if entry is None:
        if find_registration(uow.session, number) is not None:
            raise Problem("objection_old_system", number=number)
        raise Problem("registration_number_unknown", number=number, looks_like="other")
    if may_about(uow, entry, "corrected", "file"):
        raise Problem("objection_to_own", number=entry.registration_number)
    found = locked(entry.registration_number, uow)
    still_holds(found, "untrue")
    said("statement", request.statement)
    if store.reported_act(uow.session, entry.registration_number, "revoked", by):
        raise Problem("objection_open", number=entry.registration_number)
    if store.open_objections(uow.session, by) >= model.MOST_OBJECTIONS:
        raise Problem("objections_too_many", limit=model.MOST_OBJECTIONS)
    row = store.OfficeAct(
        act_id=new_id("act"),
        registration_number=entry.registration_number,
        act="revoked",
        state="reported",
        before={},
        states={},
        report=request.statement,
        reported_by=by,
        reported_at=uow.legal_now(),
    )
    row.files = kept(request.evidence, uow, answer_of=by)
    return begun(row, found.entry, "object", uow)


def reported(entry: RegisterEntry, act_id: str, act: str, uow: UnitOfWork) -> store.OfficeAct:
    """The report that a proposal answers; it is about the same registration, by whichever number that was named."""
    row = store.find_act(uow.session, act_id, lock=True)
    if row is None or row.registration_number != entry.registration_number:
        raise Problem("office_act_unknown")
    if row.state != "reported":
        raise Problem("office_act_closed")
    if act != row.act:  # an error is corrected, an objection leads to a revocation
        raise Problem("ground_not_applicable")
    return row


def copied(row: store.OfficeAct) -> list[store.OfficeActFileRow]:
    """What came with an objection stays with what was proposed on it, and comes with it when it waits again."""
    return [
        store.OfficeActFileRow(
            file_id=new_id("oaf"),
            file_name=one.file_name,
            sha256=one.sha256,
            size=one.size,
            answer_of=one.answer_of,
            attached_by=one.attached_by,
            attached_at=one.attached_at,
        )
        for one in row.files
        if row.act == "revoked" and one.answer_of == row.reported_by
    ]
