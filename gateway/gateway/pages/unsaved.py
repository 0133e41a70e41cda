"""What is typed on a step's page and not saved yet: its script has it kept, and whoever comes back may drop it."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.filing import DROP_UNSAVED, KEEP_UNSAVED, DropUnsaved, KeepUnsaved
from flask import Blueprint, jsonify, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.versions import opened_by
from gateway.pages.access import applicants_only
from gateway.pages.wizard import described_here, step_entries, step_named, step_url
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.languages import language, time_of_day
from gateway.web.rates import rate
from gateway.web.texts import problem_text

pages = applicants_only(
    Blueprint("unsaved", __name__, url_prefix="/registration/applications/<application_id>/<step_name>/unsaved")
)
MOST_DROPPED = 5


@pages.post("")
@rate(120)
def keep(application_id: str, step_name: str) -> tuple[Response, int]:
    """Keeps the page's entries as they are by now, for the script that sends them: what to say of it, as JSON."""
    described = described_here(application_id)
    chosen = step_named(described, step_name)
    opened, turn = opened_by(request.form), request.form.get("draft.turn", "")
    try:
        kept = call(
            KEEP_UNSAVED,
            entered(
                KeepUnsaved,
                application_id=application_id,
                step=chosen.name,
                page=opened.page,
                turn=turn,
                version=opened.version,
                read=opened.read,
                form=step_entries(described, chosen, whole=True)[0],
                seen=list(opened.seen),
            ),
        )
    except Problem as problem:
        text = problem_text(problem.code, problem.params, language())
        return jsonify(text=_("没有自动保存：%(why)s", why=text.sentence)), problem.status
    if kept.kept_at is None:
        return jsonify(text=""), 200
    return jsonify(text=_("已自动保存 %(time)s", time=time_of_day(kept.kept_at))), 200


@pages.post("/removal")
def drop(application_id: str, step_name: str) -> Response:
    """Drops what was kept, and shows the step as it is saved."""
    chosen = step_named(described_here(application_id), step_name)
    for place, page in enumerate(request.form.getlist("draft.page")[:MOST_DROPPED]):
        asked = entered(DropUnsaved, application_id=application_id, step=chosen.name, page=page)
        call(DROP_UNSAVED, asked, part=str(place))
    return redirect(step_url(application_id, chosen), 303)
