"""公章与经办人: what the office holds of an organisation, and another seal or operator in its place."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.identity import VerificationRef
from contracts.identity.replacements import (
    ASK_REPLACEMENT,
    GET_HOLDING,
    OPEN_OWN_SEAL,
    WITHDRAW_REPLACEMENT,
    AskReplacement,
    OpenSeal,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages import choices
from gateway.pages.access import applicants_only
from gateway.pages.verified import is_unusable
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver_drawn
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter
from gateway.web.photo_words import shown_finding
from gateway.web.problems import HttpProblem

pages = applicants_only(Blueprint("holding", __name__, url_prefix="/account/organisation"))
Answer = str | Response | tuple[str, int]
PAPERS: Mapping[str, Mapping[str, str]] = {
    "seal": {"new_seal": "seal", "seal_statement": "id_image"},
    "operator": {"authorisation_letter": "id_image"},
}
"""What comes with another seal or operator, and what it is uploaded for."""


@pages.get("")
def holding() -> str:
    """What is held, what was asked for, and the forms to ask."""
    return _page(PageForm())


@pages.get("/seal")
def seal() -> Response:
    """The seal that is held, drawn by the registry, or a former one by its ``version``; the browser keeps nothing of
    it. Each look is recorded."""
    version = request.args.get("version", 0, int)
    return _picture(entered(OpenSeal, which="former", version=version) if version else OpenSeal(which="held"))


@pages.get("/seal/asked")
def asked_seal() -> Response:
    """The one that waits for a reviewer, likewise."""
    return _picture(OpenSeal(which="asked"))


@pages.post("/seal")
@accepts_files
@limiter.limit("20 per minute")
def ask_seal() -> Answer:
    """Asks for another seal: a reviewer decides, and the one that is held stays in force until then."""
    return _ask("seal", _sent())


@pages.post("/operator")
@accepts_files
@limiter.limit("20 per minute")
def ask_operator() -> Answer:
    """Asks for another operator, likewise."""
    form = _sent()
    return _ask("operator", form, {name: form.value(f"operator.{name}") for name in ("name", "id_type", "id_number")})


@pages.post("/withdrawal")
@limiter.limit("20 per minute")
def withdraw() -> Answer:
    """Takes back what was asked for."""
    try:
        call(WITHDRAW_REPLACEMENT, entered(VerificationRef, verification_id=request.form.get("verification_id", "")))
    except Problem as problem:
        return _page(_sent().refused(problem)), problem.status
    flash(_("已撤回，现在的公章和经办人不变。"), "success")
    return redirect(url_for("holding.holding"), 303)


def _sent() -> PageForm:
    labels = paper_words()
    return PageForm.from_request().called(lambda field: labels.get(field.removeprefix("documents."), ""))


def _ask(part: Any, form: PageForm, operator: Any = None) -> Answer:
    try:
        documents = _received(part)
        asked = entered(
            AskReplacement, part=part, documents=documents, operator=operator, why=form.value(f"why_{part}")
        )
        call(ASK_REPLACEMENT, asked)
    except Problem as problem:
        return _page(form.refused(problem), part), problem.status
    flash(_("已提交，作出决定之前现在的仍然有效。"), "success")
    return redirect(url_for("holding.holding"), 303)


def _received(part: str) -> dict[str, str]:
    """Receipts by role: of uploads, or of files that came with the form."""
    found, errors = {}, []
    for role, purpose in PAPERS[part].items():
        upload_id, file = request.form.get(f"documents.{role}"), request.files.get(f"documents.{role}_file")
        try:
            if upload_id:
                found[role] = receipt_for(upload_id, sealed=True).token
            elif file is not None and file.filename:
                found[role] = receipt_for_form_file(file, purpose).token
        except (Problem, HttpProblem) as problem:
            errors.append(FieldError(f"documents.{role}", problem.code, problem.params))
    if errors:
        raise Problem("verification_image_unreadable", errors=errors)
    return found


def _picture(asked: OpenSeal) -> Response:
    return deliver_drawn(base64.b64decode(call(OPEN_OWN_SEAL, asked).data), "image/png")


def paper_words() -> dict[str, str]:
    return {
        "new_seal": _("新公章的图片"),
        "seal_statement": _("更换公章的说明"),
        "authorisation_letter": _("经办人授权书"),
    }


def _page(form: PageForm, part: str = "") -> str:
    """``part``: of which something was wrong."""
    found = call(GET_HOLDING, Empty())
    asked = found.asked
    waits = asked is not None and asked.state == "pending" and not is_unusable(asked)
    return render_template(
        "account/holding.html",
        found=found,
        form=form,
        part=part,
        asked=asked,
        waits=waits,
        unusable=asked is not None and is_unusable(asked),
        findings=[shown_finding(finding) for finding in asked.findings] if asked is not None else [],
        papers=paper_words(),
        id_types=choices.id_types(),
        id_type=choices.word(choices.id_types(), found.operator_id_type),
        seal_limit=purpose_limit("seal"),
        paper_limit=purpose_limit("id_image"),
    )
