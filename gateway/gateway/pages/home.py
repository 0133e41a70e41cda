"""Home: what can be done here, with the query centre at the right."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("home", __name__)


@pages.get("/")
def home() -> str:
    """首页: what can be done here, and how to begin."""
    return render_template("home.html")
