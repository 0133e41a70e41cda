"""撤销和更正: the queue, proposing, and confirming as a second person."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.examination import CASES_ABOUT, AskCasesAbout, CaseAbout
from contracts.filing import GET_DOCUMENT, LIST_DOCUMENTS
from contracts.objects import DocumentRef, GetDocument, ListDocuments
from contracts.office_acts import (
    DECIDE_ACT,
    GET_OFFICE_ACT,
    LIST_OFFICE_ACTS,
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

from gateway.pages.colleagues import names_of
from gateway.pages.materials import PROOF
from gateway.pages.office_act_files import evidence_uploads, tokens_of
from gateway.pages.office_act_words import act_words, field_words, ground_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered

pages = staff_only(
    Blueprint("staff_office_acts", __name__, url_prefix="/staff/office-acts"), "archivist", "senior_examiner"
)
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
CORRECTING = "clerical_error"
SIGNED = ("signed_application_form", "signed_declaration", "application_form", "declaration")
"""Documents by which the office sees what the applicant had written."""
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
    """Proposes it; of a revocation, whose holder is told of it, asks once before."""
    form = PageForm.from_request()
    number = form.value("number").strip()[:LONGEST_NUMBER]
    stated = call(REGISTRATION_STATED, AskStated(registration_number=number))
    try:
        uploads = evidence_uploads()
        if (
            form.value("ground") in stated.grounds
            and form.value("ground") != CORRECTING
            and not form.value("confirmed")
        ):
            return _ask_to_propose(stated, form, uploads)
        view = call(PROPOSE_ACT, _proposed(stated, form, uploads))
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
    """Confirms, asking once before the register says something else; dismisses; takes back what one proposed."""
    form = PageForm.from_request()
    try:
        if form.value("step") not in ("confirm", "dismiss", "withdraw"):
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        if form.value("step") == "confirm" and not form.value("confirmed"):
            view = _act(act_id)
            if "confirm" in view.steps:
                return _page(view, form, "staff/office_act_confirm.html")
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


@pages.get("/<act_id>/documents/<document_id>")
def document(act_id: str, document_id: str) -> Response:
    """What the holder signed when they filed the registration, to compare with what is proposed."""
    known = {item.document_id for item in _signed(_act(act_id))}
    if document_id not in known:
        raise Problem("document_unknown")
    return deliver(call(GET_DOCUMENT, GetDocument(document_id=document_id)))


def _act(act_id: str) -> OfficeActView:
    return call(GET_OFFICE_ACT, OfficeActRef(act_id=act_id))


def _as_registered(stated: RegistrationStated) -> dict[str, str]:
    """The entries of the page as the register has them, a line for each name."""
    known = stated.model_dump(mode="json")
    return {name: known[name] or "" for name in TEXTS} | {name: "\n".join(known[name]) for name in NAMES}


def _proposed(stated: RegistrationStated, form: PageForm, uploads: list[str]) -> ProposeAct:
    ground = form.value("ground")
    if ground not in stated.grounds:
        raise Problem("request_invalid", errors=[FieldError("ground", "required")])
    corrected = None
    if ground == CORRECTING:
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
        evidence=tokens_of(uploads),
        act_id=form.value("act_id") or None,
    )


def _ask_to_propose(stated: RegistrationStated, form: PageForm, uploads: list[str]) -> str:
    """Before the holder is told: of which registration, on what ground, with what. Problem ``request_invalid``."""
    missing = [name for name, there in (("statement", form.value("statement")), ("evidence", uploads)) if not there]
    if missing:
        raise Problem("request_invalid", errors=[FieldError(name, "required") for name in missing])
    files = [receipt_for(upload_id) for upload_id in uploads]
    return render_template(
        "staff/office_act_propose.html",
        stated=stated,
        form=form,
        files=files,
        grounds=ground_words(),
        pending=_pending(stated.registration_number),
    )


def _pending(number: str) -> list[CaseAbout]:
    """Cases about the same registration that are not decided."""
    return call(CASES_ABOUT, AskCasesAbout(registration_number=number)).items


def _signed(view: OfficeActView) -> list[DocumentRef]:
    """The forms that were signed for the registration; nothing where filing has no such case."""
    try:
        found = call(LIST_DOCUMENTS, ListDocuments(application_id=view.application_id)).items
    except Problem as problem:
        if problem.status >= 500:
            raise
        return []
    return [item for item in found if item.kind in SIGNED]


def _people(view: OfficeActView) -> dict[str, str]:
    """What the colleagues who proposed and decided are called; nobody while identity does not answer."""
    known = [one for one in (view.proposed_by, view.decided_by) if one]
    return names_of(known)


def _new_page(stated: RegistrationStated, form: PageForm) -> str:
    words = ground_words()
    return render_template(
        "staff/office_act_new.html",
        stated=stated,
        form=form,
        grounds=[(ground, words[ground], "") for ground in stated.grounds],
        pending=_pending(stated.registration_number),
        fields=field_words(),
        accept=PROOF,
        limit=purpose_limit("proof"),
    )


def _page(view: OfficeActView, form: PageForm, template: str = "staff/office_act.html") -> str:
    open_now = view.state in ("reported", "proposed")
    return render_template(
        template,
        view=view,
        form=form,
        file_url=lambda file_id: url_for("staff_office_acts.file", act_id=view.act_id, act_file_id=file_id),
        states=state_words(),
        grounds=ground_words(),
        acts=act_words(),
        fields=field_words(),
        pending=_pending(view.registration_number) if open_now else [],
        signed=_signed(view) if open_now else [],
        people=_people(view),
        me=caller().actor.subject,
    )
