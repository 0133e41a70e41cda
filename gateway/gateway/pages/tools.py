"""材料预检工具: anybody may have files checked and repaired, apart from a filing; and use them in one."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import (
    ATTACH_MATERIAL,
    GET_APPLICATION,
    LIST_APPLICATIONS,
    REPLACE_MATERIAL,
    ApplicationRef,
    AttachMaterial,
    ListApplications,
    ReplaceMaterial,
)
from contracts.objects import ObjectRef
from contracts.tools import CREATE_REPAIR, GET_PRECHECK, GetPrecheck, PrecheckView, RepairOptions
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from gateway.api.jobs import fetch_job, job_reply
from gateway.api.prechecks import check_upload, repair_of
from gateway.pages.access import to_sign_in
from gateway.pages.material_kinds import BY_PROFILE, KINDS, MaterialKind
from gateway.uploads import offer_made_file, receipt_for
from gateway.uploads.policy import size_limit
from gateway.uploads.receipt import take_form_file
from gateway.web.api import invalid_request
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import limiter
from gateway.web.problems import HttpProblem

pages = Blueprint("tools", __name__, url_prefix="/tools")
Answer = str | Response | tuple[str, int]
SHOWN_AT_ONCE = 60
SHOWN_DRAFTS = 10
"""On a page where a file is put into one of them: each is read whole."""
AS = "as"
"""A target is ``<application>/as/<role>``, or ``<application>/for/<material>`` that the file takes the place of."""
CONTEXT = (
    "title",
    "short_name",
    "version",
    "print_width_mm",
    "print_height_mm",
    "duration_seconds",
    "languages",
    "source_lines",
)


@pages.get("")
def index() -> Response:
    return redirect(url_for("tools.precheck"), 302)


@pages.get("/precheck")
def precheck() -> Answer:
    """First what it is, then the files; results of checks named in the address below."""
    kind = BY_PROFILE.get(request.args.get("profile", ""))
    return _precheck_page(kind, PageForm(request.args))


@pages.post("/precheck")
@accepts_files
@limiter.limit("60 per minute", exempt_when=lambda: caller().signed_in)
def start_checks() -> Answer:
    """Checks what was uploaded; a script gets the cards alone, a plain form the page with them."""
    kind = BY_PROFILE.get(request.form.get("profile", ""))
    if kind is None:
        return redirect(url_for("tools.precheck"), 303)
    context = {name: value for name in CONTEXT if (value := request.form.get(name, "").strip())}
    try:
        checks = [
            check_upload(upload_id, kind.profile, context, part=str(number))
            for number, upload_id in enumerate(_uploads_of("files"))
        ]
    except Problem as problem:
        if request.headers.get("HX-Request"):
            raise
        return _precheck_page(kind, PageForm.from_request().refused(problem, field="files")), problem.status
    if request.headers.get("HX-Request"):
        return render_template("tools/cards.html", checks=checks)
    ids = [*request.form.getlist("id"), *(check.precheck_id for check in checks)]
    query: dict[str, Any] = {"profile": kind.profile, "id": ids[-SHOWN_AT_ONCE:], **context}
    return redirect(url_for("tools.precheck", **query), 303)


@pages.get("/precheck/checks/<precheck_id>")
def check(precheck_id: str) -> Answer:
    """One file's result, with what can be repaired."""
    return _check_page(precheck_id, PageForm())


def _check_page(precheck_id: str, form: PageForm) -> str:
    check, visitor = _check(precheck_id), not caller().signed_in
    return render_template("tools/check.html", check=check, form=form, place=_place(), back_to=back_to, visitor=visitor)


@pages.post("/precheck/checks/<precheck_id>/repair")
@limiter.limit("30 per minute", exempt_when=lambda: caller().signed_in)
def repair(precheck_id: str) -> Answer:
    """Starts the repair and goes to where it can be watched."""
    values: dict[str, Any] = {name: request.form[name] for name in RepairOptions.model_fields if request.form.get(name)}
    if values.get("rotate", "").isdigit():
        values["rotate"] = int(values["rotate"])
    try:
        options = RepairOptions.model_validate(values)
        fix = [*filter(None, request.form.getlist("fix")), *(["rotate"] if options.rotate else [])]
        if not fix:
            raise HttpProblem("fix_missing")
        job = call(CREATE_REPAIR, repair_of(precheck_id, fix, options))
    except (Problem, ValidationError) as error:
        problem = error if isinstance(error, Problem) else invalid_request(error)
        form = PageForm.from_request().refused(problem, field="fix")
        return _check_page(precheck_id, form), problem.status
    return redirect(url_for("tools.job", job_id=job.job_id, **_place()), 303)


@pages.get("/jobs/<job_id>")
def job(job_id: str) -> str:
    """A repair or deposit: how far it is, then what was changed, before and after."""
    asked = fetch_job(job_id)
    found, original = job_reply(asked), None
    if asked.kind == "repair" and asked.state in ("done", "failed") and asked.precheck_id:
        original = _original(asked.precheck_id)
    visitor = not caller().signed_in
    return render_template(
        f"tools/{found.kind}.html", job=found, original=original, place=_place(), back_to=back_to, visitor=visitor
    )


def _original(precheck_id: str) -> PrecheckView | None:
    """The check that a repair began with; none once it is forgotten."""
    try:
        return _check(precheck_id)
    except Problem as problem:
        if problem.code != "precheck_unknown":
            raise
        return None


@pages.get("/precheck/checks/<precheck_id>/use")
def choose_application(precheck_id: str) -> Answer:
    """Which draft of mine shall have this file, and as what."""
    if not caller().signed_in:
        return to_sign_in()
    return _use_page(_check(precheck_id), PageForm(request.args))


@pages.post("/precheck/checks/<precheck_id>/use")
def use_in_application(precheck_id: str) -> Answer:
    """Attaches the checked file to a draft, or puts it in the place of a material."""
    if not caller().signed_in:
        return to_sign_in()
    found = _check(precheck_id)
    application_id, way, target = [*request.form.get("target", "").split("/", 2), "", ""][:3]
    try:
        if not application_id or not target:
            raise HttpProblem("application_not_chosen")
        token = receipt_for(_as_own_upload(found)).token
        if way == AS:
            call(ATTACH_MATERIAL, entered(AttachMaterial, application_id=application_id, role=target, receipt=token))
        else:
            call(
                REPLACE_MATERIAL,
                ReplaceMaterial(application_id=application_id, material_id=target, receipt=token),
            )
    except Problem as problem:
        return _use_page(found, PageForm.from_request().refused(problem, field="target")), problem.status
    flash(_("文件已加入申请。"), "success")
    return redirect(back_to(application_id), 303)


def _precheck_page(kind: MaterialKind | None, form: PageForm) -> str:
    shown: list[PrecheckView] = []
    for precheck_id in request.args.getlist("id")[:SHOWN_AT_ONCE]:
        try:
            shown.append(_check(precheck_id))
        except Problem as problem:
            if problem.code != "precheck_unknown":
                raise
    limit = size_limit(caller().actor, kind.purpose) if kind else 0
    return render_template(
        "tools/precheck.html",
        kind=kind,
        kinds=KINDS,
        form=form,
        checks=shown,
        limit=limit,
        visitor=not caller().signed_in,
    )


def _use_page(found: PrecheckView, form: PageForm) -> str:
    cursor = request.args.get("after") or None
    drafts = call(LIST_APPLICATIONS, ListApplications(state="draft", cursor=cursor, limit=SHOWN_DRAFTS))
    cases = [call(GET_APPLICATION, ApplicationRef(application_id=draft.application_id)) for draft in drafts.items]
    return render_template(
        "tools/use.html",
        check=found,
        cases=cases,
        form=form,
        place=_place(),
        first=cursor is None,
        next_cursor=drafts.next_cursor,
    )


def _as_own_upload(found: PrecheckView) -> str:
    """Checked bytes as an upload of the signed-in caller, also when they came before signing in."""
    sha256 = found.facts.get("sha256")
    if not isinstance(sha256, str):
        raise Problem("upload_unknown")
    ref = ObjectRef(sha256=sha256, size=found.size)
    return offer_made_file(f"precheck/{found.precheck_id}", ref, found.file_name, found.profile)


def _uploads_of(field: str) -> list[str]:
    """Ids of resumable uploads, and of files that came with the form. Problem ``upload_file_missing``."""
    ids = request.form.getlist(field)
    files = [file for file in request.files.getlist(f"{field}_file") if file.filename]
    ids += [take_form_file(file) for file in files]
    if not ids:
        raise HttpProblem("upload_file_missing")
    return ids


def _check(precheck_id: str) -> PrecheckView:
    return call(GET_PRECHECK, GetPrecheck(precheck_id=precheck_id, language=language(), client=caller().visitor))


def _place() -> dict[str, Any]:
    """The material of a draft, or of an answer to a correction, that this check belongs to, carried along so that a
    repaired file can replace it."""
    return {name: value for name in ("application", "material", "answers") if (value := request.values.get(name))}


def back_to(application_id: str) -> str:
    """The page whose file this is: the answer to a correction where it came from there, or the draft's materials."""
    page = "correction.correction" if request.values.get("answers") else "materials.materials"
    return url_for(page, application_id=application_id, _anchor="files" if request.values.get("answers") else None)
