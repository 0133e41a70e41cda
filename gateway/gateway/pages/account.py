"""用户中心: where everything of one's own is found, and what to do next."""

from __future__ import annotations

from dataclasses import replace

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.filing import LIST_APPLICATIONS, ListApplications
from contracts.identity import (
    CHANGE_EMAIL,
    CONFIRM_EMAIL,
    GET_ACCOUNT,
    LIST_LEGACY_LINKS,
    LIST_MESSAGES,
    REQUEST_OTP,
    ChangeEmail,
    ConfirmEmail,
    ListMessages,
    RequestOtp,
)
from contracts.identity.mobiles import CHANGE_MOBILE, SEND_MOBILE_CODES, ChangeMobile, SendMobileCodes
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.choices import device
from gateway.pages.held import held
from gateway.pages.mailing import came_back
from gateway.pages.old_accounts import is_moving, registered
from gateway.pages.own_account import end_chosen_session, open_sessions, put_password
from gateway.pages.verified import standing_of
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter
from gateway.web.unread import heard

pages = applicants_only(Blueprint("account", __name__, url_prefix="/account"))
pages.add_app_template_filter(device, "device")
Answer = str | Response | tuple[str, int]
SHOWN_CASES = 5
NEW_MOBILE = "new_mobile"
"""In a browser's session: the number that is to take the place of the one in use."""
PAGE = 20


@pages.get("")
def home() -> str:
    """我的首页: what waits for the applicant, what is with the office, the latest messages."""
    account = call(GET_ACCOUNT, Empty())
    mine = call(LIST_APPLICATIONS, ListApplications(group="mine", limit=SHOWN_CASES, counts=True))
    with_office = mine.counts.get("office", 0)
    others = call(LIST_APPLICATIONS, ListApplications(group="office", limit=SHOWN_CASES)).items if with_office else []
    messages = call(LIST_MESSAGES, ListMessages(limit=3, language=language()))
    heard(messages.unread)
    mine_now = held()
    return render_template(
        "account/home.html",
        account=account,
        standing=standing_of(account.verification),
        mine=mine.items,
        others=others,
        counts=mine.counts,
        messages=messages,
        latest=messages.items,
        returned=came_back(),
        held=mine_now[:SHOWN_CASES],
        more_held=len(mine_now) > SHOWN_CASES,
    )


@pages.get("/history")
def history() -> str:
    """我的历史: what is finished, whatever came of it, the newest of the old system, and where cases of that are."""
    cursor = request.args.get("after") or None
    found = call(LIST_APPLICATIONS, ListApplications(group="ended", cursor=cursor, limit=PAGE))
    old, links = registered(None, SHOWN_CASES), call(LIST_LEGACY_LINKS, Empty()).items
    return render_template(
        "account/history.html",
        cases=found.items,
        next_cursor=found.next_cursor,
        first=cursor is None,
        old=old,
        moving=is_moving(links, old),
    )


@pages.get("/sessions")
def sessions() -> str:
    """账号: what is known of the account, and every browser and program that is signed in."""
    return _sessions_page(PageForm())


@pages.post("/email")
@limiter.limit("20 per minute")
def change_email() -> Answer:
    """A new address, or another code for the one that waits."""
    form = PageForm.from_request()
    try:
        call(CHANGE_EMAIL, entered(ChangeEmail, email=form.value("email")))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _sessions_page(form.refused(problem, field="email")), problem.status
    flash(_("确认码已发到这个邮箱。"), "success")
    return redirect(url_for("account.sessions", _anchor="email"), 303)


@pages.post("/email/confirmation")
@limiter.limit("20 per minute")
def confirm_email() -> Answer:
    """The code from the message makes the address count for signing in and for messages."""
    form = PageForm.from_request()
    try:
        call(CONFIRM_EMAIL, entered(ConfirmEmail, otp=form.value("otp")))
    except Problem as problem:
        return _sessions_page(form.refused(problem, field="otp")), problem.status
    flash(_("邮箱已确认。"), "success")
    return redirect(url_for("account.sessions"), 303)


@pages.post("/mobile")
@limiter.limit("20 per minute")
def send_mobile_codes() -> Answer:
    """One code to the number in use, one to the number that is to take its place, which the browser's session keeps."""
    form = PageForm.from_request()
    mobile = form.value("mobile") or session.get(NEW_MOBILE, "")
    try:
        call(SEND_MOBILE_CODES, entered(SendMobileCodes, mobile=mobile))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _sessions_page(form.refused(problem, field="mobile")), problem.status
    session[NEW_MOBILE] = mobile
    flash(_("验证码已分别发到现在的手机号和新手机号。"), "success")
    return redirect(url_for("account.sessions", _anchor="mobile"), 303)


@pages.post("/mobile/confirmation")
@limiter.limit("20 per minute")
def change_mobile() -> Answer:
    """Both codes put the new number in the place of the old one."""
    form = PageForm.from_request()
    mobile = session.get(NEW_MOBILE, "")
    try:
        otp, new_otp = form.value("mobile_otp"), form.value("new_otp")
        call(CHANGE_MOBILE, entered(ChangeMobile, mobile=mobile, otp=otp, new_otp=new_otp))
    except Problem as problem:
        problem.errors = tuple(replace(e, field="mobile_otp") if e.field == "otp" else e for e in problem.errors)
        return _sessions_page(form.refused(problem, field="mobile")), problem.status
    session.pop(NEW_MOBILE, None)
    flash(_("手机号已更换，今后用新手机号登录和签名。"), "success")
    return redirect(url_for("account.sessions", _anchor="mobile"), 303)


@pages.post("/password/code")
@limiter.limit("20 per minute")
def send_password_code() -> Answer:
    """A code to the account's own mobile, for who has forgotten the password; one sent just now still counts."""
    try:
        call(REQUEST_OTP, RequestOtp(purpose="password", client=client_address()))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            return _sessions_page(PageForm().refused(problem, field="current")), problem.status
    return redirect(url_for("account.sessions", code="password", _anchor="password"), 303)


@pages.post("/password")
@limiter.limit("20 per minute")
def change_password() -> Answer:
    """Needs the one in use, or a code to the account's mobile; every other session of the account ends."""
    form = PageForm.from_request()
    forgotten = "password_otp" in request.form
    proof = {"otp": form.value("password_otp")} if forgotten else {"current": form.value("current")}
    try:
        if forgotten and not proof["otp"]:
            raise Problem("otp_wrong", attempts_left=0, errors=[FieldError("otp", "missing")])
        put_password(form, proof)
    except Problem as problem:
        problem.errors = tuple(replace(e, field="password_otp") if e.field == "otp" else e for e in problem.errors)
        shown = form.refused(problem, field="password_otp" if forgotten else "current")
        return _sessions_page(shown, password_code=forgotten), problem.status
    return redirect(url_for("account.sessions"), 303)


def _sessions_page(form: PageForm, *, password_code: bool = False) -> str:
    account = call(GET_ACCOUNT, Empty())
    return render_template(
        "account/sessions.html",
        account=account,
        sessions=open_sessions(),
        first=not request.args.get("after"),
        form=form,
        new_mobile=session.get(NEW_MOBILE, ""),
        password_code=password_code or request.args.get("code") == "password",
    )


@pages.post("/sessions/end")
def end_session() -> Response:
    """Ends one session, or all of them, this one included."""
    return end_chosen_session("account.sessions")
