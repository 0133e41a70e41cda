"""What a request may be: small, unless the route says that it takes files, and of characters that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chassis.actor import ANONYMOUS
from chassis.errors import Problem
from flask import Flask, request

from gateway.front.serving import REFUSAL
from gateway.uploads.policy import policies, policy_for, purpose_limit
from gateway.web.api import PREFIX
from gateway.web.problems import HttpProblem

V = TypeVar("V", bound=Callable[..., object])

ORDINARY = 2 << 20
FORM_ALLOWANCE = 1 << 20
_MARK = "registry_accepts_files"


def accepts_files(view: V) -> V:
    """Marks a page's view whose form carries files (without script, a file comes with its form)."""
    setattr(view, _MARK, True)
    return view


def _form_limit() -> int:
    return purpose_limit("material") + FORM_ALLOWANCE


def set_limit(app: Flask) -> None:
    """tus bodies are bounded by the upload's own length; forms with files by the largest single file."""
    view = app.view_functions.get(request.endpoint or "")
    if request.path.startswith(PREFIX + "/uploads"):
        is_form = request.mimetype.startswith("multipart/")
        request.max_content_length = _form_limit() if is_form else max(policies().purposes.values()) + 1
    elif request.path == PREFIX + "/certificate-checks":
        request.max_content_length = policy_for(ANONYMOUS).max_size + FORM_ALLOWANCE
    elif getattr(view, _MARK, False):
        request.max_content_length = _form_limit()


def refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text. The API looks at its own bodies; whoever reads a form finds none in it."""
    if "\0" in request.path:
        raise Problem("not_found")
    texts = list(request.args.values())
    if request.method == "POST" and not request.path.startswith(PREFIX):
        texts += request.form.values()
    if any("\0" in text for text in texts):
        raise HttpProblem("request_malformed")


def refuse_what_did_not_come() -> None:
    """The worker gave up waiting for the rest of this request, or found no place for it."""
    if problem := request.environ.get(REFUSAL):
        raise problem


def install(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = ORDINARY
    app.before_request(refuse_what_did_not_come)
    app.before_request(lambda: set_limit(app))
    app.before_request(refuse_nul)
