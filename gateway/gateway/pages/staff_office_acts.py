"""撤销和更正: the queue, proposing, and confirming as a second person."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.office_acts import (
    DECIDE_ACT,
    GET_OFFICE_ACT,
    LIST_OFFICE_ACTS,
    MOST_FILES,
    OPEN_OFFICE_ACT_FILE,
    PROPOSE_ACT,
    REGISTRATION_STATED,
    AskStated,
    Corrected,
    DecideAct,
    ListOfficeActs,
    OfficeActFileRef,
    OfficeActRef,
    OfficeActView,
    ProposeAct,
    RegistrationStated,
)
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.materials import PROOF
from gateway.pages.office_act_words import act_words, field_words, ground_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered

pages = staff_only(
    Blueprint("staff_office_acts", __name__, url_prefix="/staff/office-acts"), "archivist", "senior_examiner"
)
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
LONGEST_NUMBER = 60
NAMES = ("authors", "owners")
TEXTS = ("title", "short_name", "version", "completion_date", "publication_date")


@pages.get("")
def queue() -> str:
    """One queue, page by page."""
    name: Any = "done" if request.args.get("queue") == "done" else "open"
    cursor = request.args.get("after") or None
    found = call(LIST_OFFICE_ACTS, ListOfficeActs(queue=name, cursor=cursor, limit=PAGE))
    queues = {"open": _("等待处理"), "done": _("已决定")}
    return render_template(
        "staff/office_acts.html",
        found=found,
        queue=name,
        queues=queues,
        first=cursor is None,
        states=state_words(),
        acts=act_words(),
        form=PageForm(),
    )


@pages.get("/new")
def new() -> Answer:
    """What the register says, and what is proposed about it; first, of which registration."""
    number, report = request.args.get("number", "").strip()[:LONGEST_NUMBER], request.args.get("report", "")
    if not number:
        return render_template("staff/office_act_number.html", form=PageForm())
    try:
        stated = call(REGISTRATION_STATED, AskStated(registration_number=number))
    except Problem as problem:
        if problem.status >= 500:
            raise
        form = PageForm({"number": number}).refused(problem, field="number")
        return render_template("staff/office_act_number.html", form=form), problem.status
    return _new_page(stated, PageForm(_as_registered(stated) | {"act_id": report}))


@pages.post("/new")
@accepts_files
def propose() -> Answer:
    """Proposes it."""
    form = PageForm.from_request()
    number = form.value("number").strip()[:LONGEST_NUMBER]
    stated = call(REGISTRATION_STATED, AskStated(registration_number=number))
    try:
        view = call(PROPOSE_ACT, _proposed(stated, form))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _new_page(stated, form.refused(problem, field="ground")), problem.status
    flash(_("已提出，等待另一位同事复核。"), "success")
    return redirect(url_for("staff_office_acts.one", act_id=view.act_id), 303)


@pages.get("/<act_id>")
def one(act_id: str) -> str:
    """One act with all that is known of it."""
    return _page(_act(act_id), PageForm())


@pages.post("/<act_id>")
def decide(act_id: str) -> Answer:
    """Confirms or dismisses."""
    form = PageForm.from_request()
    try:
        if form.value("step") not in ("confirm", "dismiss"):
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        asked = entered(DecideAct, act_id=act_id, step=form.value("step"), reason=form.value("reason"))
        view = call(DECIDE_ACT, asked)
    except Problem as problem:
        if problem.code == "office_act_unknown" or problem.status >= 500:
            raise
        return _page(_act(act_id), form.refused(problem, field="reason")), problem.status
    flash(f"{view.title}：{state_words()[view.state]}", "success")
    return redirect(url_for("staff_office_acts.one", act_id=act_id), 303)


@pages.get("/<act_id>/files/<act_file_id>")
def file(act_id: str, act_file_id: str) -> Response:
    """The file itself."""
    return deliver(call(OPEN_OFFICE_ACT_FILE, OfficeActFileRef(act_id=act_id, file_id=act_file_id)))


def _act(act_id: str) -> OfficeActView:
    return call(GET_OFFICE_ACT, OfficeActRef(act_id=act_id))


def _as_registered(stated: RegistrationStated) -> dict[str, str]:
    """The entries of the page as the register has them, a line for each name."""
    known = stated.model_dump(mode="json")
    return {name: known[name] or "" for name in TEXTS} | {name: "\n".join(known[name]) for name in NAMES}


def _proposed(stated: RegistrationStated, form: PageForm) -> ProposeAct:
    ground = form.value("ground")
    if ground not in stated.grounds:
        raise Problem("request_invalid", errors=[FieldError("ground", "required")])
    corrected = None
    if ground == "clerical_error":
        registered = _as_registered(stated)
        said = {name: form.value(name).strip() for name in (*TEXTS, *NAMES)}
        other: dict[str, Any] = {name: said[name].splitlines() if name in NAMES else said[name] for name in said}
        changed = {name: other[name] for name in other if said[name].split() != registered[name].split()}
        corrected = entered(Corrected, **changed)
    return entered(
        ProposeAct,
        registration_number=stated.registration_number,
        ground=ground,
        corrected=corrected,
        statement=form.value("statement"),
        evidence=_evidence(),
        act_id=form.value("act_id") or None,
    )


def _evidence() -> list[str]:
    """Receipts of the uploads of the form, and of files that came with it."""
    tokens = [receipt_for(upload_id).token for upload_id in request.form.getlist("evidence")[: MOST_FILES + 1]]
    files = [file for file in request.files.getlist("evidence_file") if file.filename]
    return tokens + [receipt_for_form_file(file, "proof").token for file in files[: MOST_FILES + 1]]


def _new_page(stated: RegistrationStated, form: PageForm) -> str:
    words = ground_words()
    return render_template(
        "staff/office_act_new.html",
        stated=stated,
        form=form,
        grounds=[(ground, words[ground], "") for ground in stated.grounds],
        fields=field_words(),
        accept=PROOF,
        limit=purpose_limit("proof"),
    )


def _page(view: OfficeActView, form: PageForm) -> str:
    return render_template(
        "staff/office_act.html",
        view=view,
        form=form,
        file_url=lambda file_id: url_for("staff_office_acts.file", act_id=view.act_id, act_file_id=file_id),
        states=state_words(),
        grounds=ground_words(),
        acts=act_words(),
        fields=field_words(),
    )
