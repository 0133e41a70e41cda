"""加急: what is offered, asking for it with reason and evidence, and how far it is."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.expedite import (
    ASK_EXPEDITE,
    MOST_FILES,
    OPEN_EVIDENCE,
    WITHDRAW_EXPEDITE,
    AskExpedite,
    EvidenceRef,
    ExpediteRef,
)
from contracts.filing import ApplicationView
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.api.expedites import offered
from gateway.pages.access import applicants_only
from gateway.pages.case_money import order_by_id, slip_of
from gateway.pages.expedite_words import ask_words, refuse_words, state_words
from gateway.pages.materials import PROOF
from gateway.pages.wizard import load
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("expedite", __name__, url_prefix="/account/applications/<application_id>/expedite"))
Answer = str | AnyResponse | tuple[str, int]
UNDECIDED = ("accepted", "under_examination", "awaiting_correction", "refusal_proposed")


@pages.get("")
def expedite(application_id: str) -> Answer:
    """The newest request of the case; where none is open, what can be asked for, or plainly that nothing can."""
    return _page(load(application_id), PageForm())


@pages.post("")
@accepts_files
@limiter.limit("10 per minute")
def ask(application_id: str) -> Answer:
    """Asks for a tier."""
    form = PageForm.from_request()
    try:
        asked = entered(
            AskExpedite,
            application_id=application_id,
            tier=form.value("tier"),
            because=form.value("because"),
            reason=form.value("reason"),
            evidence=_evidence(),
        )
        call(ASK_EXPEDITE, asked)
    except Problem as problem:
        if problem.code == "application_unknown" or problem.status >= 500:
            raise
        return _page(load(application_id), form.refused(problem, field="tier")), problem.status
    flash(_("加急申请已提交，有结果会发消息通知您。"), "success")
    return redirect(url_for("expedite.expedite", application_id=application_id), 303)


@pages.post("/withdrawal")
def withdraw(application_id: str) -> AnyResponse:
    """Takes the open request back."""
    shown = load(application_id)
    if shown.expedite is None:
        raise Problem("expedite_unknown")
    call(WITHDRAW_EXPEDITE, ExpediteRef(expedite_id=shown.expedite.expedite_id))
    flash(_("加急申请已收回。"), "success")
    return redirect(url_for("expedite.expedite", application_id=application_id), 303)


@pages.get("/evidence/<evidence_id>")
def evidence(application_id: str, evidence_id: str) -> Response:
    """A file of the newest request."""
    shown = load(application_id)
    if shown.expedite is None:
        raise Problem("expedite_unknown")
    return deliver(call(OPEN_EVIDENCE, EvidenceRef(expedite_id=shown.expedite.expedite_id, file_id=evidence_id)))


def _evidence() -> list[str]:
    """Receipts of the uploads of the form, and of files that came with it."""
    tokens = [receipt_for(upload_id).token for upload_id in request.form.getlist("evidence")[: MOST_FILES + 1]]
    files = [file for file in request.files.getlist("evidence_file") if file.filename]
    return tokens + [receipt_for_form_file(file, "proof").token for file in files[: MOST_FILES + 1]]


def _page(shown: ApplicationView, form: PageForm) -> str:
    asked = shown.expedite
    may_ask = shown.state in UNDECIDED and (asked is None or asked.state not in ("requested", "granted", "active"))
    order = order_by_id(asked.order_id) if asked and asked.state == "granted" and asked.order_id else None
    offer, fees = offered() if may_ask else (None, {})
    tiers: list[Any] = [tier for tier in offer.items if shown.type in tier.types] if offer else []
    return render_template(
        "account/expedite.html",
        case=shown,
        asked=asked,
        order=order,
        slip=slip_of(order),
        form=form,
        may_ask=may_ask,
        tiers=tiers,
        fees=fees,
        states=state_words(),
        reasons=ask_words(),
        refusals=refuse_words(),
        accept=PROOF,
        evidence_url=lambda file_id: url_for(
            "expedite.evidence", application_id=shown.application_id, evidence_id=file_id
        ),
        limit=purpose_limit("proof"),
    )
