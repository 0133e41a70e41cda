"""How large the body of a request may be that brings files: larger than others, as the policy says."""

from __future__ import annotations

from chassis.actor import ANONYMOUS
from flask import Flask, request

from gateway.uploads.policy import policies, policy_for, purpose_limit
from gateway.web.api import PREFIX
from gateway.web.bodies import takes_files

FORM_ALLOWANCE = 1 << 20
"""Bytes that a form needs beside its file."""


def set_limit(app: Flask) -> None:
    """tus bodies are bounded by the upload's own length; forms with files by the largest single file."""
    if request.path.startswith(PREFIX + "/uploads"):
        is_form = request.mimetype.startswith("multipart/")
        request.max_content_length = _form_limit() if is_form else max(policies().purposes.values()) + 1
    elif request.path == PREFIX + "/certificate-checks":
        request.max_content_length = policy_for(ANONYMOUS).max_size + FORM_ALLOWANCE
    elif takes_files(app.view_functions.get(request.endpoint or "")):
        request.max_content_length = _form_limit()


def _form_limit() -> int:
    return purpose_limit("material") + FORM_ALLOWANCE


def install(app: Flask) -> None:
    """Before anything reads the body."""
    app.before_request(lambda: set_limit(app))
