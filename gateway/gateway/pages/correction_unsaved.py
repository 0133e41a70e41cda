"""The answer to a correction as it is typed: the page's script has it kept, and whoever comes back may drop it."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.filing import DROP_UNSAVED, KEEP_UNSAVED, DropUnsaved, KeepUnsaved
from contracts.filing.unsaved import CORRECTION
from flask import Blueprint, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.descriptions import describe_case
from gateway.forms.versions import opened_by
from gateway.pages.access import applicants_only
from gateway.pages.correction_parts import answer_in, open_round
from gateway.pages.wizard import load
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.languages import language, time_of_day
from gateway.web.rates import rate
from gateway.web.texts import problem_text

pages = applicants_only(
    Blueprint("correction_unsaved", __name__, url_prefix="/account/applications/<application_id>/correction/unsaved")
)
MOST_DROPPED = 5


@pages.post("")
@rate(120)
def keep(application_id: str) -> tuple[Response, int]:
    """Keeps the page's answers and fields as they are by now, for the script that sends them: what to say of it."""
    try:
        kept = call(KEEP_UNSAVED, _entries(application_id))
    except Problem as problem:
        text = problem_text(problem.code, problem.params, language())
        return jsonify(text=_("没有自动保存：%(why)s", why=text.sentence)), problem.status
    if kept.kept_at is None:
        return jsonify(text=""), 200
    return jsonify(text=_("已自动保存 %(time)s", time=time_of_day(kept.kept_at))), 200


def _entries(application_id: str) -> KeepUnsaved:
    """Problem ``application_frozen`` where no answer is awaited, or another than the page's."""
    case = load(application_id)
    if "answer_correction" not in case.allowed_actions:
        raise Problem("application_frozen", state=case.state)
    awaited = open_round(case).correction_id
    if request.form.get("draft.correction", awaited) != awaited:
        raise Problem("application_frozen", state=case.state)
    _fields, answers, changed = answer_in(case, describe_case(case), request.form)
    opened = opened_by(request.form)
    return entered(
        KeepUnsaved,
        application_id=application_id,
        step=CORRECTION,
        page=opened.page,
        turn=request.form.get("draft.turn", ""),
        version=opened.version or case.version,
        form={"correction_id": awaited, "answers": answers, "fields": changed},
        seen=list(opened.seen),
    )


@pages.post("/removal")
def drop(application_id: str) -> Response:
    """Drops what was kept, and shows the correction as nobody has answered it."""
    case = load(application_id)
    for place, page in enumerate(request.form.getlist("draft.page")[:MOST_DROPPED]):
        asked = entered(DropUnsaved, application_id=case.application_id, step=CORRECTION, page=page)
        call(DROP_UNSAVED, asked, part=str(place))
    return redirect(url_for("correction.correction", application_id=application_id), 303)
