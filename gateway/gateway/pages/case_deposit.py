"""鉴别材料 within the wizard: source and manual in, conforming PDFs into the application, facts into the form."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import SAVE_APPLICATION, ApplicationView, SaveApplication
from contracts.forms import FormStep
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from gateway.api.deposits import CaseDeposit, order_case_deposit, use_deposit
from gateway.api.jobs import JobReply, fetch_job, job_reply
from gateway.forms.described import Described
from gateway.forms.descriptions import describe_case
from gateway.forms.words import label, value_word
from gateway.pages.access import applicants_only
from gateway.pages.deposit_builder import (
    options_entered,
    refused_build,
    said_in_address,
    uploads_entered,
    uploads_kept,
)
from gateway.pages.wizard import load_draft, step_url
from gateway.uploads.policy import size_limit
from gateway.uploads.sent import offer_again
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm
from gateway.web.languages import language
from gateway.web.rates import rate

pages = applicants_only(Blueprint("case_deposit", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]
KIND = "deposit"
START = {"masked_share": "45", "strip_blank_lines": "yes", "mask_secrets": "yes"}


@pages.get("/builder")
def builder(application_id: str) -> Answer:
    """Uploads; the job named in the address with its result and what it was asked for, to be asked for otherwise; and
    what the form could take from it."""
    job = made_by_job(request.args.get("job", ""))
    return _page(load_draft(application_id), form_of_job(job), job)


@pages.post("/builder")
@accepts_files
@rate(20)
def build(application_id: str) -> Answer:
    """Orders the deposit by the form's own name, version and mode."""
    try:
        job = order_case_deposit(application_id, deposit_entered({}))
        offer_again()
    except (Problem, ValidationError) as error:
        case = load_draft(application_id)
        form, status = deposit_refused(PageForm.from_request(), error, case)
        return _page(case, form, None), status
    watched: dict[str, Any] = {"job": job.job_id, "_anchor": "job", **said_in_address()}
    return redirect(url_for("case_deposit.builder", application_id=application_id, **watched), 303)


@pages.post("/builder/use")
@rate(60)
def use(application_id: str) -> Answer:
    """Puts the PDFs among the application's files."""
    use_deposit(application_id, request.form.get("job", "")[:64])
    flash(_("鉴别材料已放进申请。"), "success")
    return redirect(url_for("case_deposit.builder", application_id=application_id), 303)


@pages.post("/builder/suggestions")
@rate(60)
def take_over(application_id: str) -> Answer:
    """Saves what the deposit says of the software into the form."""
    case = load_draft(application_id)
    if case.report and case.report.suggestions:
        asked = SaveApplication(
            application_id=application_id,
            version=case.version,
            form=case.report.suggestions,
            language=language(),
        )
        call(SAVE_APPLICATION, asked)
        flash(_("已填入申请表里空着的栏，您填过的没有改动。"), "success")
    return redirect(url_for("case_deposit.builder", application_id=application_id), 303)


def deposit_entered(changed: dict[str, Any]) -> CaseDeposit:
    """What the page asks for; ``changed``: fields of the form as they are going to be. Uploads are taken over by it."""
    return CaseDeposit(
        source=uploads_entered("source"),
        document=next(iter(uploads_entered("document")), ""),
        object_code=next(iter(uploads_entered("object_code")), ""),
        options=options_entered(),
        form=changed,
    )


def deposit_refused(form: PageForm, error: Problem | ValidationError, case: ApplicationView) -> tuple[PageForm, int]:
    """The page's form with what was wrong, and the status of the answer."""
    described = describe_case(case)
    return refused_build(form.called(lambda path: label(described, path)), error)


def made_by_job(job_id: str) -> JobReply | None:
    """The job that a page names, if it names one."""
    return job_reply(fetch_job(job_id[:64])) if job_id else None


def form_of_job(job: JobReply | None) -> PageForm:
    """As it was filled in for the job; as it is at first where there is none."""
    return PageForm((job.report.get("asked") if job else None) or START)


def deposit_step(described: Described) -> FormStep | None:
    """The step that makes the deposit, of what has one."""
    return next((step for step in described.steps if step.kind == KIND), None)


def is_exceptional(described: Described, form: dict[str, Any]) -> bool:
    """Whether something that has a fee of its own was chosen: then the deposit has options that must be seen."""
    fields = [field for field in described.fields if field.fee and field.start]
    return any(form.get(field.name) not in (None, field.start) for field in fields)


def _page(case: ApplicationView, form: PageForm, job: JobReply | None) -> str:
    described = describe_case(case)
    chosen = deposit_step(described)
    if chosen is None:
        raise Problem("not_found")
    following = described.next_step(chosen)
    return render_template(
        "registration/deposit.html",
        case=case,
        step=chosen,
        position=described.steps.index(chosen) + 1,
        total=len(described.steps),
        form=form,
        job=job,
        kept=uploads_kept(),
        suggestions=_suggestions(case, described),
        limit=size_limit(caller().actor, "material"),
        exceptional=is_exceptional(described, case.form),
        following=step_url(case.application_id, following) if following else "",
    )


def _suggestions(case: ApplicationView, described: Described) -> list[tuple[str, str]]:
    """What the form is called to say, in words."""
    found: dict[str, Any] = case.report.suggestions if case.report else {}
    words = []
    for path, value in found.items():
        field = described.field(path)
        if field is not None and value is not None:
            words.append((field.label, value_word(field, value)))
    return words
