"""How many messages are unread, as the frame of every page of an account shows it.

One short question a page; a page that has listed the messages anyway says what it heard (:func:`heard`). Where identity
does not answer, the page comes without the mark, and for a while nobody asks again: no page waits for it twice.
"""

from __future__ import annotations

import time
from threading import Lock

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import COUNT_UNREAD
from contracts.identity.messages import MOST_COUNTED
from flask import Flask, g, request

from gateway.web.caller import caller
from gateway.web.calls import call

PATIENCE = 1.0
"""Seconds that a page waits for it."""
PAUSE = 30.0
"""Seconds without asking, of a process that got no answer."""


class _Pause:
    """Until when this process does not ask."""

    def __init__(self) -> None:
        self._lock, self._until = Lock(), 0.0

    @property
    def over(self) -> bool:
        with self._lock:
            return time.monotonic() >= self._until

    def begin(self) -> None:
        with self._lock:
            self._until = time.monotonic() + PAUSE


_pause = _Pause()


def heard(unread: int) -> None:
    """The number is known on this page: nobody has to be asked."""
    g.unread = min(unread, MOST_COUNTED)


def unread_messages() -> int:
    """For pages of an account; 0 elsewhere, where it is not known, and for parts of pages that show no frame."""
    if "unread" not in g:
        g.unread = _asked() if _is_shown() else 0
    return int(g.unread)


def unread_mark() -> str:
    """The number in the mark: 99+ for many."""
    count = unread_messages()
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


def _is_shown() -> bool:
    page = request.path == "/account" or request.path.startswith("/account/")
    return page and "HX-Request" not in request.headers and caller().signed_in and not caller().actor.is_staff


def _asked() -> int:
    if not _pause.over:
        return 0
    try:
        return call(COUNT_UNREAD, Empty(), timeout=PATIENCE).unread
    except Problem:
        _pause.begin()
        return 0


def install(app: Flask) -> None:
    """For the header and the navigation of an account."""
    app.jinja_env.globals.update(unread_mark=unread_mark)
