"""旧系统业务: cases of the old system that wait for the office, one of them with what was sent, and a decision."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.legacy.cases import LegacyCaseView, LegacyQueue, LegacyRef, LegacyState, OpenLegacyFile
from contracts.legacy_bridge import (
    CHECK_LEGACY_DECISION,
    DECIDE_LEGACY_CASE,
    GET_LEGACY_CASE,
    LIST_LEGACY_QUEUE,
    OPEN_LEGACY_FILE,
    TOTAL_LEGACY_CASES,
)
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.old.words import action_words, kind_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.pages.staff_old_decisions import ask, asks, choices, known, people_of, placed, request_of, said
from gateway.pages.workbench import tab_with_work
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm

pages = staff_only(Blueprint("staff_old_cases", __name__, url_prefix="/staff/old-cases"), "examiner", "senior_examiner")
Answer = str | AnyResponse | tuple[str, int]
QUEUES: tuple[LegacyState, ...] = (
    "examined", "accepted", "submitted", "certificate_due", "correction_due", "fee_due", "registering",
)  # fmt: skip
SECOND = "second"
"""The tab of refusals that a colleague has proposed, wherever their cases stand."""
PAGE = 50


@pages.get("")
def queue() -> str:
    """Cases in one state, or those whose refusal waits for a second examiner, the most urgent first. Opens where the
    office has something to do."""
    totals = call(TOTAL_LEGACY_CASES, Empty())
    counts = {name: one.count for name, one in totals.queues.items()}
    asked = request.args.get("state") or tab_with_work([*QUEUES[:3], SECOND, *QUEUES[3:]], counts)
    state = next((known for known in QUEUES if known == asked), QUEUES[0])
    cursor = request.args.get("after") or None
    second = asked == SECOND
    found = call(LIST_LEGACY_QUEUE, LegacyQueue(state=state, second=second, cursor=cursor, limit=PAGE))
    return render_template(
        "staff/old_cases.html",
        found=found,
        tab=SECOND if second else state,
        tabs=[*QUEUES[:3], SECOND, *QUEUES[3:]],
        words={**state_words(), SECOND: _("待复核的不予登记")},
        kinds=kind_words(),
        totals=totals,
    )


@pages.get("/<case_id>")
def case(case_id: str) -> str:
    """One case, and what the office may do with it."""
    return _page(_load(case_id), PageForm())


@pages.post("/<case_id>/decision")
def decide(case_id: str) -> Answer:
    """Takes a decision, asking once more before what others hear of; the page that asks leads back to change it."""
    shown, form = _load(case_id), PageForm.from_request()
    if form.value("action") == "change":
        return _page(shown, form)
    try:
        asked = request_of(shown, form)
        if asks(shown, form):
            return ask(call(CHECK_LEGACY_DECISION, asked), form, asked)
        decided = call(DECIDE_LEGACY_CASE, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(shown, form.refused(placed(problem, form), field="text")), problem.status
    flash(said(decided, asked), "success")
    return redirect(url_for("staff_old_cases.case", case_id=case_id), 303)


@pages.get("/<case_id>/files/<file_id>")
def file(case_id: str, file_id: str) -> Response:
    """What the applicant sent, to be saved; never shown in the page."""
    return deliver(call(OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id=file_id)))


def _load(case_id: str) -> LegacyCaseView:
    return call(GET_LEGACY_CASE, LegacyRef(case_id=case_id))


def _page(shown: LegacyCaseView, form: PageForm) -> str:
    return render_template(
        "staff/old_case.html",
        case=shown,
        form=form if form.problem or form.value("decision") else PageForm(known(shown)),
        states=state_words(),
        kinds=kind_words(),
        actions=action_words(),
        choices=choices(shown),
        people=people_of(shown),
        me=caller().actor.subject,
    )
