"""登记机构的处理, for whoever holds a registration: reporting an error, seeing what is proposed, being heard; and for
who objects to somebody else's."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.office_acts import (
    BE_HEARD,
    GET_OFFICE_ACT,
    LIST_HELD_ACTS,
    OPEN_OFFICE_ACT_FILE,
    RAISE_OBJECTION,
    REPORT_ERROR,
    BeHeard,
    OfficeActFileRef,
    OfficeActRef,
    OfficeActView,
    RaiseObjection,
    ReportError,
)
from contracts.paging import Page
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.access import applicants_only
from gateway.pages.materials import PROOF
from gateway.pages.office_act_files import evidence_uploads, tokens_of
from gateway.pages.office_act_words import act_words, field_words, ground_words, state_words
from gateway.uploads.policy import purpose_limit
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.rates import rate

pages = applicants_only(Blueprint("office_acts", __name__, url_prefix="/account/office-acts"))
Answer = str | AnyResponse | tuple[str, int]
PAGE = 20
LONGEST_NUMBER = 60


@pages.get("")
def mine() -> str:
    """Reports, and what the office proposed or did, page by page."""
    cursor = request.args.get("after") or None
    found = call(LIST_HELD_ACTS, Page(cursor=cursor, limit=PAGE))
    return render_template(
        "account/office_acts.html", found=found, first=cursor is None, states=state_words(), acts=act_words()
    )


@pages.get("/new")
def report() -> str:
    """What is wrong on a certificate."""
    return _report_page(PageForm({"number": request.args.get("number", "")}))


@pages.post("/new")
@rate(20)
def send_report() -> Answer:
    """Reports it."""
    form = PageForm.from_request()
    try:
        asked = entered(
            ReportError, registration_number=form.value("number").strip()[:LONGEST_NUMBER], report=form.value("report")
        )
        view = call(REPORT_ERROR, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _report_page(form.refused(problem, field="number")), problem.status
    flash(_("已收到，核对之后会发消息通知您；更正不收费。"), "success")
    return redirect(url_for("office_acts.one", act_id=view.act_id), 303)


@pages.get("/objections/new")
def objection() -> str:
    """Why a registration that is somebody else's should not be there."""
    return _objection_page(PageForm({"number": request.args.get("number", "")}))


@pages.post("/objections/new")
@rate(20)
@accepts_files
def raise_objection() -> Answer:
    """Sends it, with what shows it."""
    form = PageForm.from_request()
    try:
        asked = entered(
            RaiseObjection,
            registration_number=form.value("number").strip()[:LONGEST_NUMBER],
            statement=form.value("statement"),
            evidence=tokens_of(evidence_uploads()),
        )
        view = call(RAISE_OBJECTION, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _objection_page(form.refused(problem, field="number")), problem.status
    flash(_("已收到您的异议。核对之后会发消息告诉您结果。"), "success")
    return redirect(url_for("office_acts.one", act_id=view.act_id), 303)


@pages.get("/<act_id>")
def one(act_id: str) -> str:
    """One act with its evidence."""
    return _page(_act(act_id), PageForm())


@pages.post("/<act_id>")
@rate(20)
@accepts_files
def be_heard(act_id: str) -> Answer:
    """What the holder has to say about it."""
    form = PageForm.from_request()
    try:
        said, files = form.value("statement"), tokens_of(evidence_uploads())
        call(BE_HEARD, entered(BeHeard, act_id=act_id, statement=said, evidence=files))
    except Problem as problem:
        if problem.code == "office_act_unknown" or problem.status >= 500:
            raise
        return _page(_act(act_id), form.refused(problem, field="statement")), problem.status
    flash(_("您的意见已提交，决定之前会核实。"), "success")
    return redirect(url_for("office_acts.one", act_id=act_id), 303)


@pages.get("/<act_id>/files/<act_file_id>")
def file(act_id: str, act_file_id: str) -> Response:
    """The file itself."""
    return deliver(call(OPEN_OFFICE_ACT_FILE, OfficeActFileRef(act_id=act_id, file_id=act_file_id)))


def _act(act_id: str) -> OfficeActView:
    return call(GET_OFFICE_ACT, OfficeActRef(act_id=act_id))


def _report_page(form: PageForm) -> str:
    return render_template("account/error_report.html", form=form)


def _objection_page(form: PageForm) -> str:
    return render_template("account/objection.html", form=form, accept=PROOF, limit=purpose_limit("proof"))


def _page(view: OfficeActView, form: PageForm) -> str:
    return render_template(
        "account/office_act.html",
        view=view,
        form=form,
        file_url=lambda file_id: url_for("office_acts.file", act_id=view.act_id, act_file_id=file_id),
        states=state_words(),
        grounds=ground_words(),
        acts=act_words(),
        fields=field_words(),
        accept=PROOF,
        limit=purpose_limit("proof"),
    )
