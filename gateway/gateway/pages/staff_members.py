"""人员管理: staff accounts for administrators; and the page where whoever was invited or reset gets in by a code."""

from __future__ import annotations

from typing import Any

import segno
from chassis.errors import Problem
from contracts.base import STAFF_ROLES
from contracts.personnel import (
    BEGIN_STAFF_SET_UP,
    CHANGE_STAFF,
    COMPLETE_STAFF_SET_UP,
    DECIDE_STAFF_CHANGE,
    END_STAFF_SESSIONS,
    INVITE_STAFF,
    ISSUE_STAFF_CODE,
    LIST_STAFF,
    OPEN_STAFF,
    ROLES_OF_TWO,
    BeginStaffSetUp,
    ChangeStaff,
    CompleteStaffSetUp,
    DecideStaffChange,
    EndStaffSessions,
    InviteStaff,
    ListStaff,
    StaffRef,
    StaffSetUp,
    incompatible,
)
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.shown import Option
from gateway.pages.lookup_words import purpose_words
from gateway.pages.member_words import history_words, member_states, step_words
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import role_words
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter
from gateway.web.visitor import whence

pages = staff_only(Blueprint("staff_members", __name__, url_prefix="/staff/members"), "administrator")
set_up_pages = Blueprint("staff_set_up", __name__, url_prefix="/staff-set-up")
Answer = str | Response | tuple[str, int]
PAGE = 50
LONGEST_TEXT = 60


@pages.get("")
def members() -> str:
    """Everybody who works here or did, by name, page by page."""
    text, cursor = request.args.get("text", "").strip()[:LONGEST_TEXT], request.args.get("after") or None
    waiting = request.args.get("waiting") == "1"
    found = call(LIST_STAFF, ListStaff(text=text, waiting=waiting, cursor=cursor, limit=PAGE))
    return _render("staff/members.html", found=found, text=text, waiting=waiting, first=cursor is None)


@pages.get("/new")
def invite() -> str:
    """Who is invited, as what, and why."""
    return _invitation(PageForm())


@pages.post("/new")
def send_invitation() -> Answer:
    """Makes the account; its page has the code that leads in."""
    roles: Any = [role for role in request.form.getlist("roles") if role in STAFF_ROLES]
    form = PageForm({**request.form.to_dict(), "roles": roles})
    try:
        asked = entered(
            InviteStaff, login=form.value("login"), name=form.value("name"), roles=roles, reason=form.value("reason")
        )
        made = call(INVITE_STAFF, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _invitation(form.refused(problem)), problem.status
    flash(_("账号已建立。请制作一次性设置码，当面或者电话交给本人。"), "success")
    return _to(made.account_id)


@pages.get("/<account_id>")
def member(account_id: str) -> str:
    """One account: roles, what waits for a second administrator, where it is signed in, what happened to it."""
    return _member(account_id, PageForm())


@pages.post("/<account_id>")
def change(account_id: str) -> Answer:
    """Changes the account, or asks another administrator to agree."""
    form = PageForm.from_request()
    step: Any = form.value("step")
    role = form.value("new_role") if step == "grant" else form.value("old_role") if step == "remove" else ""
    try:
        asked = entered(
            ChangeStaff,
            account_id=account_id,
            step=step,
            role=role or None,
            reason=form.value("reason"),
            field="reason",
        )
        if step == "deactivate" and form.value("confirmed") != "1":
            return _render(
                "staff/member_leaving.html", found=call(OPEN_STAFF, StaffRef(account_id=account_id)), asked=asked
            )
        taken = call(CHANGE_STAFF, asked)
    except Problem as problem:
        if problem.code == "staff_unknown" or problem.status >= 500:
            raise
        return _member(account_id, form.refused(problem, field="reason")), problem.status
    waits, at_once = _("已记录，等另一位管理员确认后生效。"), _("已生效，本人的登录已退出。")
    flash(waits if taken.waits else at_once, "success")
    return _to(account_id)


@pages.post("/<account_id>/decision")
def decide(account_id: str) -> Answer:
    """A second administrator agrees or declines; whoever asked takes it back."""
    form = PageForm.from_request()
    decision: Any = form.value("decision")
    try:
        call(DECIDE_STAFF_CHANGE, entered(DecideStaffChange, change_id=form.value("change_id"), decision=decision))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _member(account_id, form.refused(problem)), problem.status
    flash(_("已生效，本人的登录已退出。") if decision == "confirm" else _("没有同意，账号不变。"), "success")
    return _to(account_id)


@pages.post("/<account_id>/sessions")
def end_sessions(account_id: str) -> Response:
    """Ends one sign-in, or all."""
    session_id = request.form.get("session_id", "")[:64] or None
    call(END_STAFF_SESSIONS, EndStaffSessions(account_id=account_id, session_id=session_id))
    flash(_("已退出。"), "success")
    return _to(account_id)


@pages.post("/<account_id>/code")
def issue_code(account_id: str) -> Answer:
    """The code, shown once: asked for again, another is made and this one opens nothing."""
    try:
        issued = call(ISSUE_STAFF_CODE, StaffRef(account_id=account_id))
    except Problem as problem:
        if problem.code == "staff_unknown" or problem.status >= 500:
            raise
        return _member(account_id, PageForm().refused(problem)), problem.status
    return _unkept(render_template("staff/member_code.html", issued=issued))


@set_up_pages.get("")
def enter_code() -> str:
    """For whoever has a code from an administrator."""
    return _set_up(PageForm(), None)


@set_up_pages.post("")
@limiter.limit("30 per minute")
def set_up() -> Answer:
    """The code first; then password and authenticator, with what the authenticator is to be given."""
    form = PageForm.from_request()
    begun = None
    try:
        begun = call(BEGIN_STAFF_SET_UP, entered(BeginStaffSetUp, code=form.value("code")))
        if form.value("action") != "complete":
            return _unkept(_set_up(form, begun))
        filled = {name: form.value(name) for name in ("code", "password", "totp")}
        place = whence()
        asked = entered(CompleteStaffSetUp, **filled, client=place["client"], device=place["device"])
        call(COMPLETE_STAFF_SET_UP, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        field = "totp" if problem.code == "totp_wrong" else "password" if begun else "code"
        return _unkept(_set_up(form.refused(problem, field=field), begun), problem.status)
    flash(_("设置好了，请登录。动态口令要等下一个。"), "success")
    return redirect(url_for("sign_in.sign_in", next=url_for("workbench.workbench")), 303)


def _set_up(form: PageForm, begun: StaffSetUp | None) -> str:
    picture = segno.make(begun.totp_uri, error="m").svg_data_uri(scale=5, border=2) if begun else ""
    secret = begun.totp_secret if begun else ""
    key = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("staff_set_up.html", form=form, begun=begun, picture=picture, key=key)


def _unkept(page: str, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _invitation(form: PageForm) -> str:
    options = [Option(role, words, "", open=True) for role, words in role_words().items()]
    return _render("staff/member_new.html", form=form, options=options)


def _member(account_id: str, form: PageForm) -> str:
    found = call(OPEN_STAFF, StaffRef(account_id=account_id))
    return _render(
        "staff/member.html", form=form, found=found, steps=step_words(), acts=history_words(), purposes=purpose_words()
    )


def _render(template: str, **values: Any) -> str:
    return render_template(
        template,
        roles=role_words(),
        roles_of_two=ROLES_OF_TWO,
        incompatible=incompatible,
        states=member_states(),
        **values,
    )


def _to(account_id: str) -> Response:
    return redirect(url_for("staff_members.member", account_id=account_id), 303)
