"""Proposing an act, hearing whom it concerns, and confirming it by a second person."""

from __future__ import annotations

from chassis.access import acting_for, is_self
from chassis.errors import FieldError, Problem
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.office_acts import BeHeard, DecideAct, OfficeActState, OfficeActView, ProposeAct

from archive.certificates.queueing import Order, queue_certificate
from archive.office_acts import model, store
from archive.office_acts.answers import keep_answer
from archive.office_acts.beginning import begun, kept, said, still_holds
from archive.office_acts.reporting import copied, reported
from archive.office_acts.telling import tell, tell_objector
from archive.office_acts.views import hearing_over, may_about, readable, view_act
from archive.register.changing import Examined, locked, revoke
from archive.register.handlers import Source, write_down
from archive.register.keeping import keeper_of
from archive.register.records import Record, fold
from archive.register.store import RegisterEntry, find_entry
from archive.register.taking_over import take_over_by_office


def propose_act(request: ProposeAct, uow: UnitOfWork) -> OfficeActView:
    """A member of staff proposes, on a ground, with what shows it. The holder is told of a revocation that they may be
    heard about. A registration of the old system is taken over with it.

    Problems ``registration_number_unknown``, ``old_registration_incomplete``, ``registration_ended``,
    ``ground_not_applicable`` (of this kind, or of what was reported), ``office_act_open`` (another proposal waits),
    ``office_act_unknown`` and ``office_act_closed`` (of the report that it answers), ``correction_changes_nothing``,
    ``receipt_invalid``; ``request_invalid`` for what cannot be stated, without a statement or without evidence: who
    confirms has to see what it rests on.
    """
    entry = find_entry(uow.session, request.registration_number)
    entry = entry or take_over_by_office(uow, request.registration_number)
    if entry is None:
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    found = locked(entry.registration_number, uow)
    still_holds(found, request.ground)
    if request.ground not in model.grounds_of(entry.kind):
        raise Problem("ground_not_applicable")
    act, now = model.act_on(request.ground), fold(found.earlier).particulars
    if (act == "corrected") is not (request.corrected is not None):
        raise Problem("request_invalid", errors=[FieldError("corrected", "not_applicable")])
    said("statement", request.statement)
    if not request.evidence:
        raise Problem("request_invalid", errors=[FieldError("evidence", "required")])
    states = model.states_of(now, request.corrected, uow.today()) if request.corrected else {}
    if store.proposed_act(uow.session, entry.registration_number):
        raise Problem("office_act_open")
    row = reported(entry, request.act_id, act, uow) if request.act_id else store.OfficeAct(act_id=new_id("act"))
    row.registration_number, row.act, row.ground = entry.registration_number, act, request.ground
    _advance(row, "proposed")
    row.before, row.states, row.statement = model.before_of(now, states), states, request.statement
    row.proposed_by, row.proposed_at = uow.actor.subject, uow.legal_now()
    row.hear_until = model.hear_until(request.ground, uow.today())
    row.files = [*row.files, *kept(request.evidence, uow)]
    view = begun(row, found.entry, "propose", uow)
    if row.hear_until is not None:
        tell(row, found.entry, row.statement, uow)
    tell_objector(row, found.entry, "", uow)
    return view


def be_heard(request: BeHeard, uow: UnitOfWork) -> OfficeActView:
    """Whoever it concerns answers a proposal, each once, in time; with the last of them the period is over. Problems
    ``office_act_unknown``, ``office_act_closed``, ``receipt_invalid``; ``request_invalid`` without a word."""
    row, entry = readable(uow, request.act_id, lock=True)
    if not may_about(uow, entry, row.act, "file"):
        raise Problem("office_act_unknown")
    account_id = acting_for(uow.actor, "file")
    answered = store.answer_of(uow.session, row.act_id, account_id) is not None
    if row.state != "proposed" or row.hear_until is None or hearing_over(row, uow) or answered:
        raise Problem("office_act_closed")
    said("statement", request.statement)
    row.files = [*row.files, *kept(request.evidence, uow, answer_of=account_id)]
    if keep_answer(entry, row.act_id, account_id, request.statement, uow):
        row.heard_at = uow.legal_now()
    uow.audit("office_act.be_heard", subject=row.registration_number, act_id=row.act_id)
    return view_act(row, entry, uow)


def decide_act(request: DecideAct, uow: UnitOfWork) -> OfficeActView:
    """A second person confirms, and it is recorded in the same transaction; or dismisses it, with a reason; or who
    proposed it takes it back, with one.

    Problems ``office_act_unknown``, ``office_act_closed`` (decided already), ``action_not_allowed`` (only reported;
    one's own is withdrawn, another's dismissed), ``second_person_required``, ``hearing_open`` (``until``),
    ``registration_ended``, ``office_act_outdated`` (the register says something else than when it was proposed);
    ``request_invalid`` to dismiss or withdraw without a reason.
    """
    row, _entry = readable(uow, request.act_id, lock=True)
    if row.state not in store.OPEN:
        raise Problem("office_act_closed")
    found = locked(row.registration_number, uow)
    if request.step == "withdraw":
        _withdraw(row, request.reason, found.entry, uow)
        return view_act(row, found.entry, uow)
    if request.step == "dismiss":
        if row.state == "proposed" and is_self(uow.actor, row.proposed_by):
            raise Problem("action_not_allowed", state=row.state, allowed="withdraw")
        said("reason", request.reason)
        _decide(row, "dismissed", request.reason, uow)
        if (row.act == "corrected" and row.reported_by is not None) or row.hear_until is not None:
            tell(row, found.entry, request.reason, uow)
        tell_objector(row, found.entry, request.reason, uow)
        return view_act(row, found.entry, uow)
    if row.state != "proposed" or row.ground is None:
        raise Problem("action_not_allowed", state=row.state, allowed="dismiss")
    if is_self(uow.actor, row.proposed_by):
        raise Problem("second_person_required")
    if row.hear_until is not None and not hearing_over(row, uow):
        raise Problem("hearing_open", until=row.hear_until.isoformat())
    still_holds(found, row.ground)
    _decide(row, "confirmed", request.reason, uow)
    failpoint("office_acts.confirmed")
    _record(row, found, uow)
    failpoint("office_acts.recorded")
    tell_objector(row, found.entry, request.reason, uow)
    return view_act(row, found.entry, uow)


def _withdraw(row: store.OfficeAct, reason: str, entry: RegisterEntry, uow: UnitOfWork) -> None:
    """Takes back one's own proposal. A holder who was told of it is told this, too; a report that it answered waits
    again."""
    if row.state != "proposed" or not is_self(uow.actor, row.proposed_by):
        raise Problem("action_not_allowed", state=row.state, allowed="dismiss")
    said("reason", reason)
    _decide(row, "withdrawn", reason, uow)
    if row.hear_until is not None and entry.status == "valid":
        tell(row, entry, reason, uow)
    if row.reported_by is None:
        return
    again = store.reported_act(uow.session, row.registration_number, row.act, row.reported_by)
    if again is not None:  # reported again meanwhile: there is one report at a time
        again.report = f"{row.report}\n\n{again.report}"
    else:
        again = store.OfficeAct(act_id=new_id("act"), registration_number=row.registration_number, act=row.act)
        again.before, again.states, again.report = {}, {}, row.report
        again.reported_by, again.reported_at = row.reported_by, row.reported_at
        _advance(again, "reported")
        uow.session.add(again)
    again.files = [*again.files, *copied(row)]


def _record(row: store.OfficeAct, found: Examined, uow: UnitOfWork) -> None:
    """Writes the act down and has its paper made."""
    now = fold(found.earlier).particulars.model_dump(mode="json")
    if any(now[name] != value for name, value in row.before.items()):
        raise Problem("office_act_outdated")
    keeper = keeper_of(uow.session, found.entry)
    source = Source(uow.now(), uow.actor.subject)
    order = Order(found.next(), keeper.application_id, keeper.account_id)
    if row.act == "revoked":
        revoke(found, row.ground or "", source, order, uow)
        return
    record = Record(order.record, "corrected", uow.today(), row.states, ground=row.ground or "")
    write_down(found.entry, found.earlier, record, source, uow)
    queue_certificate(found.entry, order, uow)
    uow.audit("register.correct", subject=row.registration_number, fields=",".join(sorted(row.states)))


def _advance(row: store.OfficeAct, state: OfficeActState) -> None:
    """Reported, proposed, decided: only forward, as :data:`store.FOLLOWS` has it."""
    if row.state is not None and state not in store.FOLLOWS[row.state]:
        raise Problem("office_act_closed")
    row.state = state


def _decide(row: store.OfficeAct, state: OfficeActState, reason: str, uow: UnitOfWork) -> None:
    _advance(row, state)
    row.reason, row.decided_by, row.decided_at = reason, uow.actor.subject, uow.legal_now()
    uow.audit(f"office_act.{row.state}", subject=row.registration_number, act_id=row.act_id)
    uow.session.flush()
