"""我的工作账号: what a member of staff does with their own account."""

from __future__ import annotations

from chassis.errors import Problem
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.own_account import end_chosen_session, open_sessions, put_password
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import role_words
from gateway.web.caller import caller
from gateway.web.forms import PageForm
from gateway.web.limits import limiter

pages = staff_only(Blueprint("staff_own", __name__, url_prefix="/staff/own"))
Answer = str | Response | tuple[str, int]


@pages.get("")
def own() -> str:
    """Name, roles, and where one is signed in."""
    return _page(PageForm())


@pages.post("/password")
@limiter.limit("20 per minute")
def change_password() -> Answer:
    """Needs the one in use; every other session of the account ends."""
    form = PageForm.from_request()
    try:
        put_password(form, {"current": form.value("current")})
    except Problem as problem:
        return _page(form.refused(problem, field="current")), problem.status
    return redirect(url_for("staff_own.own"), 303)


@pages.post("/sessions/end")
def end_session() -> Response:
    """Ends one session, or all of them, this one included."""
    return end_chosen_session("staff_own.own")


def _page(form: PageForm) -> str:
    actor, words = caller().actor, role_words()
    return render_template(
        "staff/own.html",
        form=form,
        name=actor.name,
        roles=[word for role, word in words.items() if role in actor.roles],
        sessions=open_sessions(),
        first=not request.args.get("after"),
    )
