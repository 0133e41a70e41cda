"""Addresses of our own style sheets and scripts, which change with their content and may be cached for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def install(app: Flask) -> None:
    """``asset(name)`` of templates: an address that changes with the content, so that browsers keep it for ever."""

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=_version(Path(app.static_folder or "") / name))

    def keep(response: Response) -> Response:
        if request.path.startswith("/static/") and "v" in request.args and response.status_code in (200, 304):
            response.headers["Cache-Control"] = FOR_EVER
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
