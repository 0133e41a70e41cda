"""旧系统入口, signed in: my old cases, one of them, answering its correction, and taking its result."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.legacy.cases import (
    FILES_AT_ONCE,
    AnswerLegacyCorrection,
    LegacyCaseView,
    LegacyRef,
    OpenLegacyFile,
)
from contracts.legacy_bridge import (
    ANSWER_LEGACY_CORRECTION,
    COMPLETE_LEGACY_CASE,
    GET_LEGACY_CASE,
    LIST_LEGACY_CASES,
    OPEN_LEGACY_FILE,
)
from contracts.paging import Page
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gateway.pages.old.access import Answer, applicants_only
from gateway.pages.old.words import action_words, kind_words, state_words
from gateway.pages.query import registered_as
from gateway.uploads.receipt import receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver, documents_of, find_document
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("legacy_cases", __name__, url_prefix="/legacy"))
PAGE = 20


@pages.get("/cases")
def mine() -> str:
    """All my old cases, also those that have ended here."""
    found = call(LIST_LEGACY_CASES, Page(cursor=request.args.get("after") or None, limit=PAGE))
    return render_template("old/cases.html", found=found, states=state_words(), kinds=kind_words())


@pages.get("/cases/<case_id>")
def case(case_id: str) -> str:
    """One case, and what can be done with it now."""
    return _page(call(GET_LEGACY_CASE, LegacyRef(case_id=case_id)), PageForm())


@pages.post("/cases/<case_id>/answer")
@accepts_files
@limiter.limit("30 per minute")
def answer(case_id: str) -> Answer:
    """Text and files by one plain form. Nobody's case takes no upload."""
    shown = call(GET_LEGACY_CASE, LegacyRef(case_id=case_id))
    form = PageForm.from_request()
    try:
        receipts = [receipt_for_form_file(file, "proof").token for file in _files()]
        request_ = entered(AnswerLegacyCorrection, case_id=case_id, text=form.value("text"), receipts=receipts)
        call(ANSWER_LEGACY_CORRECTION, request_)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(shown, form.refused(problem, field="text")), problem.status
    return redirect(url_for("legacy_cases.case", case_id=case_id), 303)


def _files() -> list[FileStorage]:
    """What was chosen: an old browser sends the empty fields, too."""
    return [file for file in request.files.getlist("file") if file.filename][: FILES_AT_ONCE + 1]


@pages.post("/cases/<case_id>/completion")
@limiter.limit("30 per minute")
def complete(case_id: str) -> Response:
    """The applicant takes the result as it is stated."""
    call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id))
    return redirect(url_for("legacy_cases.case", case_id=case_id), 303)


@pages.get("/cases/<case_id>/files/<file_id>")
def file(case_id: str, file_id: str) -> Response:
    """A file that was sent with an answer."""
    return saved(deliver(call(OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id=file_id))))


@pages.get("/documents/<document_id>")
def document(document_id: str) -> Response:
    """A certificate or receipt."""
    return saved(deliver(find_document(document_id)))


def saved(response: Response) -> Response:
    """IE up to 8 saves nothing over HTTPS that must not be kept or must be asked for again."""
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def _page(shown: LegacyCaseView, form: PageForm) -> str:
    return render_template(
        "old/case.html",
        case=shown,
        form=form,
        issued=documents_of(shown.case_id),
        registered=registered_as(shown.registration_number),
        states=state_words(),
        kinds=kind_words(),
        actions=action_words(),
    )
