"""邮寄证书: what the archivist prints and sends: batches with list and labels, tracking numbers, what came back."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any, get_args

from chassis.errors import Problem
from contracts.mailing import (
    CORRECT_OUTCOME,
    LIST_MAILING,
    MOST_IN_BATCH,
    MOST_ROWS,
    PRINT_MAILING,
    PUT_BACK_MAILING,
    SEND_PARCEL,
    SEND_PARCELS,
    SETTLE_PARCEL,
    TAKE_MAILING,
    CorrectOutcome,
    ListMailing,
    MailingItem,
    ParcelsSent,
    ParcelState,
    PrintMailing,
    PutBackMailing,
    SendParcel,
    SendParcels,
    SettleParcel,
    TakeMailing,
)
from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.colleagues import names_of
from gateway.pages.mailing_words import parcel_states, return_reasons, row_problems, step_notes
from gateway.pages.staff_access import staff_only
from gateway.pages.tracking_rows import LARGEST, rows_of, text_of
from gateway.pages.workbench import office_day, tab_with_work
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver, find_document, harmless
from gateway.web.forms import PageForm, entered
from gateway.web.languages import counted

pages = staff_only(Blueprint("staff_mailing", __name__, url_prefix="/staff/mailing"), "archivist")
Answer = str | Response | tuple[str, int]
PAGE = 50


@pages.get("")
def queue() -> str:
    """Parcels in a state, or all; a number finds one."""
    said, cursor = request.args.get("state", ""), request.args.get("after") or None
    text = request.args.get("text", "").strip()[:60]
    state: Any = None if text or said == "all" else said if said in get_args(ParcelState) else "asked"
    found = call(LIST_MAILING, ListMailing(state=state, text=text, cursor=cursor, limit=PAGE))
    busy: Any = tab_with_work(("asked", "printed"), found.counts)
    if not said and not text and busy != state:
        state, found = busy, call(LIST_MAILING, ListMailing(state=busy, limit=PAGE))
    names = names_of(step.actor for step in found.steps)
    shown = {"state": state or "all", "text": text, "first": cursor is None, "most": MOST_IN_BATCH, "names": names}
    return _render("staff/mailing.html", found=found, **shown)


@pages.post("/batches")
def take() -> Response:
    """The oldest that can be printed become a batch."""
    taken = call(TAKE_MAILING, TakeMailing())
    if not taken.parcels:
        flash(_("现在没有可以打印的。"), "info")
        return redirect(url_for("staff_mailing.queue"), 303)
    return redirect(url_for("staff_mailing.batch", batch_id=taken.batch_id), 303)


@pages.get("/batches/<batch_id>")
def batch(batch_id: str) -> str:
    """Its papers, and each certificate to print."""
    found = call(LIST_MAILING, ListMailing(batch_id=batch_id, limit=MOST_IN_BATCH))
    if not found.items:
        raise Problem("mailing_batch_unknown")
    return _render("staff/mailing_batch.html", found=found, batch_id=batch_id, form=PageForm())


@pages.post("/batches/<batch_id>/put-back")
def put_back(batch_id: str) -> Answer:
    """A batch that was taken by mistake waits to be printed again."""
    try:
        back = call(PUT_BACK_MAILING, PutBackMailing(batch_id=batch_id))
    except Problem as problem:
        if problem.code == "mailing_batch_unknown" or problem.status >= 500:
            raise
        found = call(LIST_MAILING, ListMailing(batch_id=batch_id, limit=MOST_IN_BATCH))
        form = PageForm().refused(problem, field="put_back")
        return _render("staff/mailing_batch.html", found=found, batch_id=batch_id, form=form), problem.status
    flash(counted("已放回待打印，共 %(n)s 件。已打印的清单和标签请作废。", back.parcels), "success")
    return redirect(url_for("staff_mailing.queue"), 303)


@pages.get("/batches/<batch_id>/<part>.pdf")
def papers(batch_id: str, part: Any) -> Response:
    """The printing list or the labels, made for this one look."""
    if part not in ("list", "labels"):
        raise Problem("not_found")
    made = call(PRINT_MAILING, PrintMailing(batch_id=batch_id, part=part))
    response = send_file(io.BytesIO(base64.b64decode(made.data)), mimetype="application/pdf", etag=False)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = harmless(response)
    return response


@pages.get("/certificates/<document_id>.pdf")
def certificate(document_id: str) -> Response:
    """What goes into a parcel."""
    return deliver(find_document(document_id))


@pages.get("/tracking")
def tracking() -> str:
    """Our number is scanned, then the carrier's."""
    return _tracking(PageForm({"parcel_number": request.args.get("parcel", "")[:20]}))


@pages.post("/tracking")
def send() -> Answer:
    """The first scan leads to the second; the second enters the number."""
    form = PageForm.from_request()
    if not form.value("tracking_number").strip():
        return redirect(url_for("staff_mailing.tracking", parcel=form.value("parcel_number").strip()[:20]), 303)
    try:
        asked = entered(
            SendParcel,
            parcel_number=form.value("parcel_number"),
            tracking_number=form.value("tracking_number"),
            sent_on=form.value("sent_on") or None,
            correct=bool(form.value("correct")),
        )
        sent = call(SEND_PARCEL, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _tracking(form.refused(problem, field="tracking_number")), problem.status
    flash(_("%(parcel)s 已寄出，EMS %(number)s", parcel=sent.parcel_number, number=sent.tracking_number), "success")
    return redirect(url_for("staff_mailing.tracking"), 303)


@pages.post("/tracking/file")
@accepts_files
def send_file_of_numbers() -> Answer:
    """All rows of a file, or none; with ``only_good`` those that are right."""
    form = PageForm.from_request()
    try:
        text = form.value("numbers")
        if file := request.files.get("numbers_file"):
            text = text_of(file.stream.read(LARGEST + 1)) or text
        rows = rows_of(text)
        form = PageForm({"numbers": text})
        if not 0 < len(rows) <= MOST_ROWS:
            raise Problem("tracking_file_unreadable")
        told = call(SEND_PARCELS, SendParcels(rows=rows, only_good=bool(request.form.get("only_good"))))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _tracking(PageForm(), numbers=form.refused(problem, field="numbers")), problem.status
    if told.wrong:
        return _tracking(PageForm(), numbers=form, told=told), 422
    flash(_("已登记 %(taken)s 件，另有 %(known)s 件以前登记过。", taken=told.taken, known=told.known), "success")
    return redirect(url_for("staff_mailing.tracking"), 303)


@pages.post("/outcome")
def settle() -> Answer:
    """A parcel was delivered or came back."""
    form = PageForm.from_request()
    try:
        asked = entered(
            SettleParcel,
            number=form.value("number"),
            outcome=form.value("outcome") or None,
            on=form.value("on") or None,
            reason=form.value("reason") or None,
        )
        item: MailingItem = call(SETTLE_PARCEL, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _tracking(PageForm(), outcome=form.refused(problem, field="number")), problem.status
    flash(f"{item.parcel_number} · {parcel_states()[item.state]}", "success")
    return redirect(url_for("staff_mailing.tracking"), 303)


@pages.post("/outcome/correction")
def correct() -> Answer:
    """What was entered of a parcel was wrong."""
    form = PageForm.from_request()
    try:
        asked = entered(
            CorrectOutcome,
            number=form.value("wrong_number"),
            outcome=form.value("wrong_outcome") or None,
            on=form.value("wrong_on") or None,
            reason=form.value("wrong_reason") or None,
            why=form.value("wrong_why"),
        )
        item: MailingItem = call(CORRECT_OUTCOME, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        problem.errors = tuple(replace(error, field=f"wrong_{error.field}") for error in problem.errors)
        return _tracking(PageForm(), wrong=form.refused(problem, field="wrong_number")), problem.status
    flash(_("已更正：%(parcel)s · %(state)s", parcel=item.parcel_number, state=parcel_states()[item.state]), "success")
    return redirect(url_for("staff_mailing.queue", text=item.parcel_number), 303)


def _tracking(
    form: PageForm,
    *,
    numbers: PageForm | None = None,
    told: ParcelsSent | None = None,
    outcome: PageForm | None = None,
    wrong: PageForm | None = None,
) -> str:
    return _render(
        "staff/mailing_tracking.html",
        form=form,
        numbers=numbers or PageForm(),
        told=told,
        outcome=outcome or PageForm(),
        wrong=wrong or PageForm({"wrong_number": request.args.get("wrong", "")[:20]}),
        today=office_day(),
        problems=row_problems(),
    )


def _render(template: str, **shown: Any) -> str:
    return render_template(template, states=parcel_states(), reasons=return_reasons(), notes=step_notes(), **shown)
