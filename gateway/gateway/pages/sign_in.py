"""登录: by password or by SMS code, and signing out."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.identity import END_SESSION, REQUEST_OTP, SIGN_IN, EndSession, RequestOtp, SignIn
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import local_path
from gateway.web import signing_in, typed
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import limiter
from gateway.web.visitor import whence

pages = Blueprint("sign_in", __name__)
Answer = str | Response | tuple[str, int]


def after_sign_in() -> str:
    """Where somebody goes who has signed in: back to where they came from, else their own home."""
    home = "/staff" if caller().actor.is_staff else url_for("account.home")
    return local_path(request.values.get("next"), home)


@pages.get("/sign-in")
def sign_in() -> Answer:
    """By password or by code; who is signed in goes on to where they wanted to be."""
    if caller().signed_in:
        return redirect(after_sign_in(), 303)
    way = "code" if request.args.get("with") == "code" else "password"
    before = typed.kept(f"sign_in.{way}")
    return _page(PageForm(before), way, sent=bool(before.get("sent")))


@pages.post("/sign-in")
@limiter.limit("30 per minute")
def sign_in_with_password() -> Answer:
    """Staff give their one-time password (TOTP) as well."""
    form = PageForm.from_request()
    return _try(
        form,
        "password",
        login=form.value("login"),
        password=form.value("password"),
        totp=form.value("totp") or None,
    )


@pages.post("/sign-in/code")
@limiter.limit("30 per minute")
def sign_in_with_code() -> Answer:
    """Sends a code to the mobile, or signs in with it."""
    form = PageForm.from_request()
    if form.value("action") == "send":
        try:
            call(
                REQUEST_OTP,
                entered(RequestOtp, purpose="sign_in", mobile=form.value("mobile"), **whence(), language=language()),
            )
        except Problem as problem:
            if problem.code != "otp_resend_too_soon":
                typed.keep("sign_in.code", {"mobile": form.value("mobile")})
                return _page(form.refused(problem, field="mobile"), "code"), problem.status
        typed.keep("sign_in.code", {"mobile": form.value("mobile"), "sent": "yes"})
        return _page(form, "code", sent=True)
    return _try(form, "code", mobile=form.value("mobile"), otp=form.value("otp"))


@pages.post("/sign-out")
def sign_out() -> Response:
    """This browser's session ends here even if identity has ended it before."""
    if caller().signed_in:
        try:
            call(END_SESSION, EndSession())
        except Problem as problem:
            if problem.status >= 500:
                raise
    signing_in.end()
    flash(_("您已退出登录。"), "success")
    return redirect(url_for("home.home"), 303)


def _try(form: PageForm, way: str, **filled: Any) -> Answer:
    agent = (request.user_agent.string or "")[:400]
    try:
        tokens = call(SIGN_IN, entered(SignIn, **filled, **whence(), user_agent=agent))
    except Problem as problem:
        field = "otp" if way == "code" else ("totp" if problem.code.startswith("totp") else "password")
        sent = "yes" if way == "code" else ""
        typed.keep(f"sign_in.{way}", {"login": form.value("login"), "mobile": form.value("mobile"), "sent": sent})
        return _page(form.refused(problem, field=field), way, sent=way == "code"), problem.status
    signing_in.begin(tokens)
    home = "/staff" if tokens.account.kind == "staff" else url_for("account.home")
    return redirect(local_path(form.value("next"), home), 303)


def _page(form: PageForm, way: str, *, sent: bool = False) -> str:
    for_staff = local_path(request.values.get("next"), "").startswith("/staff")
    refused = form.problem is not None and form.problem.code.startswith("totp")
    needs_totp = for_staff or refused or bool(form.value("totp"))
    return render_template(
        "sign_in.html",
        form=form,
        way=way,
        sent=sent,
        needs_totp=needs_totp,
        next=local_path(request.values.get("next"), ""),
    )
