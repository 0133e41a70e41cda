"""The wizard of an application: a list of steps, each saved as a draft; nothing is lost on the way.

What the steps ask is the description's (:mod:`gateway.forms`); saving one is one call, and its reply says what is
missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.errors import FieldError, Problem
from contracts.filing import (
    GET_APPLICATION,
    SAVE_APPLICATION,
    ApplicationRef,
    ApplicationView,
    FieldProblem,
    SaveApplication,
)
from contracts.forms import FormStep
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.described import Described
from gateway.forms.descriptions import TYPES, describe, describe_case, empty_form
from gateway.forms.reading import change_row, read, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.standing import errors_of, of_step, standing
from gateway.forms.words import label
from gateway.pages.access import applicants_only
from gateway.pages.verified import standing_for
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.rates import rate

pages = applicants_only(Blueprint("wizard", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]
REFUSED = ("form_invalid", "version_conflict", "request_invalid")
"""Problems of a save that the step's own page explains."""


@pages.app_template_global()
def step_url(application_id: str, step: FormStep, **more: Any) -> str:
    """The page of a step."""
    if step.kind == "fields":
        return url_for("wizard.step", application_id=application_id, step_name=step.name, **more)
    if step.kind == "deposit":
        return url_for("case_deposit.builder", application_id=application_id, **more)
    return url_for("materials.materials", application_id=application_id, **more)


def load(application_id: str) -> ApplicationView:
    """The applicant's own case, with the words of findings in their language."""
    asked = ApplicationRef(application_id=application_id, language=language())
    return call(GET_APPLICATION, asked)


def load_draft(application_id: str) -> ApplicationView:
    """A case that is still a draft. One that was filed has a page of its own, to which whoever goes back is led; what
    they send is refused: ``application_frozen``."""
    case = load(application_id)
    if case.state != "draft":
        if request.method == "GET" and "HX-Request" not in request.headers:
            flash(_("这件申请已经提交，不能再改草稿；下面是它现在的情况。"), "info")
            abort(redirect(url_for("cases.case", application_id=application_id), 303))
        raise Problem("application_frozen", state=case.state)
    return case


def as_problem(problems: list[FieldProblem]) -> Problem:
    """What is wrong with a form, as one refusal that a page can show field by field."""
    return Problem("form_invalid", errors=[FieldError(item.field, item.code, item.params) for item in problems])


def form_of(described: Described, values: Mapping[str, Any] | None = None) -> PageForm:
    """A form that calls fields what the description calls them."""
    return PageForm(values).called(lambda path: label(described, path))


@pages.get("")
def steps(application_id: str) -> Answer:
    """The list of steps with what each still needs."""
    case = load(application_id)
    if case.state != "draft":
        return redirect(url_for("cases.case", application_id=application_id), 303)
    described = describe_case(case)
    return render_template(
        "registration/steps.html",
        case=case,
        description=described.description,
        steps=[(step, standing(described, step, case)) for step in described.steps],
        ready=not errors_of(case),
        verified=standing_for(case),
    )


@pages.get("/<step_name>")
def step(application_id: str, step_name: str) -> Answer:
    """One step of the form as it was saved; with ``check`` also what is wrong with it."""
    case = load_draft(application_id)
    described = describe_case(case)
    chosen = _step(described, step_name)
    if chosen.kind != "fields":
        return redirect(step_url(application_id, chosen), 303)
    problems = of_step(described, chosen, errors_of(case)) if request.args.get("check") else []
    saved = bool(problems) and request.args.get("check") == "saved"
    return _step_page(case, described, chosen, case.form, as_problem(problems) if problems else None, saved=saved)


@pages.post("/<step_name>")
@rate(120)
def save(application_id: str, step_name: str) -> Answer:
    """Saves the page's entries, complete or not; then leads to what is wrong with them, or goes on. What cannot be
    saved is answered here: it stands nowhere else."""
    described = _described(application_id)
    chosen = _step(described, step_name)
    changed, row = _entered(described, chosen)
    try:
        saved = _save(application_id, changed)
    except Problem as problem:
        if problem.code not in REFUSED:
            raise
        case = load_draft(application_id)
        if case.type != described.description.type:  # a page of another form: nothing on it fits
            raise
        return _step_page(case, described, chosen, {**case.form, **changed}, problem), problem.status
    action = request.form.get("action", "next")
    if row:
        return redirect(step_url(application_id, chosen, _anchor=f"field-{row}"), 303)
    if action == "later":
        flash(_("已保存。可以随时回来继续填写。"), "success")
        return redirect(url_for("wizard.steps", application_id=application_id), 303)
    problems = of_step(described, chosen, errors_of(saved))
    if problems and action != "skip":
        return redirect(step_url(application_id, chosen, check="saved", back=request.args.get("back")), 303)
    return redirect(_after(described, chosen, application_id), 303)


def _described(application_id: str) -> Described:
    """By the type that the page names; the case is only asked where it names none."""
    named = next((name for name in TYPES if name == request.form.get("draft.type")), None)
    return describe(named) if named else describe_case(load_draft(application_id))


def _step(described: Described, name: str) -> FormStep:
    chosen = described.step(name)
    if chosen is None:
        raise Problem("not_found")
    return chosen


def _entered(described: Described, chosen: FormStep) -> tuple[dict[str, Any], str]:
    """The step's fields as entered, and the field of a row that was just added or a list that one was taken from."""
    changed = read(described, chosen.fields, request.form, empty_form(described.description.type))
    action = request.form.get("action", "")
    if action.startswith("add_"):  # what is added is empty, and stays; others that are empty go
        changed = tidy(chosen.fields, changed)
    row = change_row(described, changed, action)
    return (changed if action.startswith("add_") else tidy(chosen.fields, changed)), row


def _save(application_id: str, changed: dict[str, Any]) -> ApplicationView:
    version = request.form.get("draft.version", "")
    known = version.isascii() and version.isdigit() and len(version) < 10
    return call(
        SAVE_APPLICATION,
        entered(
            SaveApplication,
            application_id=application_id,
            version=int(version) if known else load_draft(application_id).version,
            form=changed,
            language=language(),
        ),
    )


def _after(described: Described, chosen: FormStep, application_id: str) -> str:
    following = described.next_step(chosen)
    if request.args.get("back") == "check" or following is None:
        return url_for("submission.check", application_id=application_id)
    return step_url(application_id, following)


def _step_page(
    case: ApplicationView,
    described: Described,
    chosen: FormStep,
    values: Mapping[str, Any],
    problem: Problem | None = None,
    *,
    saved: bool = False,
) -> str:
    form = form_of(described, entries_of(chosen.fields, values)).with_notes(case.warnings)
    if problem is not None:
        form.refused(problem)
    return render_template(
        "registration/step.html",
        case=case,
        step=chosen,
        position=described.steps.index(chosen) + 1,
        total=len(described.steps),
        form=form,
        fields=show(described, chosen.fields, values, form, filer=case.applicant_kind),
        saved=saved,
    )
