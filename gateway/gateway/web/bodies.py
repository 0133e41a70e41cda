"""What a request may be: small, unless the route says that it takes files, and of characters that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chassis.errors import Problem
from flask import Flask, request

from gateway.web.api import PREFIX
from gateway.web.problems import REFUSAL, HttpProblem

V = TypeVar("V", bound=Callable[..., object])

ORDINARY = 2 << 20
_MARK = "registry_accepts_files"


def accepts_files(view: V) -> V:
    """Marks a page's view whose form carries files (without script, a file comes with its form)."""
    setattr(view, _MARK, True)
    return view


def takes_files(view: object) -> bool:
    """Whether the view was marked so; how much it then takes is the uploads' policy (``uploads.bodies``)."""
    return bool(getattr(view, _MARK, False))


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
    """After what sets the limits of bodies that may be larger: forms are read here."""
    app.config["MAX_CONTENT_LENGTH"] = ORDINARY
    app.before_request(refuse_what_did_not_come)
    app.before_request(refuse_nul)
