"""Uploads belong to one sending of a form: once that was taken, the browser forgets them.

The upload script remembers in the tab what has arrived, so that a reload or a refusal loses nothing. The page that
follows a form that was taken says which uploads went with it.
"""

from __future__ import annotations

from flask import Flask, Response, g, request, session

_KEPT = "uploads_sent"
MOST = 200
"""As many as are said at once; the oldest are left out."""


def note_sent(upload_id: str) -> None:
    """This request gives an upload to a service."""
    g.setdefault(_KEPT, []).append(upload_id)


def offer_again() -> None:
    """What this request gave is wanted again: the page that comes leads back to the form, to send it anew."""
    g.pop(_KEPT, None)


def keep_sent(response: Response) -> Response:
    """A form that was taken leads on to another page (303), which says so; one that was refused keeps its uploads."""
    given = g.get(_KEPT)
    if given and 300 <= response.status_code < 400 and not request.path.startswith("/api/"):
        session[_KEPT] = [*session.get(_KEPT, []), *given][-MOST:]
    return response


def sent_uploads() -> list[str]:
    """The uploads that went with forms since the last page, said once."""
    return list(session.pop(_KEPT)) if session.get(_KEPT) else []


def install(app: Flask) -> None:
    """For the frame of every page (``base.html``)."""
    app.after_request(keep_sent)
    app.jinja_env.globals["sent_uploads"] = sent_uploads
