"""What the office does with old cases: its queues, its decisions, and the files that came."""

from __future__ import annotations

from datetime import date

from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from chassis.green import offload
from chassis.uow import UnitOfWork
from contracts.legacy.cases import (
    DecideLegacyCase,
    Decision,
    LegacyCaseView,
    LegacyEntry,
    LegacyList,
    LegacyQueue,
    OpenLegacyFile,
)
from contracts.objects import DocumentRef, ObjectRef
from materials.precheck.malware import configured_address, scan

from legacy_bridge.cases import store
from legacy_bridge.cases.life import act
from legacy_bridge.cases.model import actions_in, amends, lacking, step
from legacy_bridge.cases.store import LegacyCase, LegacyFileRow
from legacy_bridge.cases.views import readable, view, view_item


def list_legacy_queue(request: LegacyQueue, uow: UnitOfWork) -> LegacyList:
    """Old cases in a state, the most urgent first."""
    rows = store.in_state(uow.session, request.state, after_day(request.cursor), request.limit + 1)
    shown, today = rows[: request.limit], uow.today()
    more = shown[-1][0] if len(rows) > request.limit else None
    return LegacyList(
        items=[view_item(case, account, today) for case, account in shown],
        next_cursor=cursor(more.due_until or date.max, more.record_id) if more else None,
    )


def decide_legacy_case(request: DecideLegacyCase, uow: UnitOfWork) -> LegacyCaseView:
    """Accepts a case, asks for a correction, approves what it is to be registered with, or refuses it.

    Problems ``legacy_case_unknown``, ``action_not_allowed``, ``legacy_reason_missing`` (a correction or refusal without
    a word), ``legacy_particulars_missing`` (*approve* without what the register needs, each named),
    ``legacy_source_missing`` (something else than the old record says, without a word by what).
    """
    case, account = readable(uow, request.case_id, lock=True)
    _may(case, request.decision)
    if request.decision in ("correct", "refuse") and not request.text:
        raise Problem("legacy_reason_missing")
    if request.decision == "approve":
        stated = request.particulars or LegacyEntry()
        if case.kind == "software":  # has none, and is registered under none
            stated = stated.model_copy(update={"category": None})
        _check_stated(case, stated, request.text)
        case.particulars = stated.model_dump(mode="json")
        case.decided_by, case.decided_at = uow.actor.subject, uow.legal_now()
    act(case, account, request.decision, uow, note=request.text)
    return view(case, account, uow)


def _may(case: LegacyCase, decision: Decision) -> None:
    """Problem ``action_not_allowed``."""
    step(case.stands, decision)
    allowed = actions_in(case.stands, "office", stated=case.particulars is not None)
    if decision not in allowed:
        raise Problem("action_not_allowed", state=case.stands, allowed=",".join(allowed))


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
