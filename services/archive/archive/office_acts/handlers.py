"""Reporting an error, proposing an act, hearing its holder, and confirming it by a second person."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.access import acting_for, is_self
from chassis.errors import FieldError, Problem
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.office_acts import (
    OFFICE_ACT_ADVANCED,
    BeHeard,
    DecideAct,
    OfficeActAdvanced,
    OfficeActState,
    OfficeActView,
    ProposeAct,
    ReportError,
)

from archive.certificates.queueing import Order, queue_certificate
from archive.office_acts import model, store
from archive.office_acts.answers import keep_answer
from archive.office_acts.views import hearing_over, may_about, readable, view_act, whom
from archive.register.changing import Examined, locked, revoke
from archive.register.handlers import Source, write_down
from archive.register.keeping import keeper_of
from archive.register.records import Record, fold
from archive.register.store import RegisterEntry, find_entry


def report_error(request: ReportError, uow: UnitOfWork) -> OfficeActView:
    """The holder says what is wrong on the certificate; free of charge, one report at a time.

    Problems ``registration_number_unknown`` (also for somebody else's), ``registration_ended``, ``office_act_open``;
    ``request_invalid`` without a word.
    """
    entry = find_entry(uow.session, request.registration_number)
    if entry is None or not may_about(uow, entry, "corrected", "file"):
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    found = locked(entry.registration_number, uow)
    _holds(found)
    _said("report", request.report)
    if store.open_act(uow.session, entry.registration_number, "reported"):
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
    return _begun(row, found.entry, "report", uow)


def propose_act(request: ProposeAct, uow: UnitOfWork) -> OfficeActView:
    """A member of staff proposes, on a ground, with what shows it. The holder is told of a revocation that they may be
    heard about.

    Problems ``registration_number_unknown``, ``registration_ended``, ``ground_not_applicable``, ``office_act_open``
    (another proposal waits), ``office_act_unknown`` and ``office_act_closed`` (of the report that it answers),
    ``correction_changes_nothing``, ``receipt_invalid``; ``request_invalid`` for what cannot be stated, without a
    statement or without evidence: who confirms has to see what it rests on.
    """
    entry = find_entry(uow.session, request.registration_number)
    if entry is None:
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    found = locked(entry.registration_number, uow)
    _holds(found, request.ground)
    if request.ground not in model.grounds_of(entry.kind):
        raise Problem("ground_not_applicable")
    act, now = model.act_on(request.ground), fold(found.earlier).particulars
    if (act == "corrected") is not (request.corrected is not None):
        raise Problem("request_invalid", errors=[FieldError("corrected", "not_applicable")])
    _said("statement", request.statement)
    if not request.evidence:
        raise Problem("request_invalid", errors=[FieldError("evidence", "required")])
    states = model.states_of(now, request.corrected, uow.today()) if request.corrected else {}
    if store.open_act(uow.session, entry.registration_number, "proposed"):
        raise Problem("office_act_open")
    row = _reported(entry, request.act_id, act, uow) if request.act_id else store.OfficeAct(act_id=new_id("act"))
    row.registration_number, row.act, row.ground = entry.registration_number, act, request.ground
    _advance(row, "proposed")
    row.before, row.states, row.statement = model.before_of(now, states), states, request.statement
    row.proposed_by, row.proposed_at = uow.actor.subject, uow.legal_now()
    row.hear_until = model.hear_until(request.ground, uow.today())
    row.files = _kept(request.evidence, uow)
    view = _begun(row, found.entry, "propose", uow)
    if row.hear_until is not None:
        _tell(row, found.entry, row.statement, uow)
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
    _said("statement", request.statement)
    row.files = [*row.files, *_kept(request.evidence, uow, answer_of=account_id)]
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
        _said("reason", request.reason)
        _decide(row, "dismissed", request.reason, uow)
        if row.reported_by is not None or row.hear_until is not None:
            _tell(row, found.entry, request.reason, uow)
        return view_act(row, found.entry, uow)
    if row.state != "proposed" or row.ground is None:
        raise Problem("action_not_allowed", state=row.state, allowed="dismiss")
    if is_self(uow.actor, row.proposed_by):
        raise Problem("second_person_required")
    if row.hear_until is not None and not hearing_over(row, uow):
        raise Problem("hearing_open", until=row.hear_until.isoformat())
    _holds(found, row.ground)
    _decide(row, "confirmed", request.reason, uow)
    failpoint("office_acts.confirmed")
    _record(row, found, uow)
    failpoint("office_acts.recorded")
    return view_act(row, found.entry, uow)


def _withdraw(row: store.OfficeAct, reason: str, entry: RegisterEntry, uow: UnitOfWork) -> None:
    """Takes back one's own proposal. A holder who was told of it is told this, too; a report that it answered waits
    again."""
    if row.state != "proposed" or not is_self(uow.actor, row.proposed_by):
        raise Problem("action_not_allowed", state=row.state, allowed="dismiss")
    _said("reason", reason)
    _decide(row, "withdrawn", reason, uow)
    if row.hear_until is not None and entry.status == "valid":
        _tell(row, entry, reason, uow)
    if row.reported_by is None:
        return
    newer = store.open_act(uow.session, row.registration_number, "reported")
    if newer is not None:  # reported again meanwhile: there is one report at a time
        newer.report = f"{row.report}\n\n{newer.report}"
    else:
        again = store.OfficeAct(act_id=new_id("act"), registration_number=row.registration_number, act=row.act)
        again.before, again.states, again.report = {}, {}, row.report
        again.reported_by, again.reported_at = row.reported_by, row.reported_at
        _advance(again, "reported")
        uow.session.add(again)


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


def _holds(found: Examined, ground: str = "clerical_error") -> None:
    """What no longer holds is neither corrected nor revoked again."""
    status = found.entry.status
    if status == "revoked" or (status != "valid" and ground == "clerical_error"):
        raise Problem("registration_ended", number=found.entry.registration_number, status=status)


def _reported(entry: RegisterEntry, act_id: str, act: str, uow: UnitOfWork) -> store.OfficeAct:
    """The report that a proposal answers; it is about the same registration, by whichever number that was named."""
    row = store.find_act(uow.session, act_id, lock=True)
    if row is None or row.registration_number != entry.registration_number:
        raise Problem("office_act_unknown")
    if row.state != "reported" or act != row.act:
        raise Problem("office_act_closed")
    return row


def _begun(row: store.OfficeAct, entry: RegisterEntry, step: str, uow: UnitOfWork) -> OfficeActView:
    uow.session.add(row)
    uow.session.flush()
    uow.audit(f"office_act.{step}", subject=row.registration_number, act_id=row.act_id, ground=row.ground or "")
    return view_act(row, entry, uow)


def _said(field: str, text: str) -> None:
    if not text:
        raise Problem("request_invalid", errors=[FieldError(field, "required")])


def _kept(tokens: Iterable[str], uow: UnitOfWork, answer_of: str | None = None) -> list[store.OfficeActFileRow]:
    return [
        store.OfficeActFileRow(
            file_id=new_id("oaf"),
            file_name=receipt.file_name,
            sha256=receipt.object.sha256,
            size=receipt.object.size,
            answer_of=answer_of,
            attached_by=uow.actor.subject,
        )
        for receipt in map(uow.receipt, dict.fromkeys(tokens))
    ]


def _tell(row: store.OfficeAct, entry: RegisterEntry, text: str, uow: UnitOfWork) -> None:
    """Of a revocation, everybody whom it concerns; the answer to a report, who reported."""
    everybody = whom(uow.session, entry, row.act)
    reporter = row.reported_by if row.reported_by in everybody else entry.account_id
    for account_id in sorted(everybody) if row.act == "revoked" else [reporter]:
        uow.emit(
            OFFICE_ACT_ADVANCED,
            OfficeActAdvanced(
                application_id=entry.application_id,
                account_id=account_id,
                act_id=row.act_id,
                registration_number=entry.registration_number,
                title=entry.title,
                act=row.act,
                ground=row.ground or "",
                state=row.state,
                hear_until=row.hear_until,
                text=text,
                advanced_at=uow.legal_now(),
            ),
        )
