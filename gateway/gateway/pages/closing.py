"""注销账号: what goes and what stays is said before; asked for with proof, taken back with a click."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import REQUEST_OTP, RequestOtp
from contracts.identity.closures import WITHDRAW_CLOSURE
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web.calls import call
from gateway.web.closing import ask_closure, standing_closure
from gateway.web.forms import PageForm
from gateway.web.limits import client_address, limiter

pages = applicants_only(Blueprint("closing", __name__, url_prefix="/account/closing"))
Answer = str | Response | tuple[str, int]


@pages.get("")
def closing() -> str:
    """What it means, what stands against it now, and the request that waits."""
    return _page(PageForm(), sent=request.args.get("code") == "sent")


@pages.post("/code")
@limiter.limit("20 per minute")
def send_code() -> Answer:
    """A code to the account's own mobile, for this alone; one sent just now still counts."""
    try:
        call(REQUEST_OTP, RequestOtp(purpose="close", client=client_address()))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _page(PageForm().refused(problem)), problem.status
    return redirect(url_for("closing.closing", code="sent", _anchor="ask"), 303)


@pages.post("")
@limiter.limit("10 per minute")
def ask() -> Answer:
    """The request, with the password and the code."""
    form = PageForm.from_request()
    try:
        ask_closure(form.value("password"), form.value("otp"))
    except Problem as problem:
        return _page(form.refused(problem, field="password"), sent=True), problem.status
    flash(_("已申请注销账号。"), "success")
    return redirect(url_for("closing.closing"), 303)


@pages.post("/withdrawal")
@limiter.limit("20 per minute")
def withdraw() -> Answer:
    """Everything stays as it is."""
    try:
        call(WITHDRAW_CLOSURE, Empty())
    except Problem as problem:
        return _page(PageForm.from_request().refused(problem)), problem.status
    flash(_("已撤回注销申请，账号照常使用。"), "success")
    return redirect(url_for("closing.closing"), 303)


def _page(form: PageForm, *, sent: bool = False) -> str:
    return render_template("account/closing.html", form=form, found=standing_closure(), sent=sent)
