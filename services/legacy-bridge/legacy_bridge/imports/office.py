"""Imports on the office's pages: the list, one of them, its rejects, and undoing it."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from chassis.green import offload
from chassis.uow import UnitOfWork
from contracts.legacy.imports import (
    LegacyImportItem,
    LegacyImportRef,
    LegacyImports,
    LegacyImportView,
    LegacySample,
    ListRejects,
    RejectedRow,
    RejectedRows,
    UndoLegacyImport,
)
from contracts.paging import Page

from legacy_bridge.imports import handlers, lists, store
from legacy_bridge.imports.model import ImportRefused, Originals, originals_of
from legacy_bridge.imports.reading import ORIGINALS
from legacy_bridge.imports.sampling import sample_of
from legacy_bridge.imports.store import Import
from legacy_bridge.imports.views import item_facts, view

_PROBLEMS = {
    "import_unknown": "legacy_import_unknown",
    "import_not_to_withdraw": "legacy_import_not_to_undo",
    "import_built_upon": "legacy_import_built_upon",
}


def list_legacy_imports(request: Page, uow: UnitOfWork) -> LegacyImports:
    """The newest first."""
    rows = lists.newest(uow.session, request.cursor, request.limit + 1)
    page, more = rows[: request.limit], len(rows) > request.limit
    return LegacyImports(
        items=[LegacyImportItem.model_validate(item_facts(row)) for row in page],
        next_cursor=page[-1].import_id if more else None,
    )


def get_legacy_import(request: LegacyImportRef, uow: UnitOfWork) -> LegacyImportView:
    """One import with what came of it. Problem ``legacy_import_unknown``."""
    return view(uow, _found(uow, request.import_id))


def sample_legacy_import(request: LegacyImportRef, uow: UnitOfWork) -> LegacySample:
    """What the source says of some rows: of people, though masked (audited). Problem ``legacy_import_unknown``."""
    row = _found(uow, request.import_id)
    uow.audit("legacy.sample_import", subject=row.import_id)
    return LegacySample(items=sample_of(uow.session, uow.sealing, row))


def list_legacy_rejects(request: ListRejects, uow: UnitOfWork) -> RejectedRows:
    """Rejected rows in the order of the source; with their values it is audited. Problem ``legacy_import_unknown``."""
    row = _found(uow, request.import_id)
    rows = lists.rejected_after(uow.session, row.import_id, _after(request.cursor), request.limit + 1)
    page, more = rows[: request.limit], len(rows) > request.limit
    kept = dict[int, Originals]()
    if request.values:
        uow.audit("legacy.read_rejects", subject=row.import_id, rows=len(page))
        kept = {batch: _originals(uow, row, batch) for batch in sorted({one.batch for one in page})}
    return RejectedRows(
        columns=row.columns,
        items=[_reject(one, kept.get(one.batch)) for one in page],
        next_cursor=str(page[-1].number) if more else None,
    )


def undo_legacy_import(request: UndoLegacyImport, uow: UnitOfWork) -> LegacyImportView:
    """Has everything taken out that an import brought. Problems ``legacy_import_unknown``,
    ``legacy_import_not_to_undo`` (it runs, was a dry run, or is undone), ``legacy_import_built_upon``;
    ``request_invalid`` without a reason."""
    if not request.reason:
        raise Problem("request_invalid", errors=[FieldError("reason", "required")])
    try:
        row = handlers.withdraw(request.import_id, uow, by=uow.actor.subject, because=request.reason)
    except ImportRefused as refused:
        raise Problem(_PROBLEMS[refused.code]) from refused
    uow.session.flush()
    return view(uow, row)


def _found(uow: UnitOfWork, import_id: str) -> Import:
    row = store.get(uow.session, import_id)
    if row is None:
        raise Problem("legacy_import_unknown")
    return row


def _after(cursor: str | None) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 18):
        raise Problem("request_invalid", errors=[FieldError("cursor", "value_error")])
    return int(cursor or 0)


def _originals(uow: UnitOfWork, row: Import, batch: int) -> Originals:
    sealed, sealing = store.originals(uow.session, row.import_id, batch), uow.sealing
    return offload(lambda: originals_of(sealing.open(ORIGINALS, sealed, f"{row.import_id}:{batch}")))


def _reject(one: Any, kept: Originals | None) -> RejectedRow:
    values = kept.rejected.get(one.number) or [] if kept else []
    raw = kept.raws[one.place_in_batch] if kept and not values else b""
    return RejectedRow(
        row_number=one.number,
        reason=one.reason,
        field=one.field,
        other_import=one.other_import,
        other_row=one.other_row,
        values=values,
        original=raw.decode("utf-8", "backslashreplace").rstrip("\r\n"),
    )
