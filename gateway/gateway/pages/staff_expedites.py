"""加急的工作单: the senior examiners' list of requests, and one with its reason, evidence and decision."""

from __future__ import annotations

from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.expedite import (
    DECIDE_EXPEDITE,
    GET_EXPEDITE,
    LIST_EXPEDITES,
    OPEN_EVIDENCE,
    DecideExpedite,
    EvidenceRef,
    ExpediteRef,
    ExpediteView,
    ListExpedites,
    RefuseBecause,
)
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.api.expedites import offered
from gateway.pages.expedite_words import ask_words, queue_words, refuse_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered

pages = staff_only(Blueprint("staff_expedites", __name__, url_prefix="/staff/expedites"), "senior_examiner")
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50


@pages.get("")
def queue() -> str:
    """One queue, page by page."""
    queues = queue_words()
    name: Any = request.args.get("queue") if request.args.get("queue") in queues else "requested"
    cursor = request.args.get("after") or None
    found = call(LIST_EXPEDITES, ListExpedites(queue=name, cursor=cursor, limit=PAGE))
    return render_template(
        "staff/expedites.html",
        found=found,
        queue=name,
        queues=queues,
        states=state_words(),
        reasons=ask_words(),
        first=cursor is None,
    )


@pages.get("/<expedite_id>")
def one(expedite_id: str) -> str:
    """One request with all that its applicant says."""
    return _page(call(GET_EXPEDITE, ExpediteRef(expedite_id=expedite_id)), PageForm())


@pages.post("/<expedite_id>")
def decide(expedite_id: str) -> Answer:
    """Grants or refuses."""
    form = PageForm.from_request()
    try:
        because: Any = form.value("because") or None
        if form.value("step") not in ("grant", "refuse"):
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        if because is not None and because not in get_args(RefuseBecause):
            raise Problem("request_invalid", errors=[FieldError("because", "not_in_list")])
        view = call(
            DECIDE_EXPEDITE,
            entered(
                DecideExpedite,
                expedite_id=expedite_id,
                step=form.value("step"),
                because=because if form.value("step") == "refuse" else None,
                answer=form.value("answer"),
            ),
        )
    except Problem as problem:
        if problem.code == "expedite_unknown" or problem.status >= 500:
            raise
        shown = call(GET_EXPEDITE, ExpediteRef(expedite_id=expedite_id))
        return _page(shown, form.refused(problem, field="answer")), problem.status
    flash(f"{view.title}：{state_words()[view.state]}", "success")
    return redirect(url_for("staff_expedites.queue"), 303)


@pages.get("/<expedite_id>/evidence/<evidence_id>")
def evidence(expedite_id: str, evidence_id: str) -> Response:
    """The file itself."""
    return deliver(call(OPEN_EVIDENCE, EvidenceRef(expedite_id=expedite_id, file_id=evidence_id)))


def _page(view: ExpediteView, form: PageForm) -> str:
    _offer, fees = offered() if view.steps else (None, {})
    return render_template(
        "staff/expedite.html",
        view=view,
        evidence_url=lambda file_id: url_for(
            "staff_expedites.evidence", expedite_id=view.expedite_id, evidence_id=file_id
        ),
        form=form,
        fee=fees.get(view.tier),
        states=state_words(),
        reasons=ask_words(),
        refusals=refuse_words(),
    )
