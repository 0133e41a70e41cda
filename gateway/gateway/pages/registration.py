"""著作权登记: which kind, which category, and a new draft."""

from __future__ import annotations

from contracts.base import Empty
from contracts.filing import CREATE_APPLICATION, CreateApplication
from contracts.identity import GET_ACCOUNT
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.access import require_applicant
from gateway.pages.described import describe
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.rates import rate

pages = Blueprint("registration", __name__, url_prefix="/registration")


@pages.get("")
def entry() -> str:
    return render_template("registration/entry.html")


@pages.get("/work")
def work() -> str:
    """Categories of works; the ones that cannot be filed online yet say so."""
    verified = False
    if caller().signed_in and not caller().actor.is_staff:
        verified = call(GET_ACCOUNT, Empty()).verification == "approved"
    return render_template("registration/work.html", form=describe("work"), verified=verified)


@pages.get("/software")
def software() -> str:
    return render_template("registration/software.html")


@pages.post("/work")
@rate(60)
def begin() -> Response:
    """Opens a draft of the chosen category and goes to its list of steps."""
    if away := require_applicant():
        return away
    if call(GET_ACCOUNT, Empty()).verification != "approved":
        return redirect(url_for("verification.verification"), 303)
    chosen = {"category": request.form.get("category", "")[:1]}
    draft = call(CREATE_APPLICATION, CreateApplication(type="work_registration", form=chosen))
    return redirect(url_for("wizard.steps", application_id=draft.application_id), 303)
