"""注册: a person or an organisation; first who, then the code sent to their mobile."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.identity import (
    REGISTER_ACCOUNT,
    REQUEST_OTP,
    SIGN_IN,
    RegisterAccount,
    RequestOtp,
    SignIn,
)
from contracts.identity.consents import NOTICES_IN_FORCE
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.choices import id_types
from gateway.pages.sign_in import after_sign_in
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, take_form_file
from gateway.web import signing_in, typed
from gateway.web.bodies import accepts_files
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter
from gateway.web.visitor import whence

pages = Blueprint("sign_up", __name__)
Answer = str | Response | tuple[str, int]
FIELDS = (
    *("name", "id_type", "id_number", "mobile", "password", "email", "organisation_name", "uscc", "seal_upload_id"),
    *("agreed_privacy", "agreed_terms"),
)
TYPED = tuple(name for name in FIELDS if name != "password" and not name.startswith("agreed_"))
_KEPT = "sign_up"
_CODE_PROBLEMS = ("otp_wrong", "otp_expired", "otp_too_many")


@pages.get("/sign-up")
def choose_kind() -> Answer:
    """For oneself or for an organisation."""
    if caller().signed_in:
        return redirect(after_sign_in(), 303)
    return render_template("sign_up/kind.html")


@pages.get("/sign-up/<any(person, organisation):kind>")
def details(kind: str) -> Answer:
    """The form of the kind, with what was typed before, but for the password; ``again`` comes back from the code."""
    before = session.get(_KEPT) if request.args.get("again") else None
    return _details_page(
        kind, PageForm({"id_type": "resident_id", **(before or typed.kept(_form_of(kind))), "password": ""})
    )


@pages.post("/sign-up/<any(person, organisation):kind>")
@accepts_files
@limiter.limit("30 per minute")
def send_details(kind: str) -> Answer:
    """Keeps what was entered with the browser's session, checks it, and sends the code."""
    values: dict[str, Any] = {name: request.form.get(name, "") for name in FIELDS} | {"kind": kind}
    form = PageForm(values)
    try:
        if kind == "organisation":
            _take_seal(values)
        registration = _registration(values, "")
        session[_KEPT] = values
        _check(values, registration)
        call(REQUEST_OTP, RequestOtp(purpose="sign_up", mobile=registration.mobile, **whence(), language=language()))
    except Problem as problem:
        if problem.code != "otp_resend_too_soon":
            typed.keep(_form_of(kind), {name: values[name] for name in TYPED})
            return _details_page(kind, form.refused(problem, field="mobile")), problem.status
    values["code_sent_to"] = values["mobile"]
    session[_KEPT] = values
    typed.forget()
    return redirect(url_for("sign_up.code"), 303)


@pages.get("/sign-up/code")
def code() -> Answer:
    """Asks for the code that went to the mobile."""
    if _KEPT not in session:
        return redirect(url_for("sign_up.choose_kind"), 303)
    return _code_page(PageForm())


@pages.post("/sign-up/code")
@limiter.limit("30 per minute")
def confirm() -> Answer:
    """Registers with the code, signs in, and goes on to the verification."""
    if _KEPT not in session:
        return redirect(url_for("sign_up.choose_kind"), 303)
    values = dict(session[_KEPT])
    form = PageForm.from_request()
    if form.value("action") == "send":
        try:
            call(
                REQUEST_OTP,
                entered(RequestOtp, purpose="sign_up", mobile=values["mobile"], **whence(), language=language()),
            )
        except Problem as problem:
            return _code_page(form.refused(problem, field="otp")), problem.status
        flash(_("验证码已重新发送。"), "success")
        return redirect(url_for("sign_up.code"), 303)
    try:
        call(REGISTER_ACCOUNT, _registration(values, form.value("otp")))
    except Problem as problem:
        if problem.code in _CODE_PROBLEMS or all(error.field == "otp" for error in problem.errors):
            return _code_page(form.refused(problem, field="otp")), problem.status
        typed.keep(_form_of(values["kind"]), {name: values[name] for name in TYPED})
        return _details_page(values["kind"], PageForm(values).refused(problem)), problem.status
    tokens = call(
        SIGN_IN,
        SignIn(
            login=values["mobile"],
            password=values["password"],
            **whence(),
            user_agent=(request.user_agent.string or "")[:400],
        ),
        part="sign-in",
    )
    session.pop(_KEPT, None)
    signing_in.begin(tokens)
    flash(_("注册成功。下一步请完成实名认证；申请可以先填写，认证通过之后提交。"), "success")
    return redirect(url_for("verification.verification"), 303)


def _check(values: dict[str, Any], registration: RegisterAccount) -> None:
    """Everything wrong with the details, before a code is sent: a registration without a code stops at the code."""
    if values.get("code_sent_to") == values["mobile"]:
        return
    try:
        call(REGISTER_ACCOUNT, registration, part="check")
    except Problem as problem:
        if problem.code not in _CODE_PROBLEMS:
            raise


def _registration(values: dict[str, Any], otp: str) -> RegisterAccount:
    organisation = values["kind"] == "organisation"
    if values["id_type"] not in dict(id_types()):
        raise Problem("request_invalid", errors=[FieldError("id_type", "not_in_list")])
    seal = receipt_for(values["seal_upload_id"], sealed=True) if organisation and values["seal_upload_id"] else None
    return entered(
        RegisterAccount,
        kind="organisation" if organisation else "natural_person",
        mobile=values["mobile"],
        otp=otp,
        password=values["password"],
        name=values["name"],
        id_type=values["id_type"],
        id_number=values["id_number"],
        organisation_name=values["organisation_name"] if organisation else None,
        uscc=values["uscc"] if organisation else None,
        seal_receipt=seal.token if seal else None,
        sign_up=seal.owner if seal else "",
        email=values["email"].strip() or None,
        agreed_privacy=values.get("agreed_privacy", ""),
        agreed_terms=values.get("agreed_terms", ""),
        language=language(),
        client=client_address(),
        browser=whence()["browser"],
    )


def _form_of(kind: str) -> str:
    return f"sign_up.{kind}"


def _take_seal(values: dict[str, Any]) -> None:
    """The seal's upload id, of the resumable upload or of a file that came with the form."""
    file = request.files.get("seal_upload_id_file")
    if not values["seal_upload_id"] and file is not None and file.filename:
        values["seal_upload_id"] = take_form_file(file, "seal")


def _details_page(kind: str, form: PageForm) -> str:
    versions = {text.name: text.version for text in call(NOTICES_IN_FORCE, Empty()).items}
    return render_template(
        "sign_up/details.html",
        form=form,
        kind=kind,
        id_types=id_types(),
        seal_limit=purpose_limit("seal"),
        versions=versions,
    )


def _code_page(form: PageForm) -> str:
    values = session[_KEPT]
    return render_template("sign_up/code.html", form=form, mobile=values["mobile"], kind=values["kind"])
