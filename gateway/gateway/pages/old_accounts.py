"""我的历史, of the old system: what was registered there, which old accounts are joined, and what they still lack."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Problem
from contracts.archive import LIST_LEGACY_REGISTRATIONS, OPEN_LEGACY_PAPER, LegacyRegistrationList
from contracts.base import Empty
from contracts.identity import (
    COMPLETE_ACCOUNT,
    GET_ACCOUNT,
    LINK_LEGACY_ACCOUNT,
    LIST_LEGACY_LINKS,
    REQUEST_OTP,
    UNDO_LEGACY_LINK,
    CompleteAccount,
    LegacyLinkRef,
    LegacyLinkView,
    LinkLegacyAccount,
    RequestOtp,
)
from contracts.legacy import account_record
from contracts.legacy.cases import LegacyList
from contracts.legacy.scans import OpenLegacyPaper
from contracts.legacy_bridge import LIST_ENDED_LEGACY_CASES
from contracts.paging import Page
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.choices import id_types
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, take_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import limiter
from gateway.web.visitor import whence

pages = applicants_only(Blueprint("old_accounts", __name__, url_prefix="/account/history/old"))
Answer = str | Response | tuple[str, int]
PAGE = 20
PARTICULARS = {
    "name": _l("姓名"),
    "organisation_name": _l("单位名称"),
    "id_number": _l("证件号码"),
    "uscc": _l("统一社会信用代码"),
    "email": _l("电子邮箱"),
    "email_confirmation": _l("确认电子邮箱"),
    "verification": _l("实名认证"),
    "mobile": _l("手机号"),
    "seal": _l("电子公章"),
    "password": _l("密码"),
}


@pages.get("")
def old_accounts() -> str:
    """Old registrations and cases page by page, the old accounts, and forms to join and to complete."""
    return _page(PageForm())


@pages.get("/<record_id>/<file_id>")
def paper(record_id: str, file_id: str) -> Response:
    """A scan that the old system had of a registration, to be saved."""
    return deliver(call(OPEN_LEGACY_PAPER, OpenLegacyPaper(record_id=record_id, file_id=file_id)))


@pages.post("/link")
@limiter.limit("20 per minute")
def link() -> Answer:
    """Name and password of the other side join the two."""
    form = PageForm.from_request()
    place = whence()
    try:
        asked = entered(
            LinkLegacyAccount,
            login=form.value("login"),
            password=form.value("password"),
            code=form.value("code").strip() or None,
            client=place["client"],
            device=place["device"],
        )
        call(LINK_LEGACY_ACCOUNT, asked)
    except Problem as problem:
        field = "code" if problem.code.startswith("legacy_link_code") else "password"
        return _page(form.refused(problem, field=field), coded=field == "code"), problem.status
    flash(_("旧账号已关联。它的登记和业务几秒钟内转到这里。"), "success")
    return redirect(url_for("old_accounts.old_accounts"), 303)


@pages.get("/undo/<link_id>")
def undoing(link_id: str) -> str:
    """What parting an old account again does, before it is done. Problem ``legacy_link_unknown``."""
    links = call(LIST_LEGACY_LINKS, Empty()).items
    link = next((one for one in links if one.link_id == link_id and one.undo_until), None)
    if link is None:
        raise Problem("legacy_link_unknown")
    return render_template("account/old_account_undo.html", link=link)


@pages.post("/undo")
def undo() -> Answer:
    """Parts an old account again, within its time."""
    call(UNDO_LEGACY_LINK, LegacyLinkRef(link_id=request.form.get("link_id", "")[:64]))
    flash(_("关联已撤销。登记和业务几秒钟内转回旧账号。"), "success")
    return redirect(url_for("old_accounts.old_accounts"), 303)


@pages.post("/complete")
@accepts_files
@limiter.limit("20 per minute")
def complete() -> Answer:
    """Sends a code to the mobile, or adds all that was filled in."""
    form = PageForm.from_request()
    mobile = form.value("mobile")
    try:
        if form.value("action") == "send":
            call(REQUEST_OTP, entered(RequestOtp, purpose="sign_up", mobile=mobile, **whence(), language=language()))
            return _page(form, sent=True)
        call(COMPLETE_ACCOUNT, _completion(form))
    except Problem as problem:
        field = "mobile" if form.value("action") == "send" else "otp"
        return _page(form.refused(problem, field=field), sent=bool(form.value("otp"))), problem.status
    flash(_("账号资料已补充。"), "success")
    return redirect(url_for("old_accounts.old_accounts"), 303)


def _completion(form: PageForm) -> CompleteAccount:
    place, number = whence(), form.value("id_number").strip()
    upload = form.value("seal_upload_id")
    file = request.files.get("seal_upload_id_file")
    if not upload and file is not None and file.filename:
        upload = take_form_file(file, "seal")
    return entered(
        CompleteAccount,
        mobile=form.value("mobile") or None,
        otp=form.value("otp") or None,
        id_type=(form.value("id_type") or None) if number else None,
        id_number=number or None,
        uscc=form.value("uscc").strip() or None,
        seal_receipt=receipt_for(upload, sealed=True).token if upload else None,
        client=place["client"],
        browser=place["browser"],
    )


def _page(form: PageForm, *, sent: bool = False, coded: bool = False) -> str:
    cursor = request.args.get("after") or None
    registrations, cases = registered(cursor, PAGE), ended(request.args.get("cases") or None)
    links = call(LIST_LEGACY_LINKS, Empty()).items
    return render_template(
        "account/old_accounts.html",
        form=form,
        sent=sent,
        account=call(GET_ACCOUNT, Empty()),
        links=links,
        moving=is_moving(links, registrations),
        coded=coded,
        registrations=registrations,
        cases=cases,
        first=cursor is None and not request.args.get("cases"),
        particulars=PARTICULARS,
        id_types=id_types(),
        seal_limit=purpose_limit("seal"),
    )


def is_moving(links: Sequence[LegacyLinkView], registrations: LegacyRegistrationList | None) -> bool:
    """Whether the register has not heard yet which old accounts are joined to this one."""
    if registrations is None:
        return False
    mine = {account_record(link.login) for link in links if not link.given}
    return mine != set(registrations.old_accounts)


def registered(cursor: str | None, limit: int) -> LegacyRegistrationList | None:
    """What the old accounts had registered; None while the archive does not answer: the page stands without it."""
    try:
        return call(LIST_LEGACY_REGISTRATIONS, Page(cursor=cursor, limit=limit))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def ended(cursor: str | None) -> LegacyList | None:
    """Old cases that have ended at 旧系统入口; None while the bridge does not answer. Open ones are there only."""
    try:
        return call(LIST_ENDED_LEGACY_CASES, Page(cursor=cursor, limit=PAGE))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
