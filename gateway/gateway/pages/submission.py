"""核对、签名、提交: check answers, sign the declaration with a code, and what happens then."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.filing import ApplicationView
from contracts.identity import REQUEST_OTP, SIGN_DOCUMENT, RequestOtp, SignDocument
from contracts.payment import FeeEstimate
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms import about
from gateway.forms.answers import sheet
from gateway.forms.descriptions import describe_case
from gateway.forms.standing import errors_of
from gateway.forms.words import role_words
from gateway.pages.access import applicants_only
from gateway.pages.verified import standing_for
from gateway.pages.wizard import as_problem, form_of, load, load_draft, step_url
from gateway.web.calls import call
from gateway.web.documents import documents_of
from gateway.web.fees import fee_of
from gateway.web.forms import PageForm, entered
from gateway.web.limits import client_address, limiter

pages = applicants_only(Blueprint("submission", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]


@pages.get("/check")
def check(application_id: str) -> Answer:
    """All answers, and all that still keeps them from being filed."""
    case = load_draft(application_id)
    problems = errors_of(case)
    return _check_page(case, as_problem(problems) if problems else None)


@pages.post("/declaration")
def prepare(application_id: str) -> Answer:
    """Makes the declaration, or says everything that is missing."""
    try:
        about.prepare(load(application_id))
    except Problem as problem:
        if problem.code == "not_verified":  # the page says how far the verification is
            return redirect(url_for("submission.check", application_id=application_id), 303)
        if problem.code in about.PROBLEMS:
            return _check_page(load_draft(application_id), problem), problem.status
        if not problem.errors:
            raise
        return _check_page(load_draft(application_id), problem), problem.status
    return redirect(url_for("submission.declaration", application_id=application_id), 303)


@pages.get("/declaration")
def declaration(application_id: str) -> Answer:
    """The declaration to read and sign; without one, the check before it."""
    case = load_draft(application_id)
    if case.declaration is None:
        return redirect(url_for("submission.check", application_id=application_id), 303)
    return _sign_page(case, PageForm(), sent=bool(request.args.get("sent")))


@pages.post("/declaration/code")
@limiter.limit("20 per minute")
def send_code(application_id: str) -> Answer:
    """A code to sign the declaration with; one that was sent just now for the same still counts."""
    case = load_draft(application_id)
    if case.declaration is None:
        return redirect(url_for("submission.check", application_id=application_id), 303)
    try:
        asked = RequestOtp(purpose="sign", sha256=case.declaration.object.sha256, client=client_address())
        call(REQUEST_OTP, asked)
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _sign_page(case, PageForm().refused(problem, field="otp")), problem.status
    return redirect(url_for("submission.declaration", application_id=application_id, sent=1, _anchor="sign"), 303)


@pages.post("/submission")
@limiter.limit("30 per minute")
def submit(application_id: str) -> Answer:
    """Signs exactly the declaration that was shown, and files the application."""
    form = PageForm.from_request()
    try:
        signed = entered(
            SignDocument,
            document_id=form.value("document_id"),
            sha256=form.value("sha256"),
            otp=form.value("otp"),
        )
    except Problem as problem:
        if any(error.field != "otp" for error in problem.errors):  # hidden fields that are not those of the page
            return _outdated(application_id)
        return _sign_page(load_draft(application_id), form.refused(problem), sent=True), problem.status
    try:
        evidence = call(SIGN_DOCUMENT, signed)
        about.submit(load(application_id), evidence.token)
    except Problem as problem:
        if problem.code == "action_not_allowed":
            return redirect(url_for("cases.case", application_id=application_id), 303)
        if problem.code in ("declaration_outdated", "declaration_required"):
            return _outdated(application_id)
        if problem.code in ("form_invalid", "application_incomplete", *about.PROBLEMS):
            return _check_page(load_draft(application_id), problem), problem.status
        if problem.status >= 500 or problem.status == 404:
            raise
        return _sign_page(load_draft(application_id), form.refused(problem, field="otp"), sent=True), problem.status
    return redirect(url_for("submission.submitted", application_id=application_id), 303)


@pages.get("/submitted")
def submitted(application_id: str) -> Answer:
    """What happens next: number, cover sheet, where the paper goes, and the fee."""
    case = load(application_id)
    if case.state == "draft":
        return redirect(url_for("wizard.steps", application_id=application_id), 303)
    documents = {document.kind: document for document in documents_of(application_id)}
    return render_template(
        "registration/submitted.html", case=case, documents=documents, description=describe_case(case).description
    )


def _outdated(application_id: str) -> Response:
    flash(_("生成声明之后内容有了变化，请重新核对并生成声明。"), "warning")
    return redirect(url_for("submission.check", application_id=application_id), 303)


def _check_page(case: ApplicationView, problem: Problem | None) -> str:
    described = describe_case(case)
    notes = [one for one in case.report.problems if one.severity == "warning"] if case.report else case.warnings
    form = form_of(described).with_notes(notes)
    if problem is not None:
        form.refused(problem)

    def place_of(field: str) -> str:
        """Address of the field that a problem is about."""
        owner = described.step_of(field)
        if owner is None:
            return "#main"
        return step_url(case.application_id, owner, back="check", check=1, _anchor=f"field-{field}")

    return render_template(
        "registration/check.html",
        case=case,
        form=form,
        place_of=place_of,
        titles=role_words(described),
        register_says=about.register_words(described, str(problem.params.get("fields", ""))) if problem else [],
        steps=[(step, sheet(described, step.fields, case.form)) for step in described.steps],
        fee=_fee(case),
        verified=standing_for(case),
    )


def _sign_page(case: ApplicationView, form: PageForm, *, sent: bool = False) -> str:
    return render_template(
        "registration/declaration.html",
        case=case,
        form=form,
        sent=sent,
        declaration=case.declaration,
        fee=_fee(case),
    )


def _fee(case: ApplicationView) -> FeeEstimate | None:
    return fee_of(case.report.fee_basis) if case.report else None
