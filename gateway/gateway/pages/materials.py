"""材料上传: files of a draft, each checked in place. Which there are and which must be is the form's to say."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import Problem
from contracts.filing import (
    ATTACH_MATERIAL,
    REMOVE_MATERIAL,
    RENDER_TEMPLATE,
    ApplicationView,
    AttachMaterial,
    RemoveMaterial,
    RenderTemplate,
)
from contracts.forms import MaterialNeed
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.described import Described
from gateway.forms.descriptions import describe_case
from gateway.forms.standing import errors_of
from gateway.pages.access import applicants_only
from gateway.pages.material_kinds import BY_PROFILE
from gateway.pages.wizard import as_problem, form_of, load, load_draft
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.problems import HttpProblem

pages = applicants_only(Blueprint("materials", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]
PICTURES = ".jpg,.jpeg,.png,.tif,.tiff,.bmp,.webp,.gif,.avif,.jp2"
"""The repair makes a JPEG of what is none."""
ACCEPT = {"artwork_image": PICTURES, "photograph": PICTURES}
PROOF = ".pdf,.jpg,.jpeg,.png"
CORRECTION = "correction"
"""The role of a file that answers a defect and has no other."""


@dataclass(frozen=True)
class Role:
    """What the page asks for. ``limit``: bytes."""

    need: MaterialNeed
    accept: str
    purpose: str
    limit: int


@pages.get("/templates/<name>.pdf")
def template(application_id: str, name: str) -> Response:
    """A form to fill in, with what the draft knows already in it."""
    return deliver(call(RENDER_TEMPLATE, entered(RenderTemplate, name=name, application_id=application_id)))


@pages.get("/materials")
def materials(application_id: str) -> Answer:
    """The wizard's step of files; with ``check`` also what is still missing."""
    case = load_draft(application_id)
    described = describe_case(case)
    form = form_of(described)
    problems = [found for found in errors_of(case) if found.field.startswith("materials.")]
    if request.args.get("check") and problems:
        form.refused(as_problem(problems))
    return _page(case, described, form)


@pages.post("/materials")
@accepts_files
def attach(application_id: str) -> Answer:
    """Adds the files that were uploaded for one role."""
    role = request.form.get("role", "")
    try:
        attach_uploads(application_id, role)
    except Problem as problem:
        case = load_draft(application_id)
        described = describe_case(case)
        form = form_of(described).refused(problem, field=f"materials.{role}")
        return _page(case, described, form), problem.status
    return redirect(url_for("materials.materials", application_id=application_id, _anchor=f"role-{role}"), 303)


@pages.post("/materials/<material_id>/removal")
def remove(application_id: str, material_id: str) -> Response:
    """The file is taken from the draft at once; without script too."""
    call(REMOVE_MATERIAL, RemoveMaterial(application_id=application_id, material_id=material_id))
    flash(_("文件已移除。"), "success")
    return redirect(url_for("materials.materials", application_id=application_id), 303)


def attach_uploads(application_id: str, role: str) -> None:
    """Attaches every upload of the request: ids of resumable uploads, or files that came with the form.

    Problems: ``material_role_invalid``, ``upload_file_missing``, and those of receipts and of attaching.
    """
    tokens = [receipt_for(upload_id).token for upload_id in request.form.getlist(f"materials.{role}")]
    files = [file for file in request.files.getlist(f"materials.{role}_file") if file.filename]
    if files:
        purpose = _purpose(load(application_id), role)
        tokens += [receipt_for_form_file(file, purpose).token for file in files]
    if not tokens:
        raise HttpProblem("upload_file_missing")
    for index, token in enumerate(tokens):
        try:
            asked = entered(AttachMaterial, application_id=application_id, role=role, receipt=token)
        except Problem as problem:
            raise Problem("material_role_invalid") from problem
        call(ATTACH_MATERIAL, asked, part=str(index))


def _purpose(case: ApplicationView, role: str) -> str:
    """The upload's purpose for a role of this case. Problem ``material_role_invalid``."""
    found = next((asked for asked in roles(case) if asked.need.role == role), None)
    if found is None and role != CORRECTION:
        raise Problem("material_role_invalid")
    return found.purpose if found else "proof"


def roles(case: ApplicationView) -> list[Role]:
    """Every file that the case's form needs or may have."""
    return [_role(need) for need in (case.report.needs if case.report else [])]


def _role(need: MaterialNeed) -> Role:
    kind = BY_PROFILE.get(need.profile)
    accept = ACCEPT.get(need.profile) or (kind.accept if kind else PROOF)
    return Role(need, PROOF if need.purpose == "proof" else accept, need.purpose, purpose_limit(need.purpose))


def _page(case: ApplicationView, described: Described, form: PageForm) -> str:
    chosen = next(step for step in described.steps if step.kind == "materials")
    begun = described.field(described.description.begins_with)
    following = described.next_step(chosen)
    return render_template(
        "registration/materials.html",
        case=case,
        step=chosen,
        position=described.steps.index(chosen) + 1,
        total=len(described.steps),
        form=form,
        roles=roles(case),
        unbegun=described.step_of(begun.name) if begun and not case.form.get(begun.name) else None,
        begun=begun,
        following=following,
        running=any(material.precheck.state == "running" for material in case.materials),
    )
