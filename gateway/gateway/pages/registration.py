"""著作权登记: what to register, what it begins with, and a new draft."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.filing import CREATE_APPLICATION, CreateApplication
from contracts.forms import REGISTRATIONS, Kind
from contracts.identity import GET_ACCOUNT
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.forms.descriptions import describe
from gateway.pages.access import require_applicant
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.rates import rate

pages = Blueprint("registration", __name__, url_prefix="/registration")
LONGEST_CHOICE = 40


@pages.get("")
def entry() -> str:
    return render_template("registration/entry.html", staff=caller().actor.is_staff)


@pages.get("/<any(work, software):subject>")
def start(subject: Kind) -> str:
    """What a registration begins with; what cannot be filed online today says so."""
    try:
        described = describe(REGISTRATIONS[subject])
    except Problem as problem:
        if problem.code != "kind_not_open":
            raise
        return render_template("registration/closed.html", kind=subject)
    verified = False
    if caller().signed_in and not caller().actor.is_staff:
        verified = call(GET_ACCOUNT, Empty()).verification == "approved"
    return render_template(
        "registration/start.html",
        description=described.description,
        choice=described.field(described.description.begins_with),
        verified=verified,
    )


@pages.post("/<any(work, software):subject>")
@rate(60)
def begin(subject: Kind) -> Response:
    """Opens a draft, with what was chosen for it to begin with, and goes to its list of steps."""
    if away := require_applicant():
        return away
    if call(GET_ACCOUNT, Empty()).verification != "approved":
        return redirect(url_for("verification.verification"), 303)
    described = describe(REGISTRATIONS[subject])
    name, chosen = described.description.begins_with, request.form.get("choice", "")[:LONGEST_CHOICE]
    form = {name: chosen} if name and chosen else {}
    draft = call(CREATE_APPLICATION, CreateApplication(type=REGISTRATIONS[subject], form=form))
    return redirect(url_for("wizard.steps", application_id=draft.application_id), 303)
