"""旧系统业务: cases of the old system that wait for the office, one of them with what was sent, and a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args

from chassis.errors import FieldError, Problem
from contracts.legacy.cases import (
    DecideLegacyCase,
    Decision,
    LegacyCaseView,
    LegacyEntry,
    LegacyOwner,
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
        stated = _entered(form, shown) if decision == "approve" else None
        asked = entered(
            DecideLegacyCase,
            case_id=case_id,
            decision=cast(Decision, decision),
            text=form.value("source" if decision == "approve" else "text"),
            particulars=stated,
        )
        call(DECIDE_LEGACY_CASE, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(shown, form.refused(_placed(problem, form), field="text")), problem.status
    return redirect(url_for("staff_old_cases.case", case_id=case_id), 303)


@pages.get("/<case_id>/files/<file_id>")
def file(case_id: str, file_id: str) -> Response:
    """What the applicant sent, to be saved; never shown in the page."""
    return deliver(call(OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id=file_id)))


def _placed(problem: Problem, form: PageForm) -> Problem:
    """The same problem at the fields of the page, which are called as the particulars are."""
    words = "source" if form.value("decision") == "approve" else "text"
    problem.errors = tuple(
        replace(error, field=words if error.field == "text" else error.field.removeprefix("particulars."))
        for error in problem.errors
    )
    return problem


def _entered(form: PageForm, shown: LegacyCaseView) -> LegacyEntry:
    """What the examiner took down, or found beside the old record; what is missing the bridge says. A title that was
    left as it is may be longer than one that is entered."""
    title = form.value("title").strip()
    return entered(
        LegacyEntry,
        title="" if title == (shown.old_title or shown.title) else title,
        category=form.value("category") or None,
        short_name=form.value("short_name"),
        version=form.value("version"),
        authors=_names(form.value("authors")),
        owners=_names(form.value("owners")),
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
    """What is known already, as the form has it."""
    known = {"title": shown.title, "category": shown.category or ""}
    stated = shown.particulars
    if stated is None:
        return known

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return known | {
        "source": next((step.text for step in reversed(shown.history) if step.action == "approve"), ""),
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
        choices=[(name, words, "") for name, words in decision_words().items() if name in shown.actions],
    )
