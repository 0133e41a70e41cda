"""著作权登记: which kind, which category, and a new draft."""

from __future__ import annotations

from contracts.base import Empty
from contracts.filing import CREATE_APPLICATION, DESCRIBE_FORM, CreateApplication, DescribeForm, FormDescription
from contracts.forms import Kind
from contracts.identity import GET_ACCOUNT
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.access import require_applicant
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.rates import rate

pages = Blueprint("registration", __name__, url_prefix="/registration")


def describe(kind: Kind) -> FormDescription:
    """What the form asks for today, in the visitor's language."""
    return call(DESCRIBE_FORM, DescribeForm(kind=kind, language="en" if language() == "en" else "zh"))


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
    draft = call(
        CREATE_APPLICATION, CreateApplication(kind="work", form={"category": request.form.get("category", "")[:1]})
    )
    return redirect(url_for("wizard.steps", application_id=draft.application_id), 303)
