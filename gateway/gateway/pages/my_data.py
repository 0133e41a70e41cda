"""我的数据: a copy of everything that is kept of the account, made in the background, fetched with the password."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity.exports import ASK_EXPORT, LIST_EXPORTS, AskExport
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web.calls import call
from gateway.web.exports import deliver_export
from gateway.web.forms import PageForm
from gateway.web.languages import language
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("my_data", __name__, url_prefix="/account/data"))
Answer = str | Response | tuple[str, int]


@pages.get("")
def copies() -> str:
    """What a copy holds, and the latest ones."""
    return _page(PageForm())


@pages.post("")
@limiter.limit("10 per minute")
def ask() -> Answer:
    """Another copy, whose page for reading is in the language of this page."""
    try:
        call(ASK_EXPORT, AskExport(language=language()))
    except Problem as problem:
        return _page(PageForm.from_request().refused(problem)), problem.status
    flash(_("已开始准备，备好之后会发消息通知您。"), "success")
    return redirect(url_for("my_data.copies"), 303)


@pages.post("/<export_id>")
@limiter.limit("20 per minute")
def download(export_id: str) -> Answer:
    """The ZIP, for the password."""
    form = PageForm.from_request()
    try:
        return deliver_export(export_id, form.value("password"))
    except Problem as problem:
        return _page(form.refused(problem, field="password")), problem.status


def _page(form: PageForm) -> str:
    items = call(LIST_EXPORTS, Empty()).items
    ready = next((item for item in items if item.state == "ready"), None)
    running = next((item for item in items if item.state == "running"), None)
    return render_template("account/data.html", form=form, items=items, ready=ready, running=running)
