"""旧数据导入: imports of the old system's data, how far they are and what came of each row; undoing one.

They are begun by the command beside the files; the pages say how.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from chassis.errors import Problem
from chassis.spreadsheets import write_row
from contracts.archive import HELD_LEGACY_REGISTRATIONS
from contracts.base import RpcMethod
from contracts.identity import HELD_LEGACY_ACCOUNTS
from contracts.legacy.imports import (
    REJECTS_ADD,
    HeldAsked,
    HeldRecords,
    LegacyImportRef,
    LegacyImportView,
    ListRejects,
    RejectedRow,
    RejectedRows,
    SampledRow,
    UndoLegacyImport,
)
from contracts.legacy_bridge import (
    GET_LEGACY_IMPORT,
    LIST_LEGACY_IMPORTS,
    LIST_LEGACY_REJECTS,
    SAMPLE_LEGACY_IMPORT,
    UNDO_LEGACY_IMPORT,
)
from contracts.paging import Page
from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.colleagues import names_of
from gateway.pages.import_words import (
    failure_words,
    falls_short,
    field_words,
    reading_words,
    reason_words,
    scan_words,
    state_words,
    target_words,
    value_words,
)
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = staff_only(Blueprint("staff_imports", __name__, url_prefix="/staff/imports"), "administrator")
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
FIRST_REJECTS = 15
"""On the page of an import; the others have a page of their own."""
AT_ONCE = 200
"""Rejected rows in one call while the file of them is made."""
HELD: dict[str, RpcMethod[HeldAsked, HeldRecords]] = {
    "registrations": HELD_LEGACY_REGISTRATIONS,
    "accounts": HELD_LEGACY_ACCOUNTS,
}
RUNNING = ("reading", "loading", "withdrawing")


@pages.get("")
def imports() -> str:
    """The newest first."""
    cursor = request.args.get("after") or None
    found = call(LIST_LEGACY_IMPORTS, Page(cursor=cursor, limit=PAGE))
    return render_template(
        "staff/imports.html",
        found=found,
        first=cursor is None,
        states=state_words(),
        targets=target_words(),
        reading=reading_words,
    )


@pages.get("/<import_id>")
def one(import_id: str) -> str:
    """How far it is; and at its end what came of it."""
    shown = call(GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id))
    if shown.state in RUNNING:
        return _page("staff/import.html", shown, running=True)
    rows = call(SAMPLE_LEGACY_IMPORT, LegacyImportRef(import_id=import_id)).items
    held = _held(shown, rows)
    return _page(
        "staff/import.html",
        shown,
        running=False,
        rejects=_rejects(import_id, None, FIRST_REJECTS),
        sample=[(row, _of(row, held)) for row in rows],
        relied_on=held.built_upon if held else 0,
    )


@pages.get("/<import_id>/rejects")
def rejects(import_id: str) -> str:
    """Rejected rows in the order of the source, without what they say."""
    shown = call(GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id))
    cursor = request.args.get("after") or None
    return _page("staff/import_rejects.html", shown, rejects=_rejects(import_id, cursor), first=cursor is None)


@pages.get("/<import_id>/rejects.csv")
def rejects_file(import_id: str) -> Response:
    """The rejected rows with the columns of the source, to be corrected and imported as they are."""
    first = call(LIST_LEGACY_REJECTS, ListRejects(import_id=import_id, limit=AT_ONCE, values=True))
    answer = Response(stream_with_context(_lines(import_id, first)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{import_id}-rejects.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<import_id>/undo")
def confirm_undo(import_id: str) -> str:
    """What undoing takes out, before it is done."""
    return _undo_page(call(GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id)), PageForm())


@pages.post("/<import_id>/undo")
def undo(import_id: str) -> Answer:
    """Has everything taken out that the import brought."""
    form = PageForm.from_request()
    try:
        call(UNDO_LEGACY_IMPORT, entered(UndoLegacyImport, import_id=import_id, reason=form.value("reason")))
    except Problem as problem:
        if problem.status >= 500 or problem.status == 404:
            raise
        shown = call(GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id))
        return _undo_page(shown, form.refused(problem, field="reason")), problem.status
    return redirect(url_for("staff_imports.one", import_id=import_id), 303)


def _undo_page(shown: LegacyImportView, form: PageForm) -> str:
    held = _held(shown, [])
    return _page("staff/import_undo.html", shown, form=form, relied_on=held.built_upon if held else 0)


def _page(template: str, shown: LegacyImportView, **facts: object) -> str:
    return render_template(
        template,
        run=shown,
        states=state_words(),
        targets=target_words(),
        reasons=reason_words(),
        fields=field_words(),
        failures=failure_words(),
        scan_reasons=scan_words(),
        reading=reading_words,
        values=value_words(),
        short=falls_short(shown),
        people=names_of([shown.undone_by]),
        **facts,
    )


def _held(shown: LegacyImportView, rows: Sequence[SampledRow]) -> HeldRecords | None:
    """What the owner has of these rows; None where it does not answer, and where the bridge itself has said it."""
    method = HELD.get(shown.target)
    if method is None or shown.dry_run:
        return None
    try:
        return call(method, HeldAsked(import_id=shown.import_id, record_ids=[row.record_id for row in rows]))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def _of(row: SampledRow, held: HeldRecords | None) -> dict[str, str]:
    """The other side of a row; empty where nobody has it."""
    return row.held or (held.records.get(row.record_id, {}) if held else {})


def _rejects(import_id: str, cursor: str | None, limit: int = PAGE) -> RejectedRows:
    return call(LIST_LEGACY_REJECTS, ListRejects(import_id=import_id, cursor=cursor, limit=limit))


def _lines(import_id: str, page: RejectedRows) -> Iterator[str]:
    """Page by page; each row with the columns of the source, why it was rejected, and what could not be read of it."""
    yield "\ufeff" + _line([*page.columns, *REJECTS_ADD])
    while True:
        yield "".join(_line(_cells(row, len(page.columns))) for row in page.items)
        if page.next_cursor is None:
            return
        asked = ListRejects(import_id=import_id, cursor=page.next_cursor, limit=AT_ONCE, values=True)
        page = call(LIST_LEGACY_REJECTS, asked)


def _cells(row: RejectedRow, width: int) -> list[object]:
    other = f"{row.other_import} {row.other_row}" if row.other_import else ""
    return [*(row.values or [""] * width), row.row_number, row.reason, row.field, other, row.original]


def _line(cells: list[object]) -> str:
    out = io.StringIO(newline="")
    write_row(out, cells)
    return out.getvalue()
