"""旧系统业务: cases of the old system that wait for the office, one of them with what was sent, and a decision."""

from __future__ import annotations

from datetime import date
from typing import Any, cast, get_args

from chassis.errors import FieldError, Problem
from contracts.legacy.cases import (
    DecideLegacyCase,
    Decision,
    LegacyCaseView,
    LegacyOwner,
    LegacyParticulars,
    LegacyQueue,
    LegacyRef,
    LegacyState,
    OpenLegacyFile,
)
from contracts.legacy_bridge import DECIDE_LEGACY_CASE, GET_LEGACY_CASE, LIST_LEGACY_QUEUE, OPEN_LEGACY_FILE
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages.old.words import action_words, kind_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered

pages = staff_only(Blueprint("staff_old_cases", __name__, url_prefix="/staff/old-cases"), "examiner", "senior_examiner")
Answer = str | AnyResponse | tuple[str, int]
QUEUES: tuple[LegacyState, ...] = (
    "examined", "accepted", "submitted", "certificate_due", "correction_due", "fee_due", "registering",
)  # fmt: skip
PAGE = 50


@pages.get("")
def queue() -> str:
    """Cases in one state, the most urgent first."""
    asked = request.args.get("state", "")
    state = next((known for known in QUEUES if known == asked), QUEUES[0])
    found = call(LIST_LEGACY_QUEUE, LegacyQueue(state=state, cursor=request.args.get("after") or None, limit=PAGE))
    return render_template(
        "staff/old_cases.html", found=found, state=state, queues=QUEUES, states=state_words(), kinds=kind_words()
    )


@pages.get("/<case_id>")
def case(case_id: str) -> str:
    """One case, and what the office may do with it."""
    return _page(call(GET_LEGACY_CASE, LegacyRef(case_id=case_id)), PageForm())


@pages.post("/<case_id>/decision")
def decide(case_id: str) -> Answer:
    """Accepts it, asks for a correction, approves it with what it is to be registered with, or refuses it."""
    shown = call(GET_LEGACY_CASE, LegacyRef(case_id=case_id))
    form = PageForm.from_request()
    try:
        decision = form.value("decision")
        if decision not in get_args(Decision):
            raise Problem("request_invalid", errors=[FieldError("decision", "missing")])
        stated = _particulars(form) if decision == "approve" else None
        asked = entered(
            DecideLegacyCase,
            case_id=case_id,
            decision=cast(Decision, decision),
            text=form.value("text"),
            particulars=stated,
        )
        call(DECIDE_LEGACY_CASE, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(shown, form.refused(problem, field="text")), problem.status
    return redirect(url_for("staff_old_cases.case", case_id=case_id), 303)


@pages.get("/<case_id>/files/<file_id>")
def file(case_id: str, file_id: str) -> Response:
    """What the applicant sent, to be saved; never shown in the page."""
    return deliver(call(OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id=file_id)))


def _particulars(form: PageForm) -> LegacyParticulars | None:
    """What the examiner took down; None without an owner, which the bridge then asks for."""
    owners = _names(form.value("owners"))
    if not owners:
        return None
    return entered(
        LegacyParticulars,
        short_name=form.value("short_name"),
        version=form.value("version"),
        authors=_names(form.value("authors")),
        owners=owners,
        completion_date=form.value("completion_date") or None,
        publication_date=form.value("publication_date") or None,
    )


def _names(lines: str) -> list[dict[str, Any]]:
    """A name in each line; one that begins with ``*`` is an organisation's."""
    found = (line.strip() for line in lines.splitlines())
    return [{"name": line.lstrip("* "), "organisation": line.startswith("*")} for line in found if line.lstrip("* ")]


def _lines(names: list[LegacyOwner]) -> str:
    return "\n".join(f"{'*' if each.organisation else ''}{each.name}" for each in names)


def _stated(shown: LegacyCaseView) -> dict[str, str]:
    """What is stated already, as the form has it."""
    stated = shown.particulars
    if stated is None:
        return {}

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return {
        "short_name": stated.short_name,
        "version": stated.version,
        "authors": _lines(stated.authors),
        "owners": _lines(stated.owners),
        "completion_date": day(stated.completion_date),
        "publication_date": day(stated.publication_date),
    }


def decision_words() -> dict[str, str]:
    """What each decision is called on the page."""
    return {"accept": _("受理"), "correct": _("要求补正"), "approve": _("通过（准予登记）"), "refuse": _("不予登记")}


def _page(shown: LegacyCaseView, form: PageForm) -> str:
    return render_template(
        "staff/old_case.html",
        case=shown,
        form=form if form.problem else PageForm(_stated(shown)),
        states=state_words(),
        kinds=kind_words(),
        actions=action_words(),
        decisions=decision_words(),
    )
