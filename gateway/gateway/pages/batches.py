"""批量登记: an organisation's batches, each from its spreadsheet to the numbers of its works."""

from __future__ import annotations

from typing import Any, cast, get_args

from chassis.errors import Problem
from contracts.base import Empty
from contracts.batches import (
    CORRECT_BATCH,
    CREATE_BATCH,
    DISCARD_BATCH,
    LIST_BATCH_ROWS,
    LIST_BATCHES,
    PREPARE_BATCH,
    RENDER_BATCH_TEMPLATE,
    BatchRef,
    BatchView,
    CorrectBatch,
    CreateBatch,
    ListBatches,
    ListBatchRows,
    PrepareBatch,
    RenderBatchTemplate,
    RowState,
)
from contracts.forms import FilingType
from contracts.identity import GET_ACCOUNT, REQUEST_OTP, RequestOtp
from contracts.payment import GET_ORDER, GetOrder, OrderView
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.api.batches import BatchSubmission, fetch
from gateway.batches.papers import papers_awaited
from gateway.batches.sheets import commented_sheet
from gateway.batches.signing import declaration_of, sign_and_submit
from gateway.batches.words import kinds_of, place, told, told_note
from gateway.forms.descriptions import types_of_batches
from gateway.pages.access import applicants_only
from gateway.pages.batch_numbers import numbers_file
from gateway.pages.batch_words import outcome, row_words, state_words, steps_of, turn_told
from gateway.pages.case_money import order_by_id, slip_of
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.fees import fee_of_works
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter
from gateway.web.problems import HttpProblem

pages = applicants_only(Blueprint("batches", __name__, url_prefix="/account/batches"))
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
BUSY = ("checking", "preparing", "filing", "accepting")
SHEET = ".xlsx,.xls,.ods"
ARCHIVE = ".zip"


@pages.get("")
def batches() -> str:
    """All batches and the way to a new one; a person is told why there is none, and what to do."""
    return _list_page(PageForm())


@pages.post("")
@accepts_files
@limiter.limit("20 per minute")
def create() -> Answer:
    """Takes a spreadsheet and an archive, which came by the resumable upload or come with the form."""
    form = PageForm.from_request()
    try:
        sheet = _given("spreadsheet", "batch_sheet")
        if sheet is None:
            raise HttpProblem("upload_file_missing")
        asked = entered(
            CreateBatch,
            type=form.value("type"),
            spreadsheet=sheet,
            archive=_given("archive", "batch_archive"),
            name=form.value("name"),
        )
        batch = call(CREATE_BATCH, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _list_page(form.refused(problem, field="spreadsheet")), problem.status
    return _to(batch.batch_id)


@pages.get("/templates/<type>.xlsx")
def template(type: FilingType) -> Response:
    """The spreadsheet to fill in."""
    if type not in get_args(FilingType):
        raise Problem("not_found")
    return deliver(call(RENDER_BATCH_TEMPLATE, RenderBatchTemplate(type=type, language=language())))


@pages.get("/<batch_id>")
def batch(batch_id: str) -> str:
    """How far a batch is, what is wrong with which row, and the next step."""
    return _page(batch_id, PageForm())


def is_busy(found: BatchView) -> bool:
    """Whether something is being done that the page waits for."""
    waits_for_payment = found.order is not None and found.order.state in ("pending", "cancelled")
    return found.state in BUSY or (found.state == "filed" and not waits_for_payment)


@pages.post("/<batch_id>/corrections")
@accepts_files
@limiter.limit("20 per minute")
def correct(batch_id: str) -> Answer:
    """Takes rows or files once more; with neither, has everything looked at again."""
    try:
        sheet, archive = _given("spreadsheet", "batch_sheet"), _given("archive", "batch_archive")
        call(CORRECT_BATCH, CorrectBatch(batch_id=batch_id, spreadsheet=sheet, archive=archive))
    except Problem as problem:
        return _refused(batch_id, problem, "spreadsheet")
    return _to(batch_id)


@pages.post("/<batch_id>/declaration")
def prepare(batch_id: str) -> Answer:
    """Has all that is signed printed."""
    try:
        without = bool(request.form.get("without_failed"))
        call(PREPARE_BATCH, PrepareBatch(batch_id=batch_id, without_failed=without))
    except Problem as problem:
        return _refused(batch_id, problem, "without_failed")
    return _to(batch_id)


@pages.get("/<batch_id>/declaration.pdf")
def declaration(batch_id: str) -> Response:
    """What one signature signs."""
    return deliver(declaration_of(fetch(batch_id)))


@pages.post("/<batch_id>/code")
@limiter.limit("20 per minute")
def send_code(batch_id: str) -> Answer:
    """A code to sign the declaration with; one that was sent just now for the same still counts."""
    declared = declaration_of(fetch(batch_id))  # nobody is sent a code for what is not theirs
    try:
        call(REQUEST_OTP, RequestOtp(purpose="sign", sha256=declared.object.sha256, client=client_address()))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _refused(batch_id, problem, "otp")
    return redirect(url_for("batches.batch", batch_id=batch_id, sent=1, _anchor="sign"), 303)


@pages.post("/<batch_id>/submission")
@limiter.limit("30 per minute")
def submit(batch_id: str) -> Answer:
    """Signs exactly the declaration that was shown, and files all works."""
    form = PageForm.from_request()
    try:
        signed = entered(BatchSubmission, sha256=form.value("sha256"), otp=form.value("otp"))
        sign_and_submit(fetch(batch_id), signed.sha256, signed.otp)
    except Problem as problem:
        return _refused(batch_id, problem, "otp")
    return _to(batch_id)


@pages.get("/<batch_id>/sheet.xlsx")
def sheet(batch_id: str) -> Response:
    """The spreadsheet with comments at the cells, of the rows that failed or of all."""
    return deliver(commented_sheet(batch_id, "all" if request.args.get("rows") == "all" else "failed"))


@pages.get("/<batch_id>/numbers.csv")
def numbers(batch_id: str) -> Response:
    """Key, title, state and numbers of every work, and until when its organisation has something to do."""
    return numbers_file(batch_id)


@pages.post("/<batch_id>/discard")
def discard(batch_id: str) -> Answer:
    """Gives a batch up."""
    try:
        call(DISCARD_BATCH, BatchRef(batch_id=batch_id))
    except Problem as problem:
        return _refused(batch_id, problem, "spreadsheet")
    flash(_("这一批已放弃，没有提交任何作品。"), "success")
    return redirect(url_for("batches.batches"), 303)


def _given(name: str, purpose: str) -> str | None:
    """The receipt of an upload of the form, or of a file that came with it."""
    if upload_id := request.form.get(name):
        return receipt_for(upload_id).token
    file = request.files.get(f"{name}_file")
    return receipt_for_form_file(file, purpose).token if file is not None and file.filename else None


def _to(batch_id: str) -> AnyResponse:
    return redirect(url_for("batches.batch", batch_id=batch_id), 303)


def _refused(batch_id: str, problem: Problem, field: str) -> Answer:
    if problem.code == "batch_unknown" or problem.status >= 500:
        raise problem
    return _page(batch_id, PageForm.from_request().refused(problem, field=field)), problem.status


def _list_page(form: PageForm) -> str:
    account = call(GET_ACCOUNT, Empty())
    cursor = request.args.get("after") or None
    found = call(LIST_BATCHES, ListBatches(cursor=cursor, limit=20)) if account.kind == "organisation" else None
    return render_template(
        "account/batches.html",
        account=account,
        found=found,
        turn_told=turn_told,
        first=cursor is None,
        form=form,
        states=state_words(),
        types=types_of_batches(),
        limits={name: purpose_limit(name) for name in ("batch_sheet", "batch_archive")},
        accept={"sheet": SHEET, "archive": ARCHIVE},
    )


def _page(batch_id: str, form: PageForm) -> str:
    found = fetch(batch_id)
    order = _order(found)
    return render_template(
        "account/batch.html",
        form=form,
        sent=bool(request.args.get("sent")) or form.value("otp") != "",
        limits={name: purpose_limit(name) for name in ("batch_sheet", "batch_archive")},
        accept={"sheet": SHEET, "archive": ARCHIVE},
        order=order,
        payable="pay" in found.actions and order is not None,
        slip=slip_of(order),
        fee=fee_of_works(found.charged),
        papers=papers_awaited(found),
        **shown(found),
    )


def _order(found: BatchView) -> OrderView | None:
    """The order of the batch as payment has it; None while there is none, or, of one that is not to be paid, while
    nobody can say."""
    if found.order is None:
        return None
    if "pay" not in found.actions:
        return order_by_id(found.order.order_id)
    return call(GET_ORDER, GetOrder(order_id=found.order.order_id))


def shown(found: BatchView) -> dict[str, Any]:
    """A batch with a page of its rows, as its organisation and its adviser see it."""
    state = request.args.get("state") or None
    narrowed = cast(RowState | None, state if state in get_args(RowState) else None)
    code = request.args.get("code") or None
    case_state = request.args.get("case_state") or None
    waiting_for = request.args.get("waiting_for") or None
    cursor = request.args.get("after") or None
    asked = ListBatchRows(
        batch_id=found.batch_id,
        state=narrowed,
        code=code if code in {known.code for known in found.by_code} else None,
        case_state=case_state if case_state in {known.state for known in found.by_case} else None,
        waiting_for=next((turn.waiting_for for turn in found.turns if turn.waiting_for == waiting_for), None),
        cursor=cursor,
        limit=PAGE,
        language=language(),
    )
    rows = call(LIST_BATCH_ROWS, asked)
    return {
        "batch": found,
        "steps": steps_of(found),
        "busy": is_busy(found),
        "rows": rows,
        "state": narrowed,
        "code": asked.code,
        "stands": asked.case_state,
        "awaited": asked.waiting_for,
        "outcome": outcome(found),
        "turn_told": turn_told,
        "first": cursor is None,
        "states": state_words(),
        "row_states": row_words(),
        "types": types_of_batches(),
        "told": told,
        "told_note": told_note,
        "place": lambda problem: place(problem, found.type),
        "kinds": [] if found.submitted_at else kinds_of(found),
    }
