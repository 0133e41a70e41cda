"""工作台首页: what waits for whom, how much of it, how old, and what is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar, get_args

from chassis.errors import Problem
from contracts.archive import LIST_ISSUING, TOTAL_ISSUING
from contracts.base import Empty, Model, RpcMethod
from contracts.enquiries import TOTAL_CALLBACKS
from contracts.examination import TOTAL_EXAMINATIONS
from contracts.expedite import TOTAL_EXPEDITES
from contracts.filing import DESCRIBE_FORM, DescribeForm
from contracts.forms import FilingType
from contracts.guides import TOTAL_GUIDE_TEXTS
from contracts.identity import TOTAL_RECOVERIES, TOTAL_VERIFICATIONS
from contracts.identity.reopening import TOTAL_REOPENINGS
from contracts.legacy_bridge import TOTAL_LEGACY_CASES
from contracts.mailing import TOTAL_MAILING
from contracts.office_acts import TOTAL_OFFICE_ACTS
from contracts.paging import Page, QueueTotals
from contracts.personnel import TOTAL_STAFF_CHANGES
from contracts.refunds import TOTAL_REFUNDS
from contracts.seals import TOTAL_OPENINGS
from contracts.statements import TOTAL_BANK_ROWS
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from gateway.pages.staff_access import staff_only
from gateway.web.caller import caller
from gateway.web.calls import call

pages = staff_only(Blueprint("workbench", __name__, url_prefix="/staff"))
issuing_pages = staff_only(Blueprint("issuing", __name__, url_prefix="/staff/issuing"), "archivist", "administrator")
PAGE = 50
R = TypeVar("R", bound=Model)
_ANY: FilingType = get_args(FilingType)[0]
"""Every description of a form says the day."""
EXAMINERS = frozenset({"examiner", "senior_examiner"})


@dataclass(frozen=True)
class Queue:
    """One queue on the dashboard. ``count`` is -1 when its service does not answer. ``days_left`` is of the most
    urgent, ``waited`` of the oldest, in calendar days; ``imported``: since it came here with a file."""

    title: str
    url: str
    count: int
    overdue: int = 0
    days_left: int | None = None
    waited: int | None = None
    imported: bool = False


@pages.get("")
def workbench() -> str:
    """The queues of the caller's roles; one whose service does not answer says so."""
    roles = caller().actor.roles
    return render_template("staff/workbench.html", queues=_queues(roles), roles=sorted(roles), words=role_words())


@issuing_pages.get("")
def issuing() -> str:
    """Certificates that are still being made, and what keeps them."""
    cursor = request.args.get("after") or None
    queue = call(LIST_ISSUING, Page(cursor=cursor, limit=PAGE))
    return render_template("staff/issuing.html", queue=queue, first=cursor is None)


def office_day() -> date:
    """Today as the office counts it: Asia/Shanghai, with the sandbox's moved clock."""
    return call(DESCRIBE_FORM, DescribeForm(type=_ANY)).on


def role_words() -> dict[str, str]:
    return {
        "reviewer": _("实名审核员"),
        "intake": _("收件员"),
        "examiner": _("审查员"),
        "senior_examiner": _("高级审查员"),
        "cashier": _("出纳"),
        "archivist": _("档案员"),
        "customer_service": _("客服"),
        "administrator": _("管理员"),
    }


def _queues(roles: frozenset[str]) -> list[Queue]:
    found: list[Queue] = []
    if "reviewer" in roles:
        found.append(_shown(_("实名审核"), url_for("staff_verifications.queue"), _told(TOTAL_VERIFICATIONS)))
        wrong = url_for("staff_verifications.queue", state="reopening")
        found.append(_shown(_("待您复核的撤回"), wrong, _told(TOTAL_REOPENINGS)))
    if "customer_service" in roles:
        found.append(_shown(_("回电"), url_for("staff_enquiries.callbacks", scope="open"), _told(TOTAL_CALLBACKS)))
        found.append(_shown(_("账号找回"), url_for("staff_recoveries.queue"), _told(TOTAL_RECOVERIES)))
    if "cashier" in roles:
        rows = _shown(_("银行流水"), url_for("staff_bank.queue"), _told(TOTAL_BANK_ROWS))
        found.append(replace(rows, imported=True))
        found.append(_shown(_("退款"), url_for("staff_refunds.queue"), _told(TOTAL_REFUNDS)))
    if roles & EXAMINERS:
        queues = _examinations()
        for name, title in examination_queues():
            found.append(_shown(title, url_for("staff_examinations.queue", queue=name), queues.get(name)))
        found += _old_cases()
    elif "intake" in roles:
        found.append(_shown(_("等待纸质材料"), url_for("paper.paper"), _examinations().get("awaiting_paper")))
    if "senior_examiner" in roles:
        found.append(_shown(_("加急申请"), url_for("staff_expedites.queue"), _told(TOTAL_EXPEDITES)))
    if roles & {"archivist", "senior_examiner"}:
        found.append(_shown(_("撤销和更正"), url_for("staff_office_acts.queue"), _told(TOTAL_OFFICE_ACTS)))
    if roles & {"archivist", "senior_examiner"}:
        found.append(_shown(_("启封查看"), url_for("staff_seals.queue"), _told(TOTAL_OPENINGS)))
    if "archivist" in roles:
        found.append(_shown(_("邮寄证书"), url_for("staff_mailing.queue"), _told(TOTAL_MAILING)))
    if roles & {"archivist", "administrator"}:
        found.append(_shown(_("正在制证"), url_for("issuing.issuing"), _told(TOTAL_ISSUING)))
    if "administrator" in roles:
        changes = url_for("staff_members.members", waiting=1)
        found.append(_shown(_("待您确认的人员变更"), changes, _told(TOTAL_STAFF_CHANGES)))
        drafts = url_for("staff_guides.texts", state="draft")
        found.append(_shown(_("待您发布的指南文字"), drafts, _told(TOTAL_GUIDE_TEXTS)))
    return found


def _old_cases() -> list[Queue]:
    """Cases of the old system, which wait beside the new ones: for the office, and for a second examiner."""
    told = _told(TOTAL_LEGACY_CASES)
    queues = told.queues if told else {}
    shown = ((_("旧系统业务"), None, "office"), (_("旧系统业务：待复核的不予登记"), "second", "second"))
    return [_shown(title, url_for("staff_old_cases.queue", state=tab), queues.get(name)) for title, tab, name in shown]


def tab_with_work(tabs: Sequence[str], counts: Mapping[str, int]) -> str:
    """The tab that a queue opens with: the first in which something waits, else the first."""
    return next((name for name in tabs if counts.get(name)), tabs[0])


def examination_queues() -> list[tuple[str, str]]:
    """Names of the examiners' queues in the contract, and on pages."""
    return [
        ("unclaimed", _("待领取")),
        ("mine", _("我承办的")),
        ("second", _("待复核的不予登记")),
        ("awaiting_paper", _("等待纸质材料")),
    ]


def _examinations() -> Mapping[str, QueueTotals]:
    totals = _told(TOTAL_EXAMINATIONS)
    return totals.queues if totals else {}


def _told(method: RpcMethod[Empty, R]) -> R | None:
    """None when the service does not answer: the other queues are shown all the same."""
    try:
        return call(method, Empty())
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def _shown(title: str, url: str, totals: QueueTotals | None) -> Queue:
    if totals is None:
        return Queue(title, url, -1)
    return Queue(
        title,
        url,
        totals.count,
        overdue=totals.late,
        days_left=(totals.due_on - totals.on).days if totals.due_on else None,
        waited=max((totals.on - totals.since).days, 0) if totals.since else None,
    )
