"""材料上传: files of a draft, each checked in place."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import ATTACH_MATERIAL, REMOVE_MATERIAL, AttachMaterial, RemoveMaterial
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.described import describe
from gateway.pages.wizard import load_draft
from gateway.pages.work_steps import BY_NAME, STEPS, needs_proof
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm
from gateway.web.problems import HttpProblem

pages = applicants_only(Blueprint("materials", __name__, url_prefix="/registration/applications/<application_id>"))
Answer = str | Response | tuple[str, int]
PICTURES = ".jpg,.jpeg,.png,.tif,.tiff,.bmp,.webp,.gif,.avif,.jp2"
"""The repair makes a JPEG of what is none."""
ACCEPT = {
    "text_pdf": ".pdf,.txt",
    "artwork_image": PICTURES,
    "photograph": PICTURES,
}
PROOF = ".pdf,.jpg,.jpeg,.png"
ROLES = ("sample", "ownership_proof", "other")


@pages.get("/materials")
def materials(application_id: str) -> Answer:
    return _page(application_id, PageForm())


@pages.post("/materials")
@accepts_files
def attach(application_id: str) -> Answer:
    """Adds the files that were uploaded for one role."""
    role = request.form.get("role", "")
    try:
        attach_uploads(application_id, role)
    except Problem as problem:
        return _page(application_id, PageForm().refused(problem, field=f"materials.{role}")), problem.status
    return redirect(url_for("materials.materials", application_id=application_id, _anchor=f"role-{role}"), 303)


@pages.post("/materials/<material_id>/removal")
def remove(application_id: str, material_id: str) -> Response:
    call(REMOVE_MATERIAL, RemoveMaterial(application_id=application_id, material_id=material_id))
    flash(_("文件已移除。"), "success")
    return redirect(url_for("materials.materials", application_id=application_id), 303)


def attach_uploads(application_id: str, role: str) -> None:
    """Attaches every upload of the request: ids of resumable uploads, or files that came with the form.

    Problems: ``material_role_invalid``, ``upload_file_missing``, and those of receipts and of attaching.
    """
    if role not in (*ROLES, "correction"):
        raise Problem("material_role_invalid")
    tokens = [receipt_for(upload_id).token for upload_id in request.form.getlist(f"materials.{role}")]
    files = [file for file in request.files.getlist(f"materials.{role}_file") if file.filename]
    tokens += [receipt_for_form_file(file, purpose_of(role)).token for file in files]
    if not tokens:
        raise HttpProblem("upload_file_missing")
    for index, token in enumerate(tokens):
        asked = AttachMaterial(application_id=application_id, role=role, receipt=token)
        call(ATTACH_MATERIAL, asked, part=str(index))


def purpose_of(role: str) -> str:
    return "material" if role == "sample" else "proof"


def upload_rules(case_form: dict[str, Any], profile: str | None) -> dict[str, dict[str, Any]]:
    """What the page asks for by role: accepted files, size limit, and whether it is needed."""
    return {
        "sample": {
            "accept": ACCEPT.get(profile or "", ".pdf"),
            "limit": purpose_limit("material"),
            "purpose": "material",
            "needed": True,
        },
        "ownership_proof": {
            "accept": PROOF,
            "limit": purpose_limit("proof"),
            "purpose": "proof",
            "needed": needs_proof(case_form),
        },
        "other": {"accept": PROOF, "limit": purpose_limit("proof"), "purpose": "proof", "needed": False},
    }


def _page(application_id: str, form: PageForm) -> str:
    case = load_draft(application_id)
    description = describe(case.kind)
    category = next((entry for entry in description.categories if entry.code == case.form.get("category")), None)
    chosen = BY_NAME["materials"]
    return render_template(
        "registration/step_materials.html",
        case=case,
        step=chosen,
        position=STEPS.index(chosen) + 1,
        total=len(STEPS),
        form=form,
        category=category,
        rules=upload_rules(case.form, category.profile if category else None),
        running=any(material.precheck.state == "running" for material in case.materials),
    )
