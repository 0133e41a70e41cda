"""补正: answering each defect that the examiner marked, with changed fields and new files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import Problem
from contracts.filing import (
    ANSWER_CORRECTION,
    PREPARE_CORRECTION,
    REMOVE_MATERIAL,
    AnswerCorrection,
    AnswerDefect,
    ApplicationView,
    Declaration,
    FieldProblem,
    PrepareCorrection,
    RemoveMaterial,
)
from contracts.forms import FormField
from contracts.identity import REQUEST_OTP, SIGN_DOCUMENT, RequestOtp, SignDocument
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.about import differences_for_party
from gateway.forms.described import Described
from gateway.forms.descriptions import describe_case
from gateway.forms.reading import change_row, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.shown import FieldsShown
from gateway.forms.versions import compare
from gateway.forms.words import label, target_label
from gateway.pages.access import applicants_only
from gateway.pages.case_deposit import deposit_step
from gateway.pages.correction_kept import Restored, kept_answers, opened_here
from gateway.pages.correction_parts import (
    Marked,
    answer_in,
    answer_labels,
    fields_to_correct,
    fixed_fields,
    marked_fields,
    marked_files,
    open_round,
    reckoned_by,
    steps_to_correct,
)
from gateway.pages.materials import PROOF, attach_uploads, roles
from gateway.pages.wizard import form_of, load
from gateway.uploads.policy import purpose_limit
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import client_address, limiter

pages = applicants_only(
    Blueprint("correction", __name__, url_prefix="/account/applications/<application_id>/correction")
)
Answer = str | Response | tuple[str, int]


@pages.get("")
def correction(application_id: str) -> Answer:
    """What the examiner asked for, each beside the field or file that it is about."""
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    kept = kept_answers(case)
    shown = next((each for each in kept if each.page == request.args.get("unsaved")), kept[0] if kept else None)
    if shown is None:
        return page(case, describe_case(case), case.form)
    restored = Restored(shown, kept)
    return page(case, describe_case(case), {**case.form, **restored.fields}, restored.answers, restored=restored)


@pages.post("")
@limiter.limit("30 per minute")
def answer(application_id: str) -> Answer:
    """Checks every answer with the fields of the steps that were marked, shows what is to be signed, signs and sends.

    The page carries the answer along from one step to the next, so that what is sent is what was checked.
    """
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    described = describe_case(case)
    fields, answers, changed = answer_in(case, described, request.form)
    rows_changed = bool(change_row(described, changed, request.form.get("action", "")))
    filled = {**case.form, **changed}
    if rows_changed:
        return page(case, described, filled, answers)
    declaration = None
    try:
        asked = _asked(application_id, answers, tidy(fields, changed))
        declaration = call(PREPARE_CORRECTION, asked)
        if request.form.get("sign") == "send" and request.form.get("sha256") == declaration.sha256:
            _sign_and_send(asked, declaration)
            flash(_("补正已提交，审查继续进行。"), "success")
            return redirect(url_for("cases.case", application_id=application_id), 303)
        sent = _send_code(declaration.sha256) if request.form.get("sign") == "code" else False
    except Problem as problem:
        if declaration is None:
            return page(case, described, filled, answers, problem), problem.status
        return page(case, described, filled, answers, problem, "otp", Signing(declaration, True)), problem.status
    if request.form.get("sign") == "send":
        flash(_("生成声明之后内容有了变化，请重新核对并签署。"), "warning")
    return page(case, described, filled, answers, signing=Signing(declaration, sent))


def _worth_knowing(case: ApplicationView, described: Described, values: Mapping[str, Any]) -> list[FieldProblem]:
    """How form and files agree as they stand, new files among them. It was judged by what was filed: of a step in which
    something else stands on the page by now, it is said once that is looked at."""
    entered_since = {
        field.name
        for step in described.steps
        if compare(step.fields, values, case.form, {}).both
        for field in step.fields
    }
    told = case.report.problems if case.report else []
    return [one for one in told if one.severity == "warning" and one.field.split(".")[0] not in entered_since]


@dataclass(frozen=True)
class Signing:
    """What is to be signed, and whether a code is on its way."""

    declaration: Declaration
    sent: bool


def _asked(application_id: str, answers: Mapping[str, str], form: Mapping[str, Any]) -> PrepareCorrection:
    return entered(
        PrepareCorrection,
        application_id=application_id,
        answers=[
            entered(AnswerDefect, field=f"answers.{defect}", defect_id=defect, text=text)
            for defect, text in answers.items()
        ],
        form=form,
    )


def _send_code(sha256: str) -> bool:
    """A code for signing this; one that was sent a moment ago still counts."""
    try:
        call(REQUEST_OTP, RequestOtp(purpose="sign", sha256=sha256, client=client_address()))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            raise
    return True


def _sign_and_send(asked: PrepareCorrection, declaration: Declaration) -> None:
    """Signs exactly the declaration that was shown, and sends the answer that it is about."""
    signed = entered(
        SignDocument,
        document_id=declaration.document_id,
        sha256=declaration.sha256,
        otp=request.form.get("otp", "").strip(),
    )
    evidence = call(SIGN_DOCUMENT, signed)
    answer = AnswerCorrection(
        application_id=asked.application_id, answers=asked.answers, form=asked.form, evidence=evidence.token
    )
    call(ANSWER_CORRECTION, answer)


@pages.post("/files")
@accepts_files
def add_file(application_id: str) -> Answer:
    """Adds a file before the answer is sent; a new sample takes the place of the old one."""
    role = request.form.get("role", "")
    try:
        attach_uploads(application_id, role)
    except Problem as problem:
        case = load(application_id)
        return page(case, describe_case(case), case.form, {}, problem, f"materials.{role}"), problem.status
    return redirect(url_for("correction.correction", application_id=application_id, _anchor="files"), 303)


@pages.post("/files/<material_id>/removal")
def remove_file(application_id: str, material_id: str) -> Response:
    """Only files that this answer brought: what was filed stays with the case."""
    call(REMOVE_MATERIAL, RemoveMaterial(application_id=application_id, material_id=material_id))
    return redirect(url_for("correction.correction", application_id=application_id, _anchor="files"), 303)


def _parts(
    described: Described, case: ApplicationView, values: Mapping[str, Any], form: PageForm, fixed: set[str]
) -> dict[str, Any]:
    """What the page shows of the form: each marked field with its defects; by step, what was not marked and whether
    it was changed nevertheless; and values of other pages on which some of it depends."""
    awaited = open_round(case)
    fields, marked = fields_to_correct(described, awaited), marked_fields(described, awaited)
    names = [field.name for field in fields]

    def shown(some: list[FormField]) -> FieldsShown:
        return show(described, some, values, form, filer=case.applicant_kind, fixed=fixed, beside=names)

    beside = [
        Marked(name, defects, shown([field for field in fields if field.name == name]), reckoned_by(described, name))
        for name, defects in marked.items()
    ]
    rest = []
    for step in steps_to_correct(described, awaited):
        if others := [field for field in step.fields if field.name not in marked]:
            changed = bool(compare(others, values, case.form, {}).both)
            rest.append((step, shown(others), changed))
    every = [*(each.fields for each in beside if each.fields), *(fields_shown for _step, fields_shown, _c in rest)]
    return {"fields": beside, "rest": rest, "given": sorted({pair for part in every for pair in part.given})}


def page(
    case: ApplicationView,
    described: Described,
    values: Mapping[str, Any],
    answers: Mapping[str, str] | None = None,
    problem: Problem | None = None,
    problem_at: str = "",
    signing: Signing | None = None,
    restored: Restored | None = None,
) -> str:
    """The answer as far as it goes: ``values`` of the form, ``answers`` by defect, and what a try to send came to;
    ``restored``: they are what an earlier page kept."""
    awaited = open_round(case)
    fields, fixed = fields_to_correct(described, awaited), fixed_fields(described, awaited)
    told = {f"answers.{defect}": text for defect, text in (answers or {}).items()}
    named = answer_labels(described, case, awaited)
    form = (
        form_of(described, entries_of(fields, values) | told)
        .called(lambda path: named.get(path) or label(described, path))
        .anchored(named)
    )
    if problem is not None:
        form.refused(problem, field=problem_at)
    form.with_notes(signing.declaration.warnings if signing else _worth_knowing(case, described, values))

    new_files = [material for material in case.materials if material.correction_id == awaited.correction_id]
    return render_template(
        "account/correction.html",
        case=case,
        correction=awaited,
        signing=signing,
        files=marked_files(described, case, awaited),
        **_parts(described, case, values, form, fixed),
        form=form,
        target_label=lambda target: target_label(described, case, target),
        roles=roles(case),
        proof=PROOF,
        proof_limit=purpose_limit("proof"),
        new_files=new_files,
        opened=opened_here(case, restored),
        restored=restored,
        deposited=deposit_step(described) is not None,
        register_changes=differences_for_party(described, case),
    )
