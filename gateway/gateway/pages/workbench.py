"""工作台首页: what waits for whom, how much of it, how old, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis.errors import Problem
from contracts.archive import LIST_ISSUING, IssuingQueue
from contracts.examination import LIST_EXAMINATIONS, ExaminationList, ListExaminations
from contracts.filing import DESCRIBE_FORM, DescribeForm
from contracts.identity import LIST_VERIFICATION_QUEUE, ListVerifications
from contracts.paging import Page
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from gateway.pages.staff_access import staff_only
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.languages import SHANGHAI

pages = staff_only(Blueprint("workbench", __name__, url_prefix="/staff"))
issuing_pages = staff_only(Blueprint("issuing", __name__, url_prefix="/staff/issuing"), "archivist", "administrator")
MANY = 200
EXAMINERS = frozenset({"examiner", "senior_examiner"})


@dataclass(frozen=True)
class Queue:
    """One queue on the dashboard. ``count`` is -1 when its service does not answer; ``more``: there are at least that
    many. ``days_left`` is of the most urgent, ``waited`` of the oldest, in calendar days."""

    title: str
    url: str
    count: int
    more: bool = False
    overdue: int = 0
    days_left: int | None = None
    waited: int | None = None


@pages.get("")
def workbench() -> str:
    """The queues of the caller's roles; one whose service does not answer says so."""
    roles = caller().actor.roles
    return render_template("staff/workbench.html", queues=_queues(roles), roles=sorted(roles), words=role_words())


@issuing_pages.get("")
def issuing() -> str:
    """Certificates that are still being made, and what keeps them."""
    cursor = request.args.get("after") or None
    return render_template("staff/issuing.html", queue=call(LIST_ISSUING, Page(cursor=cursor, limit=MANY)))


def office_day() -> date:
    """Today as the office counts it: Asia/Shanghai, with the sandbox's moved clock."""
    return call(DESCRIBE_FORM, DescribeForm(type="work_registration")).on


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
        found.append(_counted(_verifications, _("实名审核"), url_for("staff_verifications.queue")))
    if roles & EXAMINERS:
        for name, title in examination_queues():
            url = url_for("staff_examinations.queue", queue=name)
            found.append(_counted(lambda t, u, q=name: _examinations(t, u, q), title, url))
    elif "intake" in roles:
        found.append(
            _counted(lambda t, u: _examinations(t, u, "awaiting_paper"), _("等待纸质材料"), url_for("paper.paper"))
        )
    if roles & {"archivist", "administrator"}:
        found.append(_counted(_issuing, _("正在制证"), url_for("issuing.issuing")))
    return found


def examination_queues() -> list[tuple[str, str]]:
    """Names of the examiners' queues in the contract, and on pages."""
    return [
        ("unclaimed", _("待领取")),
        ("mine", _("我承办的")),
        ("second", _("待复核的不予登记")),
        ("awaiting_paper", _("等待纸质材料")),
    ]


def _counted(ask: Any, title: str, url: str) -> Queue:
    try:
        queue: Queue = ask(title, url)
        return queue
    except Problem as problem:
        if problem.status < 500:
            raise
        return Queue(title, url, -1)


def _verifications(title: str, url: str) -> Queue:
    found = call(LIST_VERIFICATION_QUEUE, ListVerifications(limit=MANY))
    today = office_day()
    items = found.items
    return Queue(
        title,
        url,
        len(items),
        more=found.next_cursor is not None,
        overdue=sum(item.overdue for item in items),
        days_left=(items[0].due_on - today).days if items else None,
        waited=max((_days_since(item.submitted_at, today) for item in items), default=None),
    )


def _examinations(title: str, url: str, queue: Any) -> Queue:
    found: ExaminationList = call(LIST_EXAMINATIONS, ListExaminations(queue=queue, limit=MANY))
    today = office_day()
    due = [item.due_on for item in found.items if item.due_on]
    accepted = [item.accepted_on for item in found.items if item.accepted_on]
    return Queue(
        title,
        url,
        found.counts[queue],
        overdue=sum(item.overdue for item in found.items),
        days_left=(min(due) - today).days if due else None,
        waited=(today - min(accepted)).days if accepted else None,
    )


def _issuing(title: str, url: str) -> Queue:
    found: IssuingQueue = call(LIST_ISSUING, Page(limit=MANY))
    today = office_day()
    return Queue(
        title,
        url,
        len(found.items),
        more=len(found.items) == MANY,
        overdue=sum(bool(job.last_error) for job in found.items),
        waited=max((_days_since(job.queued_at, today) for job in found.items), default=None),
    )


def _days_since(at: datetime, today: date) -> int:
    return max((today - at.astimezone(SHANGHAI).date()).days, 0)
