"""What applicants and staff do alike with their own account: another password, ending sessions."""

from __future__ import annotations

from contracts.identity import CHANGE_PASSWORD, END_SESSION, LIST_SESSIONS, ChangePassword, EndSession, SessionList
from contracts.paging import Page
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.web import signing_in
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.resources import resources
from gateway.web.visitor import whence

PAGE = 20


def open_sessions() -> SessionList:
    """A page of the caller's browsers and programs, the last used first."""
    return call(LIST_SESSIONS, Page(cursor=request.args.get("after") or None, limit=PAGE))


def put_password(form: PageForm, proof: dict[str, str]) -> None:
    """``proof``: the password in use, or a code. Every other session of the account ends."""
    place = whence()
    asked = entered(ChangePassword, **proof, new=form.value("new"), client=place["client"], device=place["device"])
    call(CHANGE_PASSWORD, asked)
    flash(_("密码已更换，其他设备已退出登录。"), "success")


def end_chosen_session(back: str) -> Response:
    """Ends the session that was chosen, or all of them, this one included; leads to the endpoint ``back``."""
    session_id = request.form.get("session_id", "")
    if session_id == "all":
        account = caller().actor.signed_in_as
        call(END_SESSION, EndSession(everywhere=True))
        resources().sessions.end_sessions_of(account)
        signing_in.end()
        flash(_("已在所有设备上退出登录。"), "success")
        return redirect(url_for("sign_in.sign_in"), 303)
    call(END_SESSION, EndSession(session_id=session_id))
    flash(_("那台设备已退出登录。"), "success")
    return redirect(url_for(back), 303)
