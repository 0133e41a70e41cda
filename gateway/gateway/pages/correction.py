"""补正: answering each defect that the examiner marked, with changed fields and new files."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import (
    ANSWER_CORRECTION,
    REMOVE_MATERIAL,
    AnswerCorrection,
    AnswerDefect,
    ApplicationView,
    CorrectionView,
    RemoveMaterial,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages import choices
from gateway.pages.access import applicants_only
from gateway.pages.described import describe
from gateway.pages.materials import attach_uploads, upload_rules
from gateway.pages.wizard import change_rows, load
from gateway.pages.work_steps import STEPS, Step, flat, step_of
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = applicants_only(
    Blueprint("correction", __name__, url_prefix="/account/applications/<application_id>/correction")
)
Answer = str | Response | tuple[str, int]


@pages.get("")
def correction(application_id: str) -> Answer:
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    return _page(case, PageForm(flat(case.form)))


@pages.post("")
def answer(application_id: str) -> Answer:
    """Sends every answer, with the fields of the steps that were marked."""
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    open_round = _open_round(case)
    answers = {defect.defect_id: request.form.get(f"answers.{defect.defect_id}", "") for defect in open_round.defects}
    changed = _changed(case, open_round)
    rows_changed = bool(change_rows(changed, request.form.get("action", "")))
    filled = flat(case.form | changed) | {f"answers.{defect}": text for defect, text in answers.items()}
    if rows_changed:
        return _page(case, PageForm(filled))
    try:
        call(
            ANSWER_CORRECTION,
            entered(
                AnswerCorrection,
                application_id=application_id,
                answers=[
                    entered(AnswerDefect, field=f"answers.{defect}", defect_id=defect, text=text)
                    for defect, text in answers.items()
                ],
                form=changed,
            ),
        )
    except Problem as problem:
        return _page(case, PageForm(filled).refused(problem)), problem.status
    flash(_("补正已提交，审查继续进行。"), "success")
    return redirect(url_for("cases.case", application_id=application_id), 303)


@pages.post("/files")
@accepts_files
def add_file(application_id: str) -> Answer:
    """Adds a file before the answer is sent; a new sample takes the place of the old one."""
    role = request.form.get("role", "")
    try:
        attach_uploads(application_id, role)
    except Problem as problem:
        case = load(application_id)
        form = PageForm(flat(case.form)).refused(problem, field=f"materials.{role}")
        return _page(case, form), problem.status
    return redirect(url_for("correction.correction", application_id=application_id, _anchor="files"), 303)


@pages.post("/files/<material_id>/removal")
def remove_file(application_id: str, material_id: str) -> Response:
    call(REMOVE_MATERIAL, RemoveMaterial(application_id=application_id, material_id=material_id))
    return redirect(url_for("correction.correction", application_id=application_id, _anchor="files"), 303)


def _open_round(case: ApplicationView) -> CorrectionView:
    return next(entry for entry in reversed(case.corrections) if entry.answered_at is None)


def _steps_to_correct(open_round: CorrectionView) -> list[Step]:
    """The pages whose fields were marked, in the order of the wizard."""
    marked = {owner.name for defect in open_round.defects if (owner := step_of(defect.target))}
    return [step for step in STEPS if step.name in marked and step.name != "materials"]


def _changed(case: ApplicationView, open_round: CorrectionView) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for step in _steps_to_correct(open_round):
        changed |= step.read(request.form, case.form)
    return changed


def _page(case: ApplicationView, form: PageForm) -> str:
    open_round = _open_round(case)
    description = describe(case.kind)
    category = next((entry for entry in description.categories if entry.code == case.form.get("category")), None)
    new_files = [material for material in case.materials if material.correction_id == open_round.correction_id]
    return render_template(
        "account/correction.html",
        case=case,
        correction=open_round,
        steps=_steps_to_correct(open_round),
        form=form,
        description=description,
        choices=choices,
        category=category,
        rules=upload_rules(case.form, category.profile if category else None),
        new_files=new_files,
        running=any(material.precheck.state == "running" for material in new_files),
    )
