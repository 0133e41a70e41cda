"""The wizard of an application: a list of steps, each saved as a draft; nothing is lost on the way.

The steps ask what the description says (:mod:`gateway.forms`); a save is one call, whose reply says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.errors import FieldError, Problem
from contracts.filing import (
    GET_APPLICATION,
    LIST_UNSAVED,
    SAVE_APPLICATION,
    ApplicationRef,
    ApplicationView,
    FieldProblem,
    SaveApplication,
    SavedStep,
    Unsaved,
    UnsavedOf,
)
from contracts.forms import FormStep
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.about import origin_of, taken_from
from gateway.forms.described import Described
from gateway.forms.descriptions import (
    TYPES,
    describe,
    describe_case,
    empty_form,
    is_procedure,
    procedures_of,
    type_word,
)
from gateway.forms.reading import change_row, read, tidy
from gateway.forms.rendering import entries_of, show
from gateway.forms.standing import errors_of, filled_by, of_step, standing
from gateway.forms.versions import (
    Opened,
    compare,
    opened_as_saved,
    opened_by,
    opened_with,
    paths,
    taken,
    untouched_by,
)
from gateway.forms.words import label
from gateway.pages.access import applicants_only
from gateway.pages.approval_words import approval_of
from gateway.pages.batch_words import left_out
from gateway.pages.two_versions import choice_page, keep_entries, left_as_saved
from gateway.pages.verified import standing_for
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.rates import rate

pages = applicants_only(Blueprint("wizard", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]
REFUSED = ("form_invalid", "version_conflict", "request_invalid")
"""Problems of a save that the step's own page explains."""
TRIES = 3


@pages.app_template_global()
def step_url(application_id: str, step: FormStep, **more: Any) -> str:
    """The page of a step."""
    if step.kind == "fields":
        return url_for("wizard.step", application_id=application_id, step_name=step.name, **more)
    if step.kind == "deposit":
        return url_for("case_deposit.builder", application_id=application_id, **more)
    return url_for("materials.materials", application_id=application_id, **more)


pages.add_app_template_global(type_word)
pages.add_app_template_global(procedures_of)
pages.add_app_template_global(is_procedure)
pages.add_app_template_global(approval_of)


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
        barred=taken_from(case),
        description=described.description,
        steps=[(step, standing(described, step, case)) for step in described.steps],
        ready=not errors_of(case),
        verified=standing_for(case),
        came_from=origin_of(case),
        left_out=left_out(case),
    )


@pages.get("/<step_name>")
def step(application_id: str, step_name: str) -> Answer:
    """One step of the form: as it was saved, or with what an earlier page had kept and nobody saved; with ``check``
    also what is wrong with what was saved and not written anew since."""
    case = load_draft(application_id)
    described = describe_case(case)
    chosen = step_named(described, step_name)
    if chosen.kind != "fields":
        return redirect(step_url(application_id, chosen), 303)
    problems = of_step(described, chosen, errors_of(case)) if request.args.get("check") else []
    kept = _kept(case, chosen)
    shown = next((each for each in kept if each.page == request.args.get("unsaved")), kept[0] if kept else None)
    opened, values = opened_as_saved(chosen.fields, case), case.form
    if shown is not None:
        opened, values = opened_with(shown), {**case.form, **shown.form}
        problems = untouched_by(compare(chosen.fields, shown.form, case.form, shown.read), problems)
    problem = as_problem(problems) if problems else None
    saved = problem is not None and shown is None and request.args.get("check") == "saved"
    return _step_page(case, described, chosen, values, opened, problem, saved=saved, kept=kept, restored=shown)


def _kept(case: ApplicationView, chosen: FormStep) -> list[Unsaved]:
    """What earlier pages of the step kept and what is not saved of it, newest first."""
    found = call(LIST_UNSAVED, UnsavedOf(application_id=case.application_id, step=chosen.name)).items
    told = [(each, compare(chosen.fields, each.form, case.form, each.read)) for each in found]
    return [each for each, compared in told if compared.mine or compared.both]


@pages.post("/<step_name>")
@rate(120)
def save(application_id: str, step_name: str) -> Answer:
    """Saves the page's entries, complete or not; then leads to what is wrong with them, or goes on. What cannot be
    saved is answered here: it stands nowhere else."""
    described = described_here(application_id)
    chosen = step_named(described, step_name)
    changed, row = step_entries(described, chosen)
    opened = opened_by(request.form)
    try:
        saved = _save(application_id, described, chosen, changed, opened)
    except Problem as problem:
        if problem.code not in REFUSED:
            raise
        case = load_draft(application_id)
        if case.type != described.description.type:  # a page of another form: nothing on it fits
            raise
        values = {**case.form, **changed}
        return _step_page(case, described, chosen, values, opened.again(), problem), problem.status
    if isinstance(saved, str):
        return saved, 409
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


def described_here(application_id: str) -> Described:
    """By the type that the page names; the case is only asked where it names none."""
    named = next((name for name in TYPES if name == request.form.get("draft.type")), None)
    return describe(named) if named else describe_case(load_draft(application_id))


def step_named(described: Described, name: str) -> FormStep:
    chosen = described.step(name)
    if chosen is None:
        raise Problem("not_found")
    return chosen


def step_entries(described: Described, chosen: FormStep, *, whole: bool = False) -> tuple[dict[str, Any], str]:
    """The step's fields as entered, and the field of a row that was just added or a list that one was taken from.
    ``whole``: with rows that are empty as yet."""
    changed = read(described, chosen.fields, request.form, empty_form(described.description.type))
    action = request.form.get("action", "")
    if action.startswith("add_"):  # what is added is empty, and stays; others that are empty go
        changed = tidy(chosen.fields, changed)
    row = change_row(described, changed, action)
    return (changed if whole or action.startswith("add_") else tidy(chosen.fields, changed)), row


def _save(
    application_id: str, described: Described, chosen: FormStep, changed: dict[str, Any], opened: Opened
) -> ApplicationView | str:
    """Saves what this page changed. What another page saved since this one was opened stays; where both changed the
    same, the page on which to choose."""
    version, sent, left, told = opened.version, changed, left_as_saved(), ""
    if version is None or left:
        now = load_draft(application_id)
        version = now.version if version is None else version
        sent = taken(changed, now.form, [path for path in paths(chosen.fields) if path not in left])
    for tries in range(TRIES):
        try:
            saved = call(
                SAVE_APPLICATION,
                entered(
                    SaveApplication,
                    application_id=application_id,
                    version=version,
                    form=sent,
                    language=language(),
                    page=SavedStep(step=chosen.name, settled=opened.settled),
                ),
                part=str(tries) if tries else "",
            )
        except Problem as problem:
            conflict = problem.code == "version_conflict" and tries < TRIES - 1
            case = load_draft(application_id) if conflict else None
            if case is None or case.type != described.description.type:
                raise
            found = compare(chosen.fields, changed, case.form, opened.read)
            if [path for path in found.both if path not in left]:
                keep_entries(application_id, chosen, changed, opened)
                return choice_page(case, described, chosen, changed, found, opened)
            version, sent = case.version, taken(changed, case.form, found.mine - left)
            told = _("这一步刚才也在别处保存过，两边的内容都保留了，请核对。") if found.theirs else ""
        else:
            if told:
                flash(told, "info")
            return saved
    raise AssertionError("the last try raises")


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
    opened: Opened,
    problem: Problem | None = None,
    *,
    saved: bool = False,
    kept: list[Unsaved] | None = None,
    restored: Unsaved | None = None,
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
        opened=opened,
        kept=kept or [],
        restored=restored,
        filled_by=filled_by(described, chosen, case),
    )
