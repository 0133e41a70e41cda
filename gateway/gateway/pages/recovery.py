"""账号找回: what somebody can do who cannot sign in; asking for an account, following that, objecting to it.

What is answered to a well-formed request is the same for every number: whoever asks may be a stranger.
"""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.identity import (
    FOLLOW_RECOVERY,
    OBJECT_TO_RECOVERY,
    REQUEST_OTP,
    SUBMIT_RECOVERY,
    FollowRecovery,
    ObjectToRecovery,
    RequestOtp,
    SubmitRecovery,
)
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, take_form_file
from gateway.web import typed
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import limiter
from gateway.web.visitor import whence

pages = Blueprint("recovery", __name__, url_prefix="/recovery")
Answer = str | Response | tuple[str, int]
CONTACT = ("mobile", "email")
TYPED = ("number", *CONTACT, "note", "photo")
FIELDS = (*TYPED, "otp", "action")


@pages.get("")
def recovery() -> str:
    """The ways, each for who has what is left."""
    return render_template("recovery/ways.html", staff=caller().actor.is_staff)


@pages.get("/request")
def details() -> str:
    """The form, with what was typed before; ``number`` in the address fills it in."""
    number = request.args.get("number", "")[:60]
    form = PageForm(typed.kept("recovery.request") | ({"number": number} if number else {}))
    return _form(form, form.raw("lost"))


@pages.post("/request")
@accepts_files
@limiter.limit("30 per minute")
def ask() -> Answer:
    """Sends the code, or with the code hands the request in."""
    form = PageForm({name: request.form.get(name, "") for name in FIELDS})
    lost = [value for value, _label in lost_words() if value in request.form.getlist("lost")]
    try:
        _keep_typed(form, lost)
        form = _with_photo(form)
        _keep_typed(form, lost)
        if form.value("action") == "send":
            _send_code(form)
            return _form(form, lost, code_sent=True)
        photo = receipt_for(form.value("photo"), sealed=True) if form.value("photo") else None
        asked = entered(
            SubmitRecovery,
            number=form.value("number"),
            otp=form.value("otp"),
            note=form.value("note"),
            lost=lost,
            photo=photo.token if photo else None,
            uploaded_by=photo.owner if photo else "",
            language=language(),
            **_contact(form),
            **_visitor(),
        )
        receipt = call(SUBMIT_RECOVERY, asked)
        typed.forget()
    except Problem as problem:
        return _form(form.refused(problem, field="number"), lost), problem.status
    return render_template("recovery/received.html", receipt=receipt)


@pages.get("/progress")
def follow() -> str:
    """Asks for receipt number, address and code."""
    form = PageForm(typed.kept("recovery.progress"))
    return render_template("recovery/progress.html", form=form, found=None, code_sent=False)


@pages.post("/progress")
@limiter.limit("30 per minute")
def followed() -> Answer:
    """Sends the code, or with the code tells where the request stands."""
    form, found, sent, status = PageForm.from_request(), None, False, 200
    typed.keep("recovery.progress", {name: form.value(name) for name in ("receipt", *CONTACT)})
    try:
        if form.value("action") == "send":
            _send_code(form)
            sent = True
        else:
            receipt, otp = form.value("receipt"), form.value("otp")
            asked = entered(FollowRecovery, receipt=receipt, otp=otp, **_contact(form), **_visitor())
            found = call(FOLLOW_RECOVERY, asked)
    except Problem as problem:
        form, status = form.refused(problem, field="receipt"), problem.status
    page = render_template(
        "recovery/progress.html", form=form, found=found, code_sent=sent, states=state_words(), reasons=reason_words()
    )
    return page, status


@pages.get("/objection")
def objection() -> str:
    """Asks for the two numbers of the notice; opening the page stops nothing."""
    return render_template("recovery/objection.html", form=PageForm(typed.kept("recovery.objection")), heard=None)


@pages.post("/objection")
@limiter.limit("10 per minute")
def objected() -> Answer:
    """Stops a change, with the code of the message that announced it; cases that were moved may come back by it."""
    form = PageForm.from_request()
    try:
        asked = entered(ObjectToRecovery, receipt=form.value("receipt"), code=form.value("code"))
        heard = call(OBJECT_TO_RECOVERY, asked)
    except Problem as problem:
        typed.keep("recovery.objection", {"receipt": form.value("receipt")})
        form = form.refused(problem, field="code")
        return render_template("recovery/objection.html", form=form, heard=None), problem.status
    return render_template("recovery/objection.html", form=form, heard=heard.state)


def lost_words() -> list[tuple[str, str]]:
    """What may not work any more: value of the contract, and words."""
    return [
        ("mobile", _("注册手机号停用或更换")),
        ("email", _("注册邮箱失效")),
        ("password", _("忘记密码")),
        ("account_name", _("忘记账号名")),
    ]


def state_words() -> dict[str, str]:
    """How far a recovery is, for people and the office alike."""
    return {
        "open": _("客服正在核对"),
        "proposed": _("待复核"),
        "waiting": _("已通过，等待异议期结束"),
        "refused": _("未通过"),
        "advised": _("请重新注册"),
        "objected": _("异议期内已停止"),
        "done": _("已生效"),
        "failed": _("没有完成"),
        "returned": _("已恢复原状"),
    }


def reason_words() -> dict[str, str]:
    """Why nothing was changed, in words that fit a stranger too."""
    return {
        "not_proven": _("提供的内容不足以证明账号属于申请人"),
        "incomplete": _("内容不全，无法核对"),
    }


def _keep_typed(form: PageForm, lost: list[str]) -> None:
    typed.keep("recovery.request", {name: form.value(name) for name in TYPED} | {"lost": lost})


def _with_photo(form: PageForm) -> PageForm:
    """With the id of the upload, also of a file that came with the form: it is kept while a code is sent."""
    file = request.files.get("photo_file")
    if file is None or not file.filename:
        return form
    return PageForm({name: form.value(name) for name in FIELDS} | {"photo": take_form_file(file, "id_image")})


def _form(form: PageForm, lost: list[str] | None = None, *, code_sent: bool = False) -> str:
    return render_template(
        "recovery/request.html",
        form=form,
        lost=lost or [],
        losses=lost_words(),
        code_sent=code_sent,
        photo_limit=purpose_limit("id_image"),
    )


def _contact(form: PageForm) -> dict[str, str]:
    return {name: form.value(name).strip() for name in CONTACT if form.value(name).strip()}


def _visitor() -> dict[str, Any]:
    """Network and browser: no device is known to who cannot sign in."""
    here = whence()
    return {"client": here["client"], "browser": here["browser"]}


def _send_code(form: PageForm) -> None:
    call(REQUEST_OTP, entered(RequestOtp, purpose="recover", **_contact(form), **_visitor(), language=language()))
