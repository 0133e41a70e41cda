"""审查: queues, and a case with its form, materials and findings side by side, and the decision."""

from __future__ import annotations

from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.examination import (
    CLAIM_EXAMINATION,
    DECIDE_EXAMINATION,
    HAND_OVER_EXAMINATION,
    LIST_EXAMINATIONS,
    RELEASE_EXAMINATION,
    WITHDRAW_REFUSAL,
    ClaimExamination,
    DecideExamination,
    ExaminationRef,
    HandOverExamination,
    ListExaminations,
)
from contracts.filing import (
    GET_APPLICATION,
    GET_DOCUMENT,
    LIST_DOCUMENTS,
    OPEN_MATERIAL,
    ApplicationRef,
    ApplicationView,
    OpenMaterial,
)
from contracts.forms import Kind
from contracts.objects import GetDocument, ListDocuments
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.forms.about import token_for
from gateway.forms.answers import changes, sheet
from gateway.forms.descriptions import describe_case
from gateway.forms.words import label, role_words, target_label
from gateway.pages.colleagues import names_of
from gateway.pages.staff_access import staff_only
from gateway.pages.staff_decisions import (
    DECIDING,
    after,
    ask,
    ask_to_correct,
    decisions,
    ends,
    opposes,
    own_reason,
    people_of,
    said,
    taken,
    wrong_field,
)
from gateway.pages.staff_defects import (
    BLANK,
    EnteredDefect,
    bases,
    basis_picked,
    defects,
    pages_there,
    reason_picked,
    rows_entered,
    standards,
    targets,
)
from gateway.pages.staff_files import (
    compared,
    files_of,
    findings,
    in_words,
    remarks_of,
    replaced,
    shown,
)
from gateway.pages.staff_register import of_register, recordable
from gateway.pages.workbench import examination_queues, office_day
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language

pages = staff_only(
    Blueprint("staff_examinations", __name__, url_prefix="/staff/examinations"), "examiner", "senior_examiner"
)
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
KINDS: tuple[Kind, ...] = get_args(Kind)


@pages.get("")
def queue() -> str:
    """One queue, most urgent first, page by page, on request of some cases alone; what is decided, the newest first."""
    queues = [*examination_queues(), ("all", _("全部在办")), ("decided", _("已办结"))]
    name: Any = request.args.get("queue") if request.args.get("queue") in dict(queues) else "unclaimed"
    kind = next((known for known in KINDS if known == request.args.get("kind")), None)
    category = request.args.get("category", "")[:1] or None
    only = {flag: bool(request.args.get(flag)) for flag in ("corrected", "hurried")}
    cursor = request.args.get("after") or None
    text = request.args.get("text", "").strip()[:100]
    said = {"queue": name, "kind": kind, "category": category, "text": text, "waiting": True, **only}
    found = call(LIST_EXAMINATIONS, entered(ListExaminations, **said, cursor=cursor, limit=PAGE))
    kept = {"kind": kind, "category": category, "text": text or None, **{flag: 1 for flag, on in only.items() if on}}
    return render_template(
        "staff/examinations.html",
        found=found,
        queue=name,
        kind=kind,
        kinds=KINDS,
        category=category,
        text=text,
        only=only,
        me=caller().actor.subject,
        people=names_of(item.examiner_id for item in found.items),
        here=lambda **more: url_for("staff_examinations.queue", **{"queue": name, **kept, **more}),
        queues=queues,
        sees_all="senior_examiner" in caller().actor.roles,
        today=office_day(),
        first=cursor is None,
    )


@pages.get("/<application_id>")
def case(application_id: str) -> str:
    """All of a case on one page, with the decision for who may decide it."""
    return _page(_load(application_id), PageForm(), [EnteredDefect()])


@pages.post("/<application_id>/claim")
def claim(application_id: str) -> Answer:
    """Nobody else decides it from now on; the page of the case follows. One that is not due next is asked a reason."""
    form = PageForm.from_request()
    try:
        asked = entered(ClaimExamination, application_id=application_id, reason=form.value("reason"))
        call(CLAIM_EXAMINATION, asked)
    except Problem as problem:
        if problem.code == "examination_taken" and "since" in problem.params:
            return taken(problem), problem.status
        if problem.code not in ("claim_reason_required", "request_invalid"):
            raise
        shown = form.refused(problem, field="reason") if "reason" in request.form else form
        return render_template("staff/claim.html", case=_load(application_id), form=shown), problem.status
    flash(_("已领取，由您承办。"), "success")
    return redirect(url_for("staff_examinations.case", application_id=application_id), 303)


@pages.post("/<application_id>/release")
def release(application_id: str) -> AnyResponse:
    """Back to where others can claim it."""
    call(RELEASE_EXAMINATION, ExaminationRef(application_id=application_id))
    flash(_("已放回队列。"), "success")
    return redirect(url_for("staff_examinations.queue", queue="mine"), 303)


@pages.post("/<application_id>/hand-over")
def hand_over(application_id: str) -> Answer:
    """A senior examiner takes it from a colleague who is away, with a reason."""
    form = PageForm.from_request()
    try:
        asked = entered(HandOverExamination, application_id=application_id, reason=form.value("hand_over_reason"))
        call(HAND_OVER_EXAMINATION, asked)
    except Problem as problem:
        if problem.code not in ("reason_required", "request_invalid"):
            raise
        refused = form.refused(problem, field="hand_over_reason")
        return _page(_load(application_id), refused, [EnteredDefect()]), problem.status
    flash(_("已放回队列，原因已记录。您或其他审查员可以领取。"), "success")
    return redirect(url_for("staff_examinations.case", application_id=application_id), 303)


@pages.post("/<application_id>/refusal-withdrawal")
def withdraw_refusal(application_id: str) -> AnyResponse:
    """Who proposed a refusal takes it back, and goes on with the case."""
    call(WITHDRAW_REFUSAL, ExaminationRef(application_id=application_id))
    flash(_("已收回不予登记的建议，由您继续审查。"), "success")
    return redirect(url_for("staff_examinations.case", application_id=application_id), 303)


@pages.post("/<application_id>/decision")
def decide(application_id: str) -> Answer:
    """Decides, asking once before what ends the case for good; or (button “add”) gives one more line for a defect."""
    form, before = PageForm.from_request(), _load(application_id)
    described = describe_case(before)
    offered = standards(before, described)
    rows = rows_entered(offered)
    if form.value("action") == "change":
        return _page(before, form, rows)
    if form.value("action") == "add":
        return _page(before, form, [*rows, EnteredDefect()], focus=len(rows))
    try:
        decision: Any = form.value("decision")
        if decision not in ("approve", "correct", "refuse"):
            raise Problem("request_invalid", errors=[FieldError("decision", "not_in_list")])
        reason = own_reason(before, decision, form)
        reason = reason or (reason_picked(offered) if decision == "refuse" else "")
        if BLANK in reason and decision == "refuse":
            raise Problem("request_invalid", errors=[FieldError("reason", "blank_left", {"blank": BLANK})])
        basis = basis_picked(before, reason) if decision == "refuse" else ""
        marked = defects(rows) if decision == "correct" else []
        if decision == "correct" and marked and not form.value("confirmed"):
            pages_there(before, marked)
            return ask_to_correct(before, described, rows)
        if ends(before, decision) and not form.value("confirmed"):
            register = of_register(before, described)
            if decision == "approve":
                recordable(register)
            return ask(before, described, register, decision, reason, request.form.get("basis", ""))
        decided = call(
            DECIDE_EXAMINATION,
            entered(
                DecideExamination,
                application_id=application_id,
                decision=decision,
                defects=marked,
                reason=reason,
                basis=basis,
                version=form.value("version") or None,
                extract=token_for(before) if decision == "approve" else None,
            ),
        )
    except Problem as problem:
        if problem.code in ("application_unknown", "forbidden") or problem.status >= 500:
            raise
        field = wrong_field(problem, before, form.value("decision"))
        return _page(_load(application_id), form.refused(problem, field=field), rows or [EnteredDefect()]), (
            problem.status
        )
    flash(said(before, decided), "success")
    return redirect(after(), 303)


@pages.get("/<application_id>/materials/<material_id>")
def material(application_id: str, material_id: str) -> Response:
    """The file itself, for the frame beside the form."""
    return deliver(call(OPEN_MATERIAL, OpenMaterial(application_id=application_id, material_id=material_id)))


@pages.get("/<application_id>/corrections/<correction_id>/<material_id>")
def comparison(application_id: str, correction_id: str, material_id: str) -> str:
    """A file and what a correction put in its place."""
    view = _load(application_id)
    pair = compared(view, correction_id, material_id)
    if pair is None:
        raise Problem("material_unknown")
    return render_template(
        "staff/comparison.html",
        case=view,
        role=role_words(describe_case(view)).get(pair.role, pair.role),
        pair=pair,
        before=shown(view, pair.before, pair.page) if pair.before else None,
        after=shown(view, pair.after, pair.page) if pair.after else None,
    )


@pages.get("/<application_id>/documents/<document_id>")
def document(application_id: str, document_id: str) -> Response:
    """A statement of the office or the signed declaration."""
    return deliver(call(GET_DOCUMENT, GetDocument(document_id=document_id)))


def _load(application_id: str) -> ApplicationView:
    asked = ApplicationRef(application_id=application_id, language=language())
    return call(GET_APPLICATION, asked)


def _page(view: ApplicationView, form: PageForm, rows: list[EnteredDefect], focus: int | None = None) -> str:
    described = describe_case(view)
    may_decide = bool(DECIDING & set(view.allowed_actions))
    register = of_register(view, described)
    return render_template(
        "staff/case.html",
        case=view,
        form=form.called(lambda path: label(described, path)).with_notes(view.warnings),
        rows=rows,
        focus=focus,
        steps=[
            (step, sheet(described, step.fields, view.form, empty=False, findings=findings(view)))
            for step in described.steps
            if step.kind == "fields"
        ],
        finding_words=in_words,
        material_remarks=remarks_of(view, described),
        register=register,
        replaced=lambda correction: replaced(view, correction),
        targets=list(targets(described)),
        standards=standards(view, described) if may_decide else [],
        bases=bases(view) if may_decide else [],
        people=people_of(view),
        target_label=lambda target: target_label(described, view, target),
        changes=lambda correction: changes(described, correction.changes),
        roles=role_words(described),
        **files_of(view, call(LIST_DOCUMENTS, ListDocuments(application_id=view.application_id)).items, described),
        me=caller().actor.subject,
        may_decide=may_decide,
        decisions=decisions(view, register),
        opposing=opposes(view),
    )
