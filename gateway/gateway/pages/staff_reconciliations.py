"""对账: days against the bills of providers and the statements of the bank: each difference is explained or waits."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from chassis.errors import Problem
from contracts.books import (
    EXPLAIN_DIFFERENCE,
    GET_RECONCILIATION,
    LIST_RECONCILIATIONS,
    RECONCILE_AGAIN,
    Difference,
    ExplainDifference,
    ListReconciliations,
    ReconciliationOf,
    ReconciliationView,
)
from contracts.payment import Method
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.bank_words import row_reasons
from gateway.pages.refund_words import method_words
from gateway.pages.sheets import amount, csv_file
from gateway.pages.staff_access import staff_only
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = staff_only(
    Blueprint("staff_reconciliations", __name__, url_prefix="/staff/reconciliations"), "cashier", "administrator"
)
Answer = str | Response | tuple[str, int]
PAGE = 40


@pages.get("")
def days() -> str:
    """The newest days first; those with something to explain, if so wished."""
    cursor, open_only = request.args.get("after") or None, bool(request.args.get("open"))
    found = call(LIST_RECONCILIATIONS, ListReconciliations(cursor=cursor, open_only=open_only, limit=PAGE))
    return _render("staff/reconciliations.html", found=found, open_only=open_only, first=cursor is None)


@pages.get("/<method>/<day>")
def one(method: str, day: str) -> str:
    """One day with one provider, and every difference."""
    return _page(_of(method, day), PageForm())


@pages.post("/<method>/<day>")
def act(method: str, day: str) -> Answer:
    """Compares once more, or explains a difference."""
    asked, form = _of(method, day), PageForm.from_request()
    try:
        if form.value("step") == "again":
            call(RECONCILE_AGAIN, asked)
            flash(_("已重新对账，几秒钟后刷新页面查看。"), "success")
        else:
            explained = entered(
                ExplainDifference,
                difference_id=form.value("difference_id"),
                explanation=form.value("explanation"),
            )
            call(EXPLAIN_DIFFERENCE, explained)
            flash(_("已记下说明。"), "success")
    except Problem as problem:
        if problem.status in (403, 404) or problem.status >= 500:
            raise
        return _page(asked, form.refused(problem)), problem.status
    return redirect(url_for("staff_reconciliations.one", method=method, day=day), 303)


@pages.get("/<method>/<day>.csv")
def file(method: str, day: str) -> Response:
    """The differences of a day, for a spreadsheet."""
    view = call(GET_RECONCILIATION, _of(method, day))
    heading = [
        _("类型"),
        _("对象"),
        _("号码"),
        _("我方（元）"),
        _("对方（元）"),
        _("我方状态"),
        _("对方状态"),
        _("说明"),
    ]
    kinds, whats = kind_words(), what_words()
    rows = [
        [
            kinds[one.kind],
            whats[one.what],
            one.number,
            amount(one.ours),
            amount(one.theirs),
            one.our_state,
            one.their_state,
            explained(one) or (_("已消除") if one.cleared_at else _("待说明")),
        ]
        for one in view.differences
    ]
    return csv_file(f"reconciliation-{method}-{day}", heading, rows)


def kind_words() -> dict[str, str]:
    """Kinds of difference."""
    return {
        "missing_here": _("账单有，我方没有"),
        "missing_there": _("我方有，账单没有"),
        "amount": _("金额不同"),
        "state": _("状态不同"),
        "timing": _("跨日"),
    }


def what_words() -> dict[str, str]:
    return {"payment": _("收款"), "refund": _("退款"), "balance": _("余额衔接")}


def explained(difference: Difference) -> str:
    """Why, in words: what explains itself has a code, and a day or the reason of the bank's row."""
    code, _colon, day = difference.explanation.partition(":")
    if difference.explained_by == "system" and code == "row":
        return row_reasons().get(day, day)
    if difference.explained_by == "system" and code == "booked":
        return str(_("我方记在 %(day)s", day=day))
    if difference.explained_by == "system" and code == "billed":
        return str(_("在 %(day)s 的账单上", day=day))
    return difference.explanation


def _of(method: str, day: str) -> ReconciliationOf:
    """Problem ``not_found`` for what is no provider or no day."""
    try:
        wanted: Any = method
        if method not in get_args(Method):
            raise ValueError(method)
        return ReconciliationOf(day=date.fromisoformat(day), method=wanted)
    except ValueError:
        raise Problem("not_found") from None


def _page(asked: ReconciliationOf, form: PageForm) -> str:
    view: ReconciliationView = call(GET_RECONCILIATION, asked)
    may_act = "cashier" in caller().actor.roles
    return _render("staff/reconciliation.html", view=view, form=form, may_act=may_act, explained=explained)


def _render(template: str, **values: Any) -> str:
    states = {"waiting": _("等待账单"), "done": _("已核对"), "failed": _("没有取到账单")}
    words = {"methods": method_words(), "states": states, "kinds": kind_words(), "whats": what_words()}
    return render_template(template, **words, **values)
