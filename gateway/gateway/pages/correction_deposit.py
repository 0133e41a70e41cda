"""鉴别材料 within an answer to a correction: made by the name and version as they are going to be.

Nothing of an answer is saved before it is signed and sent, so what was entered on the correction's page travels along
in this page's form and back again.
"""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import ApplicationView
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway.api.deposits import order_case_deposit, use_deposit
from gateway.api.jobs import JobReply
from gateway.forms.descriptions import describe_case
from gateway.forms.reading import Entries, tidy
from gateway.pages.access import applicants_only
from gateway.pages.case_deposit import (
    START,
    deposit_entered,
    deposit_refused,
    deposit_step,
    form_of_job,
    is_exceptional,
    made_by_job,
)
from gateway.pages.correction import page
from gateway.pages.correction_parts import answer_in
from gateway.pages.deposit_builder import uploads_kept
from gateway.pages.wizard import load
from gateway.uploads.policy import size_limit
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.forms import PageForm
from gateway.web.rates import rate

pages = applicants_only(
    Blueprint("correction_deposit", __name__, url_prefix="/account/applications/<application_id>/correction/deposit")
)
Answer = str | Response | tuple[str, int]
KEPT = "kept."
"""Before the names of what the correction's page had entered."""
LEFT = frozenset({"csrf_token", "action", "sign", "sha256", "otp"})
"""What of that page is not part of the answer."""


@pages.get("")
def show(application_id: str) -> Answer:
    """Uploads, and the job that the address names with what it was asked for: also what the page asks again while it is
    made."""
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    job = made_by_job(request.args.get("job", ""))
    return _page(case, form_of_job(job), MultiDict(), job)


@pages.post("")
@accepts_files
@rate(30)
def act(application_id: str) -> Answer:
    """Comes from the correction's page; then orders a deposit, looks how far it is, puts it into the answer, or goes
    back without one."""
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    kept, action, job_id = _kept(), request.form.get("deposit", ""), request.form.get("job", "")[:64]
    form = PageForm(START) if not action else PageForm.from_request()
    try:
        match action:
            case "build":
                job_id = _order(case, kept)
            case "use":
                case = use_deposit(application_id, job_id)
                flash(_("鉴别材料已放进补正。"), "success")
                return _back(case, kept)
            case "back":
                return _back(case, kept)
    except (Problem, ValidationError) as error:
        form, status = deposit_refused(form, error, case)
        return _page(case, form, kept, made_by_job(job_id)), status
    return _page(case, form, kept, made_by_job(job_id))


def _kept() -> Entries:
    """What was entered on the correction's page, whether it comes from there or was carried along here."""
    carried = "deposit" in request.form
    pairs = list(request.form.items(multi=True))
    if carried:
        return MultiDict((name[len(KEPT) :], value) for name, value in pairs if name.startswith(KEPT))
    return MultiDict((name, value) for name, value in pairs if name not in LEFT)


def _order(case: ApplicationView, kept: Entries) -> str:
    """Queues the deposit by the form as the answer is going to change it; the job's id."""
    changed: dict[str, Any] = {}
    if kept:
        fields, _answers, entries = answer_in(case, describe_case(case), kept)
        changed = tidy(fields, entries)
    return order_case_deposit(case.application_id, deposit_entered(changed)).job_id


def _back(case: ApplicationView, kept: Entries) -> Answer:
    """The correction's page with what was entered there."""
    if not kept:
        return redirect(url_for("correction.correction", application_id=case.application_id), 303)
    described = describe_case(case)
    _fields, answers, changed = answer_in(case, described, kept)
    return page(case, described, {**case.form, **changed}, answers)


def _page(case: ApplicationView, form: PageForm, kept: Entries, job: JobReply | None) -> str:
    described = describe_case(case)
    step = deposit_step(described)
    if step is None:
        raise Problem("not_found")
    return render_template(
        "account/correction_deposit.html",
        case=case,
        step=step,
        form=form,
        kept=[(KEPT + name, value) for name, value in kept.items(multi=True)],
        job=job,
        given=uploads_kept(),
        limit=size_limit(caller().actor, "material"),
        exceptional=is_exceptional(described, case.form),
    )
