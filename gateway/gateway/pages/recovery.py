"""账号找回: what somebody can do who cannot sign in. Says only what is possible today."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("recovery", __name__)


@pages.get("/recovery")
def recovery() -> str:
    return render_template("recovery.html")
