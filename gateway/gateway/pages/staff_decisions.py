"""What an examiner may decide of a case, the question before a registration, and the case that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.errors import Problem
from contracts.examination import LIST_EXAMINATIONS, ListExaminations
from contracts.filing import ApplicationView
from flask import render_template, url_for
from flask_babel import gettext as _

from gateway.forms.described import Described
from gateway.forms.words import target_label
from gateway.pages.approval_words import approval_of
from gateway.pages.colleagues import names_of
from gateway.pages.correction_parts import reckoned_by
from gateway.pages.staff_defects import EnteredDefect, bases
from gateway.pages.staff_register import OfRegister, dealt, parties
from gateway.pages.workbench import office_day
from gateway.web.calls import call
from gateway.web.forms import PageForm

DECIDING = frozenset({"approve", "oppose_refusal", "refuse", "propose_refusal"})
"""Actions of a case that a decision leads to; who may take one of them decides."""


def registers(view: ApplicationView, decision: str) -> bool:
    """Whether deciding so registers the case at once: an approval that does not merely oppose a refusal."""
    examined = view.state == "under_examination" or (view.state == "refusal_proposed" and bool(view.opposed_by))
    return decision == "approve" and examined


def ends(view: ApplicationView, decision: str) -> bool:
    """Whether deciding so ends the case at once, for good: as a registration, or as a refusal by a second examiner."""
    return registers(view, decision) or (decision == "refuse" and "refuse" in view.allowed_actions)


@dataclass(frozen=True)
class Choice:
    """A decision that may be taken: its value, key, name, what comes of it; ``closed``: why it cannot be taken now."""

    value: str
    key: str
    name: str
    more: str
    closed: str = ""


def decisions(view: ApplicationView, register: OfRegister) -> list[Choice]:
    """Each decision that the caller may take. What the register does not admit is there, and closed."""
    allowed = set(view.allowed_actions)
    found: list[Choice] = []
    if "approve" in allowed:
        closed = str(_("登记簿的核对没有通过，现在不能准予。")) if register.closed else ""
        if view.order is not None and view.order.state == "pending":
            closed = str(_("登记费还没有缴清，缴清之前不能准予登记"))
        words = approval_of(view.type)
        found.append(Choice("approve", "A", str(words.name), str(words.more), closed))
    elif "oppose_refusal" in allowed:
        found.append(Choice("approve", "A", _("认为应当登记"), _("写明理由；还有一位审查员也认为应当登记的，才登记。")))
    if "request_correction" in allowed:
        found.append(Choice("correct", "B", _("要求补正"), _("逐条写明，申请人在期限内答复，审查期限暂停。")))
    if "refuse" in allowed:
        found.append(Choice("refuse", "R", _("决定不予登记"), _("同意不予登记，决定生效，通知申请人。")))
    elif "propose_refusal" in allowed:
        found.append(Choice("refuse", "R", _("决定不予登记"), _("先成为建议，另一位审查员同意后生效。")))
    return found


def own_reason(view: ApplicationView, decision: str, form: PageForm) -> str:
    """What the examiner wrote, for what they decide: who opposes a refusal has a field of their own for that, and has
    not written the reason that stands in the other one."""
    reason = form.value("reason")
    if decision != "approve":
        return reason
    return form.value("opposing_reason") or ("" if reason == view.proposed_reason else reason)


def opposes(view: ApplicationView) -> bool:
    """Whether thinking that a case should be registered needs a reason, for the one who decides next."""
    return "oppose_refusal" in view.allowed_actions and "approve" not in view.allowed_actions


def people_of(view: ApplicationView) -> dict[str, str]:
    """What the colleagues are called who had a case in hand."""
    acted = [action.actor for action in view.actions if action.by == "staff"]
    return names_of([view.examiner_id, view.second_examiner_id, view.opposed_by, *acted])


def wrong_field(problem: Problem, view: ApplicationView, decision: str) -> str:
    """Where a problem of a decision stands on the page."""
    if problem.code == "reason_required":
        return "opposing_reason" if decision == "approve" and opposes(view) else "reason"
    return "defects" if problem.code == "defects_required" else "decision"


def ask(
    view: ApplicationView, described: Described, register: OfRegister, decision: str, reason: str, basis: str
) -> str:
    """Asks once before what cannot be taken back: of what, for whom, under which number or why, what is recorded with
    whom, who has a pledge on it, and what follows."""
    year = office_day().year
    number = f"国作登字-{year}-…" if view.kind == "work" else f"{year}SR…"
    return render_template(
        "staff/approval.html",
        case=view,
        decision=decision,
        reason=reason,
        basis=basis,
        basis_words=next((one.words for one in bases(view) if one.code == basis), view.proposed_basis),
        number_form=number,
        approval=approval_of(view.type),
        register=register,
        parties=parties(view, described),
        dealt=dealt(view, described),
    )


def ask_to_correct(view: ApplicationView, described: Described, rows: Sequence[EnteredDefect]) -> str:
    """Shows the correction as the applicant will read it, before it is sent."""
    return render_template(
        "staff/correction.html",
        case=view,
        rows=rows,
        target_label=lambda target: target_label(described, view, target),
        reckoned_by=lambda target: reckoned_by(described, target),
    )


def after() -> str:
    """Where to go on: the next case of one's own, else those that wait."""
    found = call(LIST_EXAMINATIONS, ListExaminations(queue="mine", limit=1)).items
    if found:
        return url_for("staff_examinations.case", application_id=found[0].application_id)
    return url_for("staff_examinations.queue")


def taken(problem: Problem) -> str:
    """Who has the case that somebody wanted to claim, since when, and the one that is first of those that wait."""
    holder, since = str(problem.params["examiner_id"]), str(problem.params["since"])
    waiting = call(LIST_EXAMINATIONS, ListExaminations(limit=1)).items
    return render_template(
        "staff/taken.html",
        title=problem.params.get("title"),
        who=names_of([holder]).get(holder),
        since=datetime.fromisoformat(since) if since else None,
        following=waiting[0] if waiting else None,
    )


def said(before: ApplicationView, decided: ApplicationView) -> str:
    """What has become of it, in a sentence."""
    title: Any = decided.title
    if decided.state == "approved":
        return approval_of(decided.type).told(title)
    if decided.state == "awaiting_correction":
        return str(_("补正通知已发给申请人：%(title)s。", title=title))
    if decided.state == "refusal_proposed" and before.state != "refusal_proposed":
        return str(_("已建议不予登记：%(title)s。等待另一位审查员复核后生效。", title=title))
    if decided.state == "refusal_proposed":
        return str(_("您的意见已记下：%(title)s。还有一位审查员也认为应当登记的，才登记。", title=title))
    return str(_("已决定不予登记：%(title)s，通知书已发给申请人。", title=title))
