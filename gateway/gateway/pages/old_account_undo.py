"""撤销旧账号的关联: by whoever reads at the old account's address, without signing in."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.identity.joins import UNDO_LINK_BY_CODE, UndoLinkByCode
from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from gateway.web import typed
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter

pages = Blueprint("old_account_undo", __name__, url_prefix="/recovery/old-account")
Answer = str | Response | tuple[str, int]
FORM = "old_account_undo"


@pages.get("")
def asked() -> str:
    """Asks for name and code of the message; opening the page undoes nothing."""
    return render_template("recovery/old_account.html", form=PageForm(typed.kept(FORM)), undone=False)


@pages.post("")
@limiter.limit("10 per minute")
def undo() -> Answer:
    """Parts an old account from the account that it was joined to."""
    form = PageForm.from_request()
    try:
        call(UNDO_LINK_BY_CODE, entered(UndoLinkByCode, login=form.value("login"), code=form.value("code")))
    except Problem as problem:
        typed.keep(FORM, {"login": form.value("login")})
        form = form.refused(problem, field="code")
        return render_template("recovery/old_account.html", form=form, undone=False), problem.status
    return render_template("recovery/old_account.html", form=form, undone=True)
