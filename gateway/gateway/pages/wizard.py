"""The wizard of a work's application: a list of steps, each saved as a draft; nothing is lost on the way."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.filing import (
    CHECK_FORM,
    GET_APPLICATION,
    SAVE_APPLICATION,
    ApplicationRef,
    ApplicationView,
    CheckForm,
    FieldProblem,
    SaveApplication,
)
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages import choices
from gateway.pages.access import applicants_only
from gateway.pages.described import describe
from gateway.pages.work_steps import BY_NAME, STEPS, Step, flat, material_problems, next_step
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.rates import rate

pages = applicants_only(Blueprint("wizard", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]


def load(application_id: str) -> ApplicationView:
    """The applicant's own case, with the words of findings in their language."""
    asked = ApplicationRef(application_id=application_id, language="en" if language() == "en" else "zh")
    return call(GET_APPLICATION, asked)


def load_draft(application_id: str) -> ApplicationView:
    """A case that is still a draft. Problem ``application_frozen`` for one that was filed."""
    case = load(application_id)
    if case.state != "draft":
        raise Problem("application_frozen", state=case.state)
    return case


def form_problems(case: ApplicationView) -> list[FieldProblem]:
    """Everything that the rules say about the form as it is saved."""
    found = call(CHECK_FORM, CheckForm(type=case.type, form=case.form)).problems
    return [problem for problem in found if problem.severity == "error"]


def as_problem(problems: list[FieldProblem]) -> Problem:
    return Problem("form_invalid", errors=[FieldError(item.field, item.code, item.params) for item in problems])


@pages.get("")
def steps(application_id: str) -> Answer:
    """The list of steps with what each still needs."""
    case = load(application_id)
    if case.state != "draft":
        return redirect(url_for("cases.case", application_id=application_id), 303)
    problems = [*form_problems(case), *material_problems(case)]
    return render_template(
        "registration/steps.html",
        case=case,
        steps=[(step, _standing(step, case, problems)) for step in STEPS],
        ready=not problems,
    )


def _standing(step: Step, case: ApplicationView, problems: list[FieldProblem]) -> str:
    """done, started or empty, as the list of steps shows it."""
    if not any(step.owns(problem.field) for problem in problems):
        return "done" if step.name != "contact" or any(case.form.get("contact", {}).values()) else "optional"
    if step.name == "materials":
        return "started" if case.materials else "empty"
    return "started" if _touched(step, case.form) else "empty"


def _touched(step: Step, form: dict[str, Any]) -> bool:
    answers = {
        "work": form.get("title") or form.get("creation_nature"),
        "creation": form.get("completion_date") or form.get("publication"),
        "ownership": form.get("ownership") or form.get("acquisition"),
        "description": any((form.get("description") or {}).values()),
    }
    return bool(answers.get(step.name))


@pages.get("/<any(work, creation, ownership, description, contact):step_name>")
def step(application_id: str, step_name: str) -> Answer:
    case = load_draft(application_id)
    chosen = BY_NAME[step_name]
    form = PageForm(flat(case.form))
    if request.args.get("check"):
        problems = [problem for problem in form_problems(case) if chosen.owns(problem.field)]
        if problems:
            form.refused(as_problem(problems))
    return _step_page(case, chosen, form)


@pages.post("/<any(work, creation, ownership, description, contact):step_name>")
@rate(120)
def save(application_id: str, step_name: str) -> Answer:
    """Saves the page's entries, complete or not; then says what is wrong with them, or goes on."""
    case = load_draft(application_id)
    chosen = BY_NAME[step_name]
    changed = chosen.read(request.form, case.form)
    action = request.form.get("action", "next")
    row = change_rows(changed, action)
    version = request.form.get("version", "")
    try:
        saved = call(
            SAVE_APPLICATION,
            entered(
                SaveApplication,
                application_id=application_id,
                version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else case.version,
                form=changed,
            ),
        )
    except Problem as problem:
        if problem.code not in ("form_invalid", "version_conflict", "request_invalid"):
            raise
        return _step_page(case, chosen, PageForm(flat(case.form | changed)).refused(problem)), problem.status
    here = url_for("wizard.step", application_id=application_id, step_name=step_name)
    if row:
        return redirect(f"{here}#field-{row}", 303)
    if action == "later":
        flash(_("已保存。可以随时回来继续填写。"), "success")
        return redirect(url_for("wizard.steps", application_id=application_id), 303)
    problems = [problem for problem in form_problems(saved) if chosen.owns(problem.field)]
    if problems and action != "skip":
        return _step_page(saved, chosen, PageForm(flat(saved.form)).refused(as_problem(problems)), saved=True), 422
    return redirect(_after(chosen, application_id), 303)


def _after(chosen: Step, application_id: str) -> str:
    if request.args.get("back") == "check":
        return url_for("submission.check", application_id=application_id)
    following = next_step(chosen)
    if following is None:
        return url_for("submission.check", application_id=application_id)
    if following.name == "materials":
        return url_for("materials.materials", application_id=application_id)
    return url_for("wizard.step", application_id=application_id, step_name=following.name)


def change_rows(changed: dict[str, Any], action: str) -> str:
    """Adds or removes a row of a list for ``add_authors``, ``remove_authors.1`` …; where to go on, or nothing."""
    if action in ("add_authors", "add_owners"):
        name = action.removeprefix("add_")
        changed[name].append({"name": ""})
        return f"{name}.{len(changed[name]) - 1}.name"
    verb, _sep, place = action.partition("_")
    name, _sep, row = place.partition(".")
    if verb == "remove" and name in ("authors", "owners") and row.isdigit() and int(row) < len(changed.get(name, ())):
        del changed[name][int(row)]
        return name
    return ""


def _step_page(case: ApplicationView, chosen: Step, form: PageForm, *, saved: bool = False) -> str:
    if chosen.name not in BY_NAME:
        abort(404)
    return render_template(
        f"registration/step_{chosen.name}.html",
        case=case,
        step=chosen,
        position=STEPS.index(chosen) + 1,
        total=len(STEPS),
        form=form.with_notes(case.warnings),
        saved=saved,
        description=describe(case.kind),
        choices=choices,
    )
