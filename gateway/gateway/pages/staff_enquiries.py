"""咨询记录: what people asked customer service, noted on the page of an account or a case, and the calls promised."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.enquiries import (
    LIST_CALLBACKS,
    LIST_ENQUIRIES,
    NOTE_ENQUIRY,
    OPEN_ENQUIRY,
    SETTLE_CALLBACK,
    EnquiryPage,
    EnquiryRef,
    EnquiryView,
    ListCallbacks,
    ListEnquiries,
    NoteEnquiry,
    SettleCallback,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.enquiry_words import channel_words, outcome_words
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import office_day
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = staff_only(
    Blueprint("staff_enquiries", __name__, url_prefix="/staff/enquiries"), "customer_service", "administrator"
)
Answer = str | Response | tuple[str, int]
PAGE = 50
SHOWN = 10
"""Notes on the page of an account or a case."""


@pages.get("")
def callbacks() -> str:
    """Calls that were promised: today's and late ones, all that are open, and those that have ended."""
    said, cursor = request.args.get("scope", "due"), request.args.get("after") or None
    scope: Any = said if said in ("due", "open", "done") else "due"
    found = call(LIST_CALLBACKS, ListCallbacks(scope=scope, cursor=cursor, limit=PAGE))
    return _render("staff/callbacks.html", found=found, scope=scope, first=cursor is None, today=office_day())


@pages.get("/new")
def new() -> str:
    """Of an account, of a case, or of somebody who is not known yet."""
    return _new(PageForm({"channel": "telephone"}))


@pages.post("/new")
def note() -> Answer:
    """Writes it down; leads back to where it was noted."""
    form = PageForm.from_request()
    try:
        asked = entered(
            NoteEnquiry,
            **{name: form.value(name) for name in ("subject", "subject_id", "channel", "caller", "text", "telephone")},
            call_back_on=form.value("call_back_on") or None,
        )
        made = call(NOTE_ENQUIRY, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _new(form.refused(problem, field="text")), problem.status
    flash(_("已记录。"), "success")
    return redirect(url_for("staff_enquiries.enquiry", enquiry_id=made.enquiry_id), 303)


@pages.get("/<enquiry_id>")
def enquiry(enquiry_id: str) -> str:
    """What was asked, and what came of the call."""
    return _enquiry(call(OPEN_ENQUIRY, EnquiryRef(enquiry_id=enquiry_id)), PageForm())


@pages.post("/<enquiry_id>")
def settle(enquiry_id: str) -> Answer:
    """Says what came of the call: it has ended, or there is another day."""
    form = PageForm.from_request()
    try:
        asked = entered(
            SettleCallback,
            enquiry_id=enquiry_id,
            outcome=form.value("outcome"),
            text=form.value("text"),
            again_on=form.value("again_on") or None,
        )
        call(SETTLE_CALLBACK, asked)
    except Problem as problem:
        if problem.code == "enquiry_unknown" or problem.status >= 500:
            raise
        shown = call(OPEN_ENQUIRY, EnquiryRef(enquiry_id=enquiry_id))
        return _enquiry(shown, form.refused(problem, field="outcome")), problem.status
    flash(_("已记录。"), "success")
    return redirect(url_for("staff_enquiries.enquiry", enquiry_id=enquiry_id), 303)


def noted(subject: Any, subject_id: str) -> EnquiryPage | None:
    """The last notes of an account or a case, for its page; None when they cannot be read now."""
    try:
        return call(LIST_ENQUIRIES, ListEnquiries(subject=subject, subject_id=subject_id, limit=SHOWN))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def _new(form: PageForm) -> str:
    subject = {name: form.value(name) or request.args.get(name, "")[:64] for name in ("subject", "subject_id")}
    if subject["subject"] not in ("account", "application"):
        subject = {"subject": "nobody", "subject_id": ""}
    return _render("staff/enquiry_new.html", form=form, today=office_day(), **subject)


def _enquiry(shown: EnquiryView, form: PageForm) -> str:
    return _render("staff/enquiry.html", enquiry=shown, form=form, today=office_day())


def _render(template: str, **shown: Any) -> str:
    may_note = "customer_service" in caller().actor.roles
    return render_template(template, channels=channel_words(), outcomes=outcome_words(), may_note=may_note, **shown)
