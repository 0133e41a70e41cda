"""我的登记: every case of mine, always shown the same way, and taking one back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

from chassis.clock import utc_now
from chassis.errors import Problem
from contracts.filing import (
    DISCARD_APPLICATION,
    LIST_APPLICATIONS,
    WITHDRAW_APPLICATION,
    ApplicationView,
    CaseGroup,
    DiscardApplication,
    ListApplications,
    WithdrawApplication,
)
from contracts.forms import Kind, Procedure
from contracts.mailing import ParcelView
from contracts.payment import GET_ORDER, GetOrder, OrderView
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.about import PROBLEMS, begin_again
from gateway.forms.answers import sheet
from gateway.forms.descriptions import describe_case
from gateway.forms.words import role_words, target_label
from gateway.pages.access import applicants_only
from gateway.pages.case_history import history_of
from gateway.pages.case_money import kept, order_for_page, refunds_of, slip_of
from gateway.pages.mailing import parcels_of
from gateway.pages.refund_words import because_words, progress_of
from gateway.pages.registration import procedure_refused
from gateway.pages.state_words import case_state_words
from gateway.pages.wizard import load, load_draft
from gateway.web.calls import call
from gateway.web.documents import documents_of, once
from gateway.web.forms import PageForm, entered
from gateway.web.rates import rate

pages = applicants_only(Blueprint("cases", __name__, url_prefix="/account/applications"))
pages.add_app_template_global(case_state_words)
Answer = str | Response | tuple[str, int]
PAGE = 20
LONGEST_TEXT = 100
MOVING = ("order", "certificate")
"""What a case waits for that takes seconds: its page asks again within as many."""
SETTLES = timedelta(minutes=10)
"""How long after the last thing that happened the papers of a finished case may still come."""


@pages.get("")
def mine() -> str:
    """My cases, by who must act next, by kind, by procedure and by what they are called; counted and paged by
    filing."""
    wanted = {name: request.args.get(name, "").strip() for name in ("group", "kind", "procedure", "text")}
    group: Any = wanted["group"] if wanted["group"] in get_args(CaseGroup) else None
    kind: Any = wanted["kind"] if wanted["kind"] in get_args(Kind) else None
    procedure: Any = wanted["procedure"] if wanted["procedure"] in get_args(Procedure) else None
    cursor = request.args.get("after") or None
    text = wanted["text"][:LONGEST_TEXT]
    asked = ListApplications(
        group=group, kind=kind, procedure=procedure, text=text, counts=True, cursor=cursor, limit=PAGE
    )
    found = call(LIST_APPLICATIONS, asked)
    kept = {"kind": kind, "procedure": procedure, "text": text or None}
    return render_template(
        "account/applications.html",
        cases=found,
        items=found.items,
        first=cursor is None,
        group=group,
        kept=kept,
        procedures=get_args(Procedure),
        filtered=bool(kind or procedure or text),
        here=lambda **more: url_for("cases.mine", **{"group": group, **kept, **more}),
    )


@pages.get("/<application_id>")
def case(application_id: str) -> Answer:
    """A filed case with all that happened; a draft goes on in the wizard."""
    shown = load(application_id)
    if shown.state == "draft":
        return redirect(url_for("wizard.steps", application_id=application_id), 303)
    described = describe_case(shown)
    fee = fee_asked(shown)
    paid, order = is_paid(shown, fee), order_for_page(shown)
    return render_template(
        "account/case.html",
        case=shown,
        documents=once(documents_of(application_id)),
        paid=paid,
        fee=fee,
        slip=slip_of(fee),
        moving=shown.waiting_for in MOVING or (shown.state == "submitted" and paid),
        payable=shown.waiting_for == "applicant_payment",
        live=_live(shown),
        due=_due(shown),
        parcel=_parcel(shown),
        history=history_of(shown, order),
        refunds=refunds_of(shown, order),
        kept=kept(shown),
        progress=progress_of,
        because=because_words(),
        description=described.description,
        roles=role_words(described),
        target_label=lambda target: target_label(described, shown, target),
        answers=[
            (step, sheet(described, step.fields, shown.form)) for step in described.steps if step.kind == "fields"
        ],
    )


@pages.get("/<application_id>/withdrawal")
def withdrawal(application_id: str) -> Answer:
    """Asks whether it is meant, and says what it costs."""
    shown = load(application_id)
    if "withdraw" not in shown.allowed_actions:
        return redirect(url_for("cases.case", application_id=application_id), 303)
    return _asked(shown, PageForm())


@pages.post("/<application_id>/withdrawal")
def withdraw(application_id: str) -> Answer:
    """Takes the application back, once the box is ticked that says what this means."""
    form = PageForm.from_request()
    if not form.value("confirmed"):
        return _asked(load(application_id), form, unconfirmed=True), 422
    try:
        call(
            WITHDRAW_APPLICATION,
            entered(WithdrawApplication, application_id=application_id, reason=form.value("reason")),
        )
    except Problem as problem:
        return _asked(load(application_id), form.refused(problem)), problem.status
    flash(_("申请已撤回。"), "success")
    return redirect(url_for("cases.case", application_id=application_id), 303)


def _asked(shown: ApplicationView, form: PageForm, *, unconfirmed: bool = False) -> str:
    return render_template("account/withdrawal.html", case=shown, form=form, kept=kept(shown), unconfirmed=unconfirmed)


@pages.post("/<application_id>/new-draft")
@rate(60)
def again(application_id: str) -> Answer:
    """Goes on in a new draft with the values and files of a case that has ended. What the register has against it by
    now is said where it would be begun."""
    ended = load(application_id)
    try:
        begun = begin_again(ended)
    except Problem as problem:
        if ended.about is None or problem.code not in PROBLEMS:
            raise
        return procedure_refused(ended.type, ended.about, problem)
    if begun.begun_from == application_id:
        flash(_("这份草稿用原申请的内容和文件建立。请逐步核对，改正之后再提交。"), "success")
    else:
        flash(_("这项登记已有一份草稿，请接着填写。"), "info")
    return redirect(url_for("wizard.steps", application_id=begun.application_id), 303)


@pages.get("/<application_id>/deletion")
def deletion(application_id: str) -> Answer:
    """Asks whether a draft is to be deleted, and says what is lost with it."""
    try:
        shown = load_draft(application_id)
    except Problem as problem:
        return _not_there(problem)
    if "discard" not in shown.allowed_actions:
        return redirect(url_for("wizard.steps", application_id=application_id), 303)
    return render_template("account/deletion.html", case=shown)


@pages.post("/<application_id>/deletion")
def delete(application_id: str) -> Answer:
    """Deletes a draft for good. What another page filed or deleted a moment before stays as that page left it."""
    try:
        call(DISCARD_APPLICATION, DiscardApplication(application_id=application_id))
    except Problem as problem:
        if problem.code == "application_frozen":
            flash(_("这件申请已经提交，没有删除；下面是它现在的情况。"), "info")
            return redirect(url_for("cases.case", application_id=application_id), 303)
        return _not_there(problem)
    flash(_("草稿已删除。"), "success")
    return redirect(url_for("cases.mine"), 303)


def _not_there(problem: Problem) -> Response:
    """To the list, from a page of a draft that is deleted already; any other problem is raised."""
    if problem.code != "application_discarded":
        raise problem
    flash(_("这份草稿已经不在了。"), "info")
    return redirect(url_for("cases.mine"), 303)


def _parcel(shown: ApplicationView) -> ParcelView | None:
    """With the paper certificate of what the case registered."""
    number = shown.registration_number
    return parcels_of([number]).get(number) if number and shown.state == "registered" and not shown.about else None


def fee_asked(shown: ApplicationView) -> OrderView | None:
    """While its fee is waited for, the order as payment has it."""
    if shown.waiting_for != "applicant_payment":
        return None
    try:
        return call(GET_ORDER, GetOrder(application_id=shown.application_id))
    except Problem:  # the case is shown although nobody can say more of its fee now
        return None


def is_paid(shown: ApplicationView, fee: OrderView | None) -> bool:
    """As filing has heard it, or as payment knows it a moment before: who has just paid is not asked to pay again."""
    if shown.waiting_for != "applicant_payment":
        return shown.order is not None and shown.order.state == "paid"
    return fee is not None and fee.state == "paid"


def _live(shown: ApplicationView) -> bool:
    """Whether anything may still happen while the page is read: then it asks again by itself."""
    last = max((action.at for action in shown.actions), default=None)
    return shown.waiting_for != "nobody" or (last is not None and utc_now() - last < SETTLES)


def _due(shown: ApplicationView) -> dict[str, object]:
    """The running deadline of each kind, the latest of several."""
    return {deadline.kind: deadline for deadline in shown.deadlines if deadline.state in ("running", "paused")}
