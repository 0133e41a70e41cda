"""取回原账号的案件: the account that was signed up anew asks for the cases of the one that could not be got back."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.identity import ASK_FOR_CASES, AskForCases
from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web import typed
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("recovery_cases", __name__, url_prefix="/recovery/cases"))
Answer = str | Response | tuple[str, int]


@pages.get("")
def cases() -> str:
    """Asks for the two numbers of the advice to sign up anew."""
    return render_template("recovery/cases.html", form=PageForm(typed.kept("recovery.cases")), receipt=None)


@pages.post("")
@limiter.limit("10 per minute")
def ask() -> Answer:
    """Hands the request in; what is answered does not tell whose the number is."""
    form = PageForm.from_request()
    try:
        receipt = call(ASK_FOR_CASES, entered(AskForCases, receipt=form.value("receipt"), code=form.value("code")))
    except Problem as problem:
        typed.keep("recovery.cases", {"receipt": form.value("receipt")})
        page = render_template("recovery/cases.html", form=form.refused(problem, field="code"), receipt=None)
        return page, problem.status
    return render_template("recovery/cases.html", form=form, receipt=receipt)
