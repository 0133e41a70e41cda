"""纸质材料: the intake clerk scans parcels one after the other; what was scanned stays in sight, and what is missing of
one is noted. What was scanned wrongly is taken back, or has its right day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chassis.errors import Problem
from contracts.examination import (
    AWAITED_PAPER,
    CORRECT_PAPER_RECEIPT,
    LIST_EXAMINATIONS,
    NOTE_PAPER_DEFICIENT,
    RECEIVE_PAPER,
    AskPaper,
    AwaitedPaper,
    CorrectPaperReceipt,
    ListExaminations,
    NotePaperDeficient,
    ReceivePaper,
)
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import office_day
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language

pages = staff_only(Blueprint("paper", __name__, url_prefix="/staff/paper"), "intake")
Answer = str | Response | tuple[str, int]
KEPT = 20
LONGEST_NUMBER = 200
PAGE = 20
_SCANS = "scans"
_WRONG = {"serial_number": "wrong_number", "received_on": "wrong_day", "reason": "wrong_reason"}
"""Fields of the page's third form by what they are sent as: the first has their names."""


@dataclass(frozen=True)
class Option:
    """A paper to tick; ``hint``: what was noted of it before."""

    value: str
    label: str
    hint: str
    open: bool = True
    closed_because: str = ""


@pages.get("")
def paper() -> Answer:
    """The field that scanners type into, the last scans, and what is still awaited; of a case whose parcel is not
    complete (``deficient``: any number of it), the list of its papers to tick what is missing."""
    scans: list[dict[str, Any]] = session.get(_SCANS, [])
    just_now = scans[0] if scans and request.args.get("done") else None
    number = request.args.get("deficient", "").strip()[:LONGEST_NUMBER]
    if not number:
        return _page(PageForm(), just_now)
    form = PageForm({"number": number})
    try:
        return _page(PageForm(), None, form, listed=_papers_of(number))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(PageForm(), None, form.refused(problem, field="number")), problem.status


def _papers_of(number: str) -> AwaitedPaper:
    return call(AWAITED_PAPER, AskPaper(serial_number=number, language=language()))


@pages.post("")
def receive() -> Answer:
    """One scan. A second one of the same sheet says so and changes nothing."""
    form = PageForm.from_request()
    try:
        day = form.value("received_on") or None
        complete = form.value("complete") == "yes"
        asked = entered(ReceivePaper, serial_number=form.value("serial_number"), received_on=day, complete=complete)
        receipt = call(RECEIVE_PAPER, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(form.refused(problem), None), problem.status
    scan = {
        "serial_number": receipt.serial_number,
        "title": receipt.title,
        "received_at": receipt.received_at.isoformat(),
        "already": receipt.already,
    }
    earlier = [entry for entry in session.get(_SCANS, []) if entry["serial_number"] != receipt.serial_number]
    session[_SCANS] = [scan, *earlier][:KEPT]
    return redirect(url_for("paper.paper", done=1), 303)


@pages.post("/deficient")
def note_deficient() -> Answer:
    """A parcel that is not complete: the applicant is told what is missing, the rest stays awaited."""
    papers = [value for value in request.form.getlist("papers") if value.isascii() and value.isdecimal()]
    form = PageForm({**request.form.to_dict(), "papers": papers})
    try:
        asked = entered(
            NotePaperDeficient, serial_number=form.value("number"), papers=papers, missing=form.value("missing")
        )
        noted = call(NOTE_PAPER_DEFICIENT, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(PageForm(), None, form.refused(problem, field="number")), problem.status
    told = _("已记下《%(title)s》缺少的材料，已通知申请人：%(missing)s", title=noted.title, missing=noted.missing)
    flash(told, "success")
    return redirect(url_for("paper.paper"), 303)


@pages.post("/correction")
def correct() -> Answer:
    """A receipt that was noted for the wrong case, or the wrong day, while nobody examines it yet."""
    form = PageForm.from_request()
    number, step = form.value("wrong_number"), form.value("step") or None
    day = form.value("wrong_day") or None
    try:
        asked = entered(
            CorrectPaperReceipt, serial_number=number, step=step, received_on=day, reason=form.value("wrong_reason")
        )
        corrected = call(CORRECT_PAPER_RECEIPT, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        problem.errors = tuple(replace(error, field=_WRONG.get(error.field, error.field)) for error in problem.errors)
        return _page(PageForm(), None, wrong=form.refused(problem, field="wrong_number")), problem.status
    session[_SCANS] = [one for one in session.get(_SCANS, []) if one["serial_number"] != corrected.serial_number]
    if corrected.received_at is None:
        told = _("已收回《%(title)s》收到纸质材料的登记，已通知申请人。", title=corrected.title)
    elif corrected.already:
        told = _("《%(title)s》收到纸质材料的日期本来就是这一天，没有更改。", title=corrected.title)
    else:
        told = _("已更正《%(title)s》收到纸质材料的日期，已通知申请人。", title=corrected.title)
    flash(told, "success")
    return redirect(url_for("paper.paper"), 303)


def _page(
    form: PageForm,
    just_now: dict[str, Any] | None,
    deficient: PageForm | None = None,
    wrong: PageForm | None = None,
    listed: AwaitedPaper | None = None,
) -> str:
    if listed is None and deficient is not None and deficient.problem and deficient.problem.code == "request_invalid":
        listed = _papers_of(deficient.value("number"))
    cursor = request.args.get("after") or None
    waiting = call(LIST_EXAMINATIONS, ListExaminations(queue="awaiting_paper", cursor=cursor, limit=PAGE))
    return render_template(
        "staff/paper.html",
        form=form,
        deficient=deficient or PageForm(),
        listed=listed,
        options=[
            Option(str(paper.number), paper.title, _("上次记下缺这一份") if paper.missing else "")
            for paper in (listed.papers if listed else ())
        ],
        wrong=wrong or PageForm({"wrong_number": request.args.get("wrong", "")}),
        just_now=just_now,
        scans=session.get(_SCANS, []),
        waiting=waiting,
        first=cursor is None,
        today=office_day(),
    )
