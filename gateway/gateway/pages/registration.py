"""著作权登记: what to register, what it begins with, and a new draft; and what is filed about a registration."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from chassis.errors import Problem
from contracts.base import Empty
from contracts.filing import BEGIN_APPLICATION, LIST_APPLICATIONS, BeginApplication, ListApplications
from contracts.forms import REGISTRATIONS, FilingType, FormDescription, Kind
from contracts.identity import GET_ACCOUNT
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.forms.about import begin_about, may_be_filed, owners_procedures
from gateway.forms.descriptions import TYPES, describe, procedures
from gateway.guides import own_words
from gateway.pages.access import require_applicant
from gateway.pages.procedure_words import who_files
from gateway.pages.verified import standing_of
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.fees import single_fee
from gateway.web.forms import WHOLE, PageForm
from gateway.web.rates import rate

pages = Blueprint("registration", __name__, url_prefix="/registration")
pages.add_app_template_global(may_be_filed)
pages.add_app_template_global(owners_procedures)
LONGEST_CHOICE = 40
LONGEST_NUMBER = 60
LISTED = 100
"""Drafts among which those that were offered are looked for."""


@pages.get("")
def entry() -> str:
    """What to register, and what can be done about what is registered."""
    found = [one for kind in get_args(Kind) for one in procedures(kind)]
    return render_template("registration/entry.html", staff=caller().actor.is_staff, procedures=found)


@pages.get("/procedures/<filing_type>")
def procedure(filing_type: str) -> str:
    """What is filed about a registration begins with its number."""
    return _procedure_page(_about_registration(filing_type), PageForm({"number": request.args.get("number", "")}))


@pages.post("/procedures/<filing_type>")
@rate(60)
def begin_procedure(filing_type: str) -> Response | tuple[str, int]:
    """The draft about a registration of one's own, with what the register says of it."""
    if away := require_applicant():
        return away
    description = _about_registration(filing_type)
    form = PageForm.from_request()
    try:
        begun = begin_about(description.type, form.value("number").strip()[:LONGEST_NUMBER])
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _refused(description, form, problem)
    return redirect(url_for("wizard.steps", application_id=begun), 303)


def procedure_refused(filing_type: FilingType, number: str, problem: Problem) -> tuple[str, int]:
    """The page of a procedure, which says why it cannot be begun."""
    return _refused(describe(filing_type).description, PageForm({"number": number}), problem)


def _refused(description: FormDescription, form: PageForm, problem: Problem) -> tuple[str, int]:
    problem.errors = tuple(replace(error, field=WHOLE) for error in problem.errors)
    return _procedure_page(description, form.refused(problem, field="number")), problem.status


def _about_registration(filing_type: str) -> FormDescription:
    """Problem ``not_found`` for what is not about a registration, ``kind_not_open`` for what is closed today."""
    named = next((name for name in TYPES if name == filing_type), None)
    description = describe(named).description if named else None
    if description is None or not description.on_registration:
        raise Problem("not_found")
    return description


def _procedure_page(description: FormDescription, form: PageForm) -> str:
    standing = None
    if caller().signed_in and not caller().actor.is_staff:
        standing = standing_of(call(GET_ACCOUNT, Empty()).verification)
    return render_template(
        "registration/procedure.html",
        description=description,
        form=form,
        standing=standing,
        fee=single_fee(description.type),
        who=who_files(description.type),
        words=own_words(description.type),
    )


@pages.get("/<any(work, software):subject>")
def start(subject: Kind) -> str:
    """What a registration begins with; what cannot be filed online today says so."""
    try:
        described = describe(REGISTRATIONS[subject])
    except Problem as problem:
        if problem.code != "kind_not_open":
            raise
        return render_template("registration/closed.html", kind=subject)
    standing = None
    if caller().signed_in and not caller().actor.is_staff:
        standing = standing_of(call(GET_ACCOUNT, Empty()).verification)
    return render_template(
        "registration/start.html",
        description=described.description,
        choice=described.field(described.description.begins_with),
        standing=standing,
    )


@pages.post("/<any(work, software):subject>")
@rate(60)
def begin(subject: Kind) -> Response:
    """Goes on with a draft of what was chosen: the one that nothing was entered into, or a new one. Where others of the
    same choice were begun, asks which is meant first."""
    if away := require_applicant():
        return away
    described = describe(REGISTRATIONS[subject])
    name, chosen = described.description.begins_with, request.form.get("choice", "")[:LONGEST_CHOICE]
    asked = BeginApplication(
        type=REGISTRATIONS[subject],
        form={name: chosen} if name and chosen else {},
        anew=request.form.get("anew") == "yes",
    )
    draft = call(BEGIN_APPLICATION, asked)
    if draft.application_id is None:
        begun = [case.application_id for case in draft.begun]
        return redirect(url_for("registration.begun", subject=subject, choice=chosen or None, draft=begun), 303)
    return redirect(url_for("wizard.steps", application_id=draft.application_id), 303)


@pages.get("/<any(work, software):subject>/begun")
def begun(subject: Kind) -> str | Response:
    """Which draft to go on with, or a new one."""
    if away := require_applicant():
        return away
    named = set(request.args.getlist("draft"))
    mine = call(LIST_APPLICATIONS, ListApplications(state="draft", kind=subject, limit=LISTED)).items
    drafts = [case for case in mine if case.application_id in named]
    if not drafts:
        return redirect(url_for("registration.start", subject=subject), 303)
    described = describe(REGISTRATIONS[subject])
    field = described.field(described.description.begins_with)
    choice = request.args.get("choice", "")[:LONGEST_CHOICE]
    return render_template(
        "registration/begun.html",
        description=described.description,
        drafts=drafts,
        choice=choice,
        chosen=next((option.label for option in field.choices if option.value == choice), "") if field else "",
    )
