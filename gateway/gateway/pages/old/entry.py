"""旧系统入口: what it is, signing in with the old name and password, and the old query."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.identity import END_SESSION, SIGN_IN, EndSession, SignIn
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.pages.old.access import Answer, plain, probe_cookies
from gateway.pages.old.browsers import browser_advice
from gateway.pages.old.words import kind_words, state_words
from gateway.pages.query import MAX_NUMBER, PER_MINUTE, find
from gateway.web import signing_in, typed
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter, query_limiter
from gateway.web.visitor import whence

pages = plain(Blueprint("legacy", __name__, url_prefix="/legacy"))


@pages.get("")
def legacy_entry() -> str:
    """What is done here, and what this browser needs."""
    return render_template("old/entry.html", browser=browser_advice(request.user_agent.string))


@pages.get("/sign-in")
def sign_in() -> Answer:
    """The form, once it is sure that what it sends will be recognised."""
    if caller().signed_in:
        return redirect(_home(), 303)
    return probe_cookies() or _sign_in_page(PageForm(typed.kept("sign_in.old")))


@pages.post("/sign-in")
@limiter.limit("30 per minute")
def sign_in_with_password() -> Answer:
    """The same call as the ordinary sign-in: an account is one, wherever it signs in."""
    form = PageForm.from_request()
    agent = (request.user_agent.string or "")[:400]
    asked = {"login": form.value("login"), "password": form.value("password")}
    try:
        tokens = call(SIGN_IN, entered(SignIn, **asked, **whence(), user_agent=agent))
    except Problem as problem:
        typed.keep("sign_in.old", {"login": form.value("login")})
        return _sign_in_page(form.refused(problem, field="password")), problem.status
    signing_in.begin(tokens)
    return redirect("/staff" if tokens.account.kind == "staff" else url_for("legacy_cases.mine"), 303)


@pages.post("/sign-out")
def sign_out() -> Response:
    """Ends the session, also where identity is not to be reached."""
    if caller().signed_in:
        try:
            call(END_SESSION, EndSession())
        except Problem as problem:
            if problem.status >= 500:
                raise
    signing_in.end()
    return redirect(url_for("legacy.legacy_entry"), 303)


@pages.get("/query")
@query_limiter.limit(PER_MINUTE)
def query() -> Answer:
    """A number of either system: what it is, where it is, and the answer."""
    number = " ".join(request.args.get("number", "").split())
    if not number:
        return render_template("old/query.html", number="", found=None)
    found = find(number)
    page = render_template(
        "old/query.html", number=number[:MAX_NUMBER], found=found, kinds=kind_words(), states=state_words()
    )
    return (page, 404) if found.unknown else page


def _home() -> str:
    return "/staff" if caller().actor.is_staff else url_for("legacy_cases.mine")


def _sign_in_page(form: PageForm) -> str:
    return render_template("old/sign_in.html", form=form, browser=browser_advice(request.user_agent.string))
