"""Reading what came in: the rows of the spreadsheet and the names in the archive, both in confinement."""

from __future__ import annotations

from typing import Any

from chassis.ids import new_id
from chassis.keeping.held import release
from chassis.runtime import Runtime
from contracts.batches import MOST_WORKS
from materials.bundle.engine import open_bundle
from materials.precheck.engine import shared_pool

from filing.batches.checking import acting
from filing.batches.places import lines_of
from filing.batches.store import BatchRow, let_go_of_files, lines_in, lock_held, put_files, put_works
from filing.batches.workbook.reading import SheetRow, open_sheet
from filing.drafts.handlers import type_in_force


def import_some(runtime: Runtime, held: BatchRow) -> bool:
    """Takes in the spreadsheet, then the archive, each at once; False when both are."""
    with runtime.unit_of_work() as uow:
        batch = lock_held(uow.session, held)
        sheet, archive = not batch.read_sheet, batch.archive_sha256 if not batch.read_archive else None
    if sheet:
        _import_sheet(runtime, held)
    elif archive:
        _import_archive(runtime, held, archive)
    return sheet or archive is not None


def _import_sheet(runtime: Runtime, held: BatchRow) -> None:
    with runtime.unit_of_work() as uow:
        filing_type, policy = type_in_force(held.type, uow)
    with runtime.objects.local_path(held.spreadsheet_sha256) as path:
        sheet = open_sheet(path, filing_type, policy, pool=shared_pool())
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        batch.read_sheet = True
        release(uow.session, [batch.spreadsheet_sha256])
        known = lines_in(uow.session, batch.id)
        lines = lines_of({row.key: row.line for row in sheet.rows}, known)
        refusal = sheet.refusal or _too_many(len(known | lines))
        batch.refusal = refusal
        if refusal is None:
            batch.layout, batch.notes = sheet.layout, [*sheet.notes]
            put_works(uow.session, [_work(batch, row, lines[row.key]) for row in sheet.rows])
            batch.works = len(known | lines)


def _too_many(works: int) -> dict[str, Any] | None:
    if works <= MOST_WORKS:
        return None
    return {"code": "sheet_too_many_rows", "params": {"rows": works, "limit": MOST_WORKS}}


def _work(batch: BatchRow, row: SheetRow, line: int) -> dict[str, Any]:
    return {
        "id": new_id("wrk"),
        "batch_id": batch.id,
        "line": line,
        "key": row.key,
        "title": row.title,
        "cells": row.cells,
        "form": row.form,
        "files": row.files,
        "unread": row.unread,
        "from_draft": False,
        "state": "waiting",
        "problems": [],
    }


def _import_archive(runtime: Runtime, held: BatchRow, archive: str) -> None:
    with runtime.objects.local_path(archive) as path:
        bundle = open_bundle(path)
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        batch.read_archive = True
        if bundle.refusal:
            batch.notes = [*batch.notes, {"code": bundle.refusal, "params": dict(bundle.params)}]
        common = {"batch_id": batch.id, "archive_sha256": archive, "sha256": None}
        found = [common | {"path": path, "size": size, "code": ""} for path, size in bundle.files.items()]
        left = [common | {"path": path, "size": 0, "code": code} for path, code in bundle.left.items()]
        let_go_of_files(uow.session, batch.id, [*bundle.files, *bundle.left])
        put_files(uow.session, [*found, *left])
