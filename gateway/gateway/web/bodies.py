"""How large a request may be: small, unless the route says that it takes files. And no address names U+0000."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chassis.errors import Problem
from flask import Flask, request

from gateway.uploads.policy import PURPOSES, VISITORS
from gateway.web.api import PREFIX

V = TypeVar("V", bound=Callable[..., object])

ORDINARY = 2 << 20
FORM_ALLOWANCE = 1 << 20
_MARK = "registry_accepts_files"


def accepts_files(view: V) -> V:
    """Marks a page's view whose form carries files (without script, a file comes with its form)."""
    setattr(view, _MARK, True)
    return view


def set_limit(app: Flask) -> None:
    """tus bodies are bounded by the upload's own length; forms with files by the largest single file."""
    view = app.view_functions.get(request.endpoint or "")
    if request.path.startswith(PREFIX + "/uploads"):
        is_form = request.mimetype.startswith("multipart/")
        request.max_content_length = PURPOSES["material"] + FORM_ALLOWANCE if is_form else max(PURPOSES.values()) + 1
    elif request.path == PREFIX + "/certificate-checks":
        request.max_content_length = VISITORS.max_size + FORM_ALLOWANCE
    elif getattr(view, _MARK, False):
        request.max_content_length = PURPOSES["material"] + FORM_ALLOWANCE


def refuse_nul() -> None:
    """No identifier has this character, and no database could look for it."""
    if "\0" in request.path:
        raise Problem("not_found")


def install(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = ORDINARY
    app.before_request(refuse_nul)
    app.before_request(lambda: set_limit(app))
