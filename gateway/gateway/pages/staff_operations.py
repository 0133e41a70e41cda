"""运行: what services set aside, with having it tried again; and the tariff in force. For administrators."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.base import Empty
from contracts.filing import DESCRIBE_FORM, DescribeForm
from contracts.operations import LIST_SET_ASIDE, TRY_AGAIN, EverythingSetAside, TryAgain
from contracts.payment import TARIFF
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from gateway.forms.descriptions import TYPES
from gateway.pages.staff_access import staff_only
from gateway.pages.tariff_words import rests_on
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language

pages = staff_only(Blueprint("staff_operations", __name__, url_prefix="/staff/operations"), "administrator")
Answer = str | Response | tuple[str, int]
RUNBOOKS = {
    "event": "docs/runbooks/dead-letters.md",
    "unreadable": "docs/runbooks/dead-letters.md",
    "work": "docs/runbooks/parked-work.md",
}


@pages.get("")
def set_aside() -> str:
    """Of all services; one that does not answer says so."""
    return _page(PageForm())


@pages.post("/<service>")
def try_again(service: str) -> Answer:
    """One thing is handled anew, with a reason."""
    if service not in TRY_AGAIN:
        raise NotFound
    form = PageForm.from_request()
    kind: Any = form.value("kind")
    try:
        asked = entered(TryAgain, kind=kind, number=form.value("number"), reason=form.value("reason"))
        done = call(TRY_AGAIN[service], asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(form.refused(problem)), problem.status
    if done.count:
        flash(_("会再办一次。没有办成的会回到这里。"), "success")
    else:
        flash(_("这一项已经不在搁置中，什么也没有改变。"), "warning")
    return redirect(url_for("staff_operations.set_aside"), 303)


@pages.get("/settings")
def in_force() -> str:
    """What fees are charged, since when, and by what; which periods run for what is filed today."""
    forms = [call(DESCRIBE_FORM, DescribeForm(type=name, language=language())) for name in TYPES]
    return render_template("staff/in_force.html", rests_on=rests_on, tariff=call(TARIFF, Empty()), forms=forms)


def _page(form: PageForm) -> str:
    told = {name: _told(name) for name in LIST_SET_ASIDE}
    return render_template(
        "staff/operations.html",
        form=form,
        told=told,
        services=service_words(),
        whys=why_words(),
        kinds=kind_words(),
        runbooks=RUNBOOKS,
        any_found=any(found.items for found in told.values() if found),
    )


def _told(service: str) -> EverythingSetAside | None:
    """None when the service does not answer."""
    try:
        return call(LIST_SET_ASIDE[service], Empty())
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def service_words() -> dict[str, str]:
    return {
        "identity": _("账号与认证"),
        "filing": _("申请与审查"),
        "payment": _("缴费"),
        "archive": _("登记簿与证书"),
        "legacy_bridge": _("旧系统"),
    }


def kind_words() -> dict[str, str]:
    return {"event": _("消息"), "unreadable": _("读不懂的消息"), "work": _("后台工作")}


def why_words() -> dict[str, str]:
    return {
        "refused": _("不符合规则，被拒绝"),
        "died": _("处理它的进程每次都中断"),
        "unreadable": _("内容不是本系统的消息"),
        "defect": _("程序出错，详情在服务日志里"),
    }
