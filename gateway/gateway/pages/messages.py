"""消息: what the registry told the applicant."""

from __future__ import annotations

from contracts.base import Empty
from contracts.batches import is_batch
from contracts.identity import LIST_MESSAGES, READ_ALL_MESSAGES, READ_MESSAGE, ListMessages, ReadMessage
from contracts.legacy import is_record
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web.calls import call
from gateway.web.languages import language

pages = applicants_only(Blueprint("messages", __name__, url_prefix="/account/messages"))
PAGE = 20


@pages.get("")
def messages() -> str:
    """Newest first, page by page; what was sent by SMS or e-mail stands here as well."""
    cursor = request.args.get("after") or None
    found = call(LIST_MESSAGES, ListMessages(cursor=cursor, limit=PAGE, language=language()))
    return render_template("account/messages.html", messages=found, items=found.items, first=cursor is None)


@pages.post("/<message_id>/read")
def read(message_id: str) -> Response:
    """Marks a message as read and goes on to the case it is about."""
    call(READ_MESSAGE, ReadMessage(message_id=message_id))
    application_id = request.form.get("application_id", "")
    if is_record(application_id):
        return redirect(url_for("legacy_cases.case", case_id=application_id), 303)
    if is_batch(application_id):
        return redirect(url_for("batches.batch", batch_id=application_id), 303)
    if application_id:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    return redirect(url_for("messages.messages"), 303)


@pages.post("/read")
def read_all() -> Response:
    """Marks everything as read, however much it is."""
    call(READ_ALL_MESSAGES, Empty())
    return redirect(url_for("messages.messages"), 303)
