"""What the office does with old cases: its queues, its decisions, and the files that came."""

from __future__ import annotations

from datetime import date, timedelta

from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from chassis.green import offload
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.legacy.cases import (
    DecideLegacyCase,
    LegacyAction,
    LegacyCaseView,
    LegacyEntry,
    LegacyList,
    LegacyQueue,
    LegacyTotals,
    OpenLegacyFile,
)
from contracts.objects import DocumentRef, ObjectRef
from contracts.paging import QueueTotals
from materials.precheck.malware import configured_address, scan

from legacy_bridge.cases import queues, store
from legacy_bridge.cases.life import act
from legacy_bridge.cases.model import NEAR, action_for, amends, lacking
from legacy_bridge.cases.store import LegacyCase, LegacyFileRow
from legacy_bridge.cases.views import readable, thought_of, view, view_item


def list_legacy_queue(request: LegacyQueue, uow: UnitOfWork) -> LegacyList:
    """Old cases in a state, or whose refusal a colleague has proposed, the most urgent first."""
    after, most = after_day(request.cursor), request.limit + 1
    if request.second:
        rows = queues.to_confirm(uow.session, uow.actor.subject, after, most)
    else:
        rows = queues.in_state(uow.session, request.state, after, most)
    shown, today = rows[: request.limit], uow.today()
    more = shown[-1][0] if len(rows) > request.limit else None
    return LegacyList(
        items=[
            view_item(case, account, today).model_copy(update={"refusal_proposed": case.proposed_by is not None})
            for case, account in shown
        ],
        next_cursor=cursor(more.due_until or date.max, more.record_id) if more else None,
    )


def total_legacy_cases(request: Empty, uow: UnitOfWork) -> LegacyTotals:
    """What waits: for the office in all, for a second examiner, and in each state."""
    today = uow.today()
    totals = queues.totals(uow.session, uow.actor.subject, today, today + timedelta(days=NEAR))
    return LegacyTotals(
        queues={
            name: QueueTotals(on=today, count=one.count, late=one.late, due_on=one.due_on, since=one.since)
            for name, one in totals.items()
        },
        near={name: one.near for name, one in totals.items()},
    )


def decide_legacy_case(request: DecideLegacyCase, uow: UnitOfWork) -> LegacyCaseView:
    """Accepts a case, asks for a correction, or approves what it is to be registered with. A refusal is proposed, and
    takes effect when another examiner confirms it; they may send it back, and then do not approve the case alone.

    Problems ``legacy_case_unknown``, ``action_not_allowed``, ``version_conflict``, ``second_examiner_required``,
    ``legacy_reason_missing`` (a correction, a refusal that is proposed or sent back, without a word),
    ``legacy_particulars_missing`` (*approve* without what the register needs, each named), ``legacy_source_missing``
    (something else than the old record says, without a word by what).
    """
    case, account = readable(uow, request.case_id, lock=True)
    action, stated = _judge(case, request, uow)
    note = request.text
    if action == "approve":
        case.particulars = stated.model_dump(mode="json")
        case.decided_by, case.decided_at = uow.actor.subject, uow.legal_now()
    elif action == "propose_refusal":
        case.proposed_by, case.proposed_reason = uow.actor.subject, note
    elif action == "oppose_refusal":
        case.opposed_by, case.opposed_reason = uow.actor.subject, note
        case.proposed_by = case.proposed_reason = None
    elif action == "withdraw_refusal":
        case.proposed_by = case.proposed_reason = None
    elif action == "refuse":
        note = "\n".join(dict.fromkeys(filter(None, (case.proposed_reason, note))))
    act(case, account, action, uow, note=note)
    return view(case, account, uow)


def check_legacy_decision(request: DecideLegacyCase, uow: UnitOfWork) -> LegacyCaseView:
    """Whether a decision could be taken now, for who is asked once more before it is; nothing happens. Problems as of
    ``decide_legacy_case``."""
    case, account = readable(uow, request.case_id)
    _judge(case, request, uow)
    return view(case, account, uow)


def _judge(case: LegacyCase, request: DecideLegacyCase, uow: UnitOfWork) -> tuple[LegacyAction, LegacyEntry]:
    """What the decision comes to, and what is to be registered, if it is approved."""
    if request.version not in (None, case.version):
        raise Problem("version_conflict", version=case.version)
    stated, refusal = request.particulars or LegacyEntry(), thought_of(case, uow.actor)
    if case.kind == "software":  # has none, and is registered under none
        stated = stated.model_copy(update={"category": None})
    action = action_for(request.decision, case.stands, refusal, stated=case.particulars is not None)
    if action in ("correct", "propose_refusal", "oppose_refusal") and not request.text:
        raise Problem("legacy_reason_missing")
    if action == "approve":
        _check_stated(case, stated, request.text)
    return action, stated


def _check_stated(case: LegacyCase, stated: LegacyEntry, source: str) -> None:
    """All that the register needs is there, the days are in their order, and what is new says where it comes from."""
    old = {"title": case.title, "category": case.category}
    if missing := lacking(case.nature, stated, **old):
        errors = [FieldError(f"particulars.{name}", "required") for name in missing]
        raise Problem("legacy_particulars_missing", errors=errors)
    _check_days(stated)
    if amends(stated, **old) and not source:
        raise Problem("legacy_source_missing", errors=[FieldError("text", "required")])


def _check_days(stated: LegacyEntry) -> None:
    """Nothing is published before it is there, and the register keeps to that."""
    done, out = stated.completion_date, stated.publication_date
    if done and out and out < done:
        told = {"completion_date": done.isoformat()}
        errors = [FieldError("particulars.publication_date", "publication_before_completion", told)]
        raise Problem("request_invalid", errors=errors)


def open_legacy_file(request: OpenLegacyFile, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes of a file are. Staff get none that was not scanned, if there is a scanner.

    Problems ``legacy_case_unknown``, ``legacy_file_unknown``, ``legacy_file_infected``, ``legacy_file_not_scanned``:
    the scanner is away, ask again.
    """
    readable(uow, request.case_id)
    row = store.file_of(uow.session, request.case_id, request.file_id)
    if row is None:
        raise Problem("legacy_file_unknown")
    if uow.actor.is_staff:
        _scan(row, uow)
        uow.audit("legacy_case.open_file", subject=request.case_id, file=row.file_id)
    return DocumentRef(
        document_id=row.file_id,
        kind="legacy_file",
        title=row.file_name,
        file_name=row.file_name,
        content_type="application/octet-stream",
        object=ObjectRef(sha256=row.sha256, size=row.size),
        issued_at=row.sent_at,
    )


def _scan(row: LegacyFileRow, uow: UnitOfWork) -> None:
    address = configured_address()
    if address and not row.scanned:
        with uow.objects.local_path(row.sha256) as path:
            seen = offload(scan, path, address)
        if seen.state not in ("clean", "infected"):
            raise Problem("legacy_file_not_scanned")
        row.scanned = seen.state
        uow.keep()
    if row.scanned == "infected":
        raise Problem("legacy_file_infected")
