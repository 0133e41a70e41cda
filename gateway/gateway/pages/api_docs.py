"""Human pages of the API: every call, and every problem with its remedy."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from gateway.api import GROUPS
from gateway.forms.descriptions import TYPES
from gateway.web.languages import language
from gateway.web.texts import explained

pages = Blueprint("api_docs", __name__)


@pages.get("/api/docs")
def api_docs() -> str:
    """All calls, by capability, in the visitor's language."""
    words = {"work_registration": _("作品著作权登记"), "software_registration": _("计算机软件著作权登记")}
    return render_template("api_docs.html", groups=GROUPS, forms=[(name, words.get(name, name)) for name in TYPES])


@pages.get("/api/docs/problems")
def problem_list() -> str:
    """Every code that an answer may carry, with its sentence and remedy."""
    return render_template("api_problems.html", entries=explained(language()))
