"""消息: what the registry told the applicant."""

from __future__ import annotations

from contracts.base import Empty
from contracts.identity import LIST_MESSAGES, READ_ALL_MESSAGES, READ_MESSAGE, ListMessages, ReadMessage
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only, local_path
from gateway.pages.message_places import place_of
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.unread import heard

pages = applicants_only(Blueprint("messages", __name__, url_prefix="/account/messages"))
PAGE = 20


@pages.get("")
def messages() -> str:
    """Newest first, page by page; what was sent by SMS or e-mail stands here as well."""
    cursor = request.args.get("after") or None
    found = call(LIST_MESSAGES, ListMessages(cursor=cursor, limit=PAGE, language=language()))
    heard(found.unread)
    placed = [(message, place_of(message)) for message in found.items]
    return render_template("account/messages.html", messages=found, items=placed, first=cursor is None)


@pages.post("/<message_id>/read")
def read(message_id: str) -> Response:
    """Marks a message as read and goes on to the page it is about."""
    call(READ_MESSAGE, ReadMessage(message_id=message_id))
    return redirect(local_path(request.form.get("to"), url_for("messages.messages")), 303)


@pages.post("/read")
def read_all() -> Response:
    """Marks everything as read, however much it is."""
    call(READ_ALL_MESSAGES, Empty())
    return redirect(url_for("messages.messages"), 303)
