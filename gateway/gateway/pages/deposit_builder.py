"""源程序鉴别材料: from a folder or archive of real software to the PDFs that are deposited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chassis.errors import Problem
from contracts.tools import DepositOptions
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from gateway.api.deposits import NewDeposit, order_deposit
from gateway.api.jobs import fetch_job
from gateway.uploads.policy import size_limit
from gateway.uploads.receipt import still_there, take_form_file
from gateway.uploads.sent import offer_again
from gateway.web.api import invalid_request
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.forms import PageForm
from gateway.web.limits import limiter

pages = Blueprint("deposit_builder", __name__, url_prefix="/tools")
Answer = str | Response | tuple[str, int]
SWITCHES = ("strip_comments", "strip_blank_lines", "mask_secrets", "with_tests")
LISTS = ("first", "last", "leave_out")
UPLOADS = ("source", "document", "object_code")
MOST_KEPT = 20
_ENTERED = "deposit_uploads"


@pages.get("/deposit")
def deposit() -> str:
    """With what is named in the address filled in: a deposit that was made, or could not be, leads back here to be made
    otherwise."""
    job_id = request.args.get("job", "")[:64]
    asked = fetch_job(job_id).report.get("asked", {}) if job_id else {}
    shape = {"mode": "general", "document_mode": "general", "masked_share": "45"}
    switches = {} if asked or "mode" in request.args else {"strip_blank_lines": "yes", "mask_secrets": "yes"}
    return _page(PageForm({**shape, **switches, **asked, **request.args.to_dict()}))


@pages.post("/deposit")
@accepts_files
@limiter.limit("20 per minute", exempt_when=lambda: caller().signed_in)
def build() -> Answer:
    """Orders the deposit; everything wrong with the form is said at once."""
    try:
        asked = NewDeposit(
            title=request.form.get("title", "").strip(),
            short_name=request.form.get("short_name", "").strip(),
            version=request.form.get("version", "").strip(),
            source=uploads_entered("source"),
            document=next(iter(uploads_entered("document")), ""),
            object_code=next(iter(uploads_entered("object_code")), ""),
            options=options_entered(),
        )
        job = order_deposit(asked)
        offer_again()
    except (Problem, ValidationError) as error:
        form, status = refused_build(PageForm.from_request(), error)
        return _page(form), status
    watched: dict[str, Any] = {"job_id": job.job_id, **said_in_address()}
    return redirect(url_for("tools.job", **watched), 303)


def refused_build(form: PageForm, error: Problem | ValidationError) -> tuple[PageForm, int]:
    """The page's form with what was wrong beside its fields, and the status of the answer."""
    problem = error if isinstance(error, Problem) else invalid_request(error)
    at_fields = [replace(wrong, field=wrong.field.removeprefix("options.")) for wrong in problem.errors]
    shown = Problem(problem.code, errors=at_fields, **problem.params)
    field = "source" if problem.code.startswith(("deposit", "upload")) else ""
    return form.refused(shown, field=field), problem.status


def modes() -> list[tuple[str, Any, Any]]:
    """Ways to deposit source code (软件登记办法 art. 10, 12): code, name, what is deposited."""
    return [
        ("general", _("一般交存"), _("前 30 页加后 30 页，不足 60 页的全部交存")),
        ("masked", _("例外交存：遮盖"), _("前后各 30 页，用黑色斜线遮盖机密部分，不超过一半")),
        ("ten_fifty", _("例外交存：前 10 页加任意连续 50 页"), _("从您指定的页开始取 50 页")),
        ("object_code", _("例外交存：目标程序"), _("目标程序前后各 30 页，加任意连续 20 页源程序")),
    ]


def document_modes() -> list[tuple[str, Any, Any]]:
    """Ways to deposit a document, which has no object code."""
    return [entry for entry in modes() if entry[0] != "object_code"]


def _page(form: PageForm) -> str:
    return render_template(
        "tools/deposit_form.html",
        form=form,
        kept=uploads_kept(),
        modes=modes(),
        document_modes=document_modes(),
        limit=size_limit(caller().actor, "material"),
        visitor=not caller().signed_in,
    )


def uploads_entered(field: str) -> list[str]:
    """Ids of resumable uploads of a field of the page, and of files that came with the form."""
    files = [file for file in request.files.getlist(f"{field}_file") if file.filename]
    found = [*request.form.getlist(field), *(take_form_file(file) for file in files)]
    g.setdefault(_ENTERED, {})[field] = found
    return found


def uploads_kept() -> dict[str, list[tuple[str, str]]]:
    """(id, file name) by field of what this request brought, or names: a browser without script has nothing else to
    remember them by."""
    entered: dict[str, list[str]] = g.get(_ENTERED) or {field: request.values.getlist(field) for field in UPLOADS}
    return {field: still_there(ids[:MOST_KEPT]) for field, ids in entered.items()}


def said_in_address() -> dict[str, list[str]]:
    """What the address of the job says of the uploads it was made of, for :func:`uploads_kept`."""
    entered: dict[str, list[str]] = g.get(_ENTERED, {})
    return {field: ids[:MOST_KEPT] for field, ids in entered.items()}


def options_entered() -> DepositOptions:
    """How the deposit is to be made. ``ValidationError`` for what is out of range."""
    values: dict[str, Any] = {name: name in request.form for name in SWITCHES}
    values["mode"] = request.form.get("mode", "general")
    if share := request.form.get("masked_share", "").strip():
        values["masked_share"] = float(share) / 100 if share.isdigit() else share
    values["document_mode"] = request.form.get("document_mode", "general")
    for name in ("start_page", "document_start_page"):
        if start := request.form.get(name, "").strip():
            values[name] = start
    for name in LISTS:
        lines = request.form.get(name, "").splitlines()
        values[name] = [line.strip() for line in lines if line.strip()]
    return DepositOptions.model_validate(values)
