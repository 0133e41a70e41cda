"""An import as the office sees it."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork
from contracts.legacy import CASES
from contracts.legacy.imports import (
    BothSides,
    CheckDifference,
    LegacyImportCheck,
    LegacyImportItem,
    LegacyImportView,
    RejectReason,
    Undo,
)

from legacy_bridge.cases import bulk as cases
from legacy_bridge.imports import lists, store
from legacy_bridge.imports.report import report_of
from legacy_bridge.imports.store import Import, ImportCheck
from legacy_bridge.scans.handlers import tally_of


def item_facts(row: Import) -> dict[str, Any]:
    """A line of the list."""
    return {name: getattr(row, name) for name in LegacyImportItem.model_fields}


def view(uow: UnitOfWork, row: Import) -> LegacyImportView:
    """As the tables have it now. Rate and time left are of the whole run, with its pauses."""
    report = report_of(uow.session, row)
    now, reads = uow.now(), row.state == "reading"
    seconds = max(((row.ended_at or now) - row.begun_at).total_seconds(), 0.001)
    undo, built_upon = _undo(uow, row)
    check = lists.last_check(uow.session, row.import_id)
    return LegacyImportView.model_validate(
        item_facts(row)
        | {
            "failure": row.failure,
            "resting": reads and (row.leased_until is None or row.leased_until < now),
            "rows_per_second": row.rows / seconds,
            "seconds_left": round(seconds / row.progress - seconds) if reads and row.progress else None,
            "counts": dict(report.counts),
            "whole": report.whole,
            "agrees": report.agrees,
            "reasons": [RejectReason(**vars(reason)) for reason in report.reasons],
            "fields": [BothSides(field=one.field, ours=one.ours, theirs=one.theirs) for one in report.fields],
            "scans": tally_of(uow, row.import_id),
            "check": _checked(check) if check else None,
            "undo": undo,
            "built_upon": built_upon,
            "undone_by": row.undone_by,
            "undone_because": row.undone_because,
            "undone_at": row.undone_at,
        }
    )


def _checked(check: ImportCheck) -> LegacyImportCheck:
    found = check.found or {}
    return LegacyImportCheck(
        asked_at=check.asked_at,
        rows=found.get("rows"),
        differences=[
            CheckDifference(field=one["field"], expected=one["expected"], found=one["found"])
            for one in found.get("differences", [])
        ],
        not_compared=found.get("not_compared", []),
    )


def _undo(uow: UnitOfWork, row: Import) -> tuple[Undo, int]:
    """The same that ``handlers.withdraw`` asks for; what rests on accounts only identity knows."""
    if row.state in ("withdrawing", "withdrawn"):
        return "undone", 0
    if row.dry_run:
        return "nothing_loaded", 0
    if row.state not in ("done", "failed"):
        return "not_ended", 0
    rows = store.named_elsewhere(uow.session, row.import_id)
    if not rows and row.target == CASES.name:
        rows = cases.gone_on_with(uow.session, row.import_id)
    return ("built_upon", rows) if rows else ("offered", 0)
