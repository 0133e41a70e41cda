"""退款的工作单: the cashiers' queues, an order whose lines go back, one refund with its steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.filing import FIND_CASES, FindCases, FoundCase
from contracts.refunds import (
    ASK_REFUND,
    ASSIGN_HELD,
    DECIDE_REFUND,
    FIND_ORDERS,
    GET_PAYMENT_FILE,
    GET_REFUND,
    LIST_REFUNDS,
    MAKE_PAYMENT_FILE,
    AskRefund,
    AssignHeld,
    DecideRefund,
    FindOrders,
    FoundOrder,
    ListRefunds,
    PaymentFileRef,
    RefundQueue,
    RefundRef,
    RefundStep,
    RefundView,
    Remitter,
)
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.colleagues import names_of
from gateway.pages.refund_words import (
    action_words,
    because_words,
    method_words,
    queue_words,
    state_of,
    state_words,
    step_words,
)
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import tab_with_work
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import counted, language, moment, yuan
from gateway.web.texts import problem_text

pages = staff_only(Blueprint("staff_refunds", __name__, url_prefix="/staff/refunds"), "cashier")
Answer = str | Response | tuple[str, int]
PAGE = 50
LONGEST_TEXT = 60
WAITING = ("to_approve", "failed", "held", "under_way")
"""Queues in which something waits for a cashier."""
MOST_CASES = 20
"""Fees whose cases are looked at; an order of a batch has a thousand."""
OVER = frozenset({"registered", "refused", "withdrawn", "lapsed"})
"""States in which a case goes on no more."""
_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)


@pages.get("")
def queue() -> str:
    """One queue, searched and page by page."""
    asked = request.args.get("queue")
    name: Any = asked if asked in get_args(RefundQueue) else "to_approve"
    text, cursor = request.args.get("text", "").strip()[:LONGEST_TEXT], request.args.get("after") or None
    found = call(LIST_REFUNDS, ListRefunds(queue=name, text=text, cursor=cursor, limit=PAGE))
    busy: Any = tab_with_work(WAITING, found.counts)
    if asked is None and busy != name:
        name, found = busy, call(LIST_REFUNDS, ListRefunds(queue=busy, text=text, limit=PAGE))
    return _render("staff/refunds.html", found=found, queue=name, text=text, first=cursor is None, queues=queue_words())


@pages.get("/orders")
def orders() -> str:
    """Orders by what is known of them, to return lines of one."""
    text = request.args.get("text", "").strip()[:LONGEST_TEXT]
    found = call(FIND_ORDERS, FindOrders(text=text)) if text else None
    return _render("staff/refund_orders.html", found=found, text=text)


@pages.get("/orders/<order_id>")
def order(order_id: str) -> str:
    """The lines of an order and what may still be returned of each."""
    found = _find(order_id)
    return _order_page(found, PageForm(_paid_by(found.remitters)))


@pages.post("/orders/<order_id>")
def ask(order_id: str) -> Answer:
    """Asks for the return of lines."""
    form = PageForm.from_request()
    try:
        lines = [
            {"line": int(name.removeprefix("line-")), "amount": fen(value, name)}
            for name, value in request.form.items()
            if re.fullmatch("line-[0-9]{1,6}", name, re.ASCII) and value.strip()
        ]
        call(ASK_REFUND, _asked(form, order_id=order_id, lines=lines))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _order_page(_find(order_id), form.refused(problem)), problem.status
    return _told(_("已提交，等另一位出纳复核。"))


@pages.post("/files")
def make_file() -> Answer:
    """Gathers what was approved for the bank into a payment file."""
    try:
        made = call(MAKE_PAYMENT_FILE, Empty())
    except Problem as problem:
        if problem.status >= 500:
            raise
        flash(problem_text(problem.code, problem.params, language()).sentence, "warning")
        return redirect(url_for("staff_refunds.queue", queue="under_way"), 303)
    flash(counted("已制作付款文件，共 %(n)s 笔。", made.transfers), "success")
    return redirect(url_for("staff_refunds.made", file_id=made.file_id), 303)


@pages.get("/files/<file_id>")
def made(file_id: str) -> str:
    """A payment file: how much it moves, and where it is to be had."""
    return _render("staff/refund_file.html", file=call(GET_PAYMENT_FILE, PaymentFileRef(file_id=file_id)).file)


@pages.get("/files/<file_id>.xml")
def file(file_id: str) -> Response:
    """The payment file itself, for the bank; kept nowhere on the way."""
    found = call(GET_PAYMENT_FILE, PaymentFileRef(file_id=file_id))
    answer = make_response(found.content)
    answer.content_type = "application/xml; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file.file_id}.xml"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<refund_id>")
def refund(refund_id: str) -> str:
    """One refund with all that happened to it."""
    view = call(GET_REFUND, RefundRef(refund_id=refund_id))
    return _page(view, PageForm(_given(view) or _paid_by([view.remitter] if view.remitter else [])))


@pages.post("/<refund_id>")
def decide(refund_id: str) -> Answer:
    """Asks for held money, or takes the next step."""
    form = PageForm.from_request()
    step: Any = form.value("step")
    try:
        if step == "request":
            amount = fen(form.value("amount"), "amount") if form.value("amount").strip() else None
            call(ASK_REFUND, _asked(form, refund_id=refund_id, amount=amount))
            return _told(_("已提交，等另一位出纳复核。"))
        if step == "assign":
            given = {"order": form.value("order").strip(), "note": form.value("assign_note")}
            call(ASSIGN_HELD, entered(AssignHeld, refund_id=refund_id, **given))
            return _told(_("已转入缴费单。"))
        if step not in get_args(RefundStep):
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        view = call(DECIDE_REFUND, entered(DecideRefund, refund_id=refund_id, step=step, note=form.value("note")))
    except Problem as problem:
        if problem.code == "refund_unknown" or problem.status >= 500:
            raise
        return _page(call(GET_REFUND, RefundRef(refund_id=refund_id)), form.refused(problem)), problem.status
    if view.state == "approved" and view.method == "bank":
        flash(_("已核准。下一步：制作银行付款文件。"), "success")
        return redirect(url_for("staff_refunds.refund", refund_id=refund_id), 303)
    what = view.title or " ".join(part for part in (view.payer, yuan(view.amount)) if part)
    return _told(_("%(what)s：%(state)s", what=what, state=state_of(view)))


def fen(text: str, field: str) -> int:
    """What somebody typed in yuan, with two decimals at most. Problem ``request_invalid`` for that field."""
    found = _YUAN.fullmatch(text.strip().replace(",", "").removeprefix("¥").strip())
    if found is None:
        raise Problem("request_invalid", errors=[FieldError(field, "value_error")])
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _asked(form: PageForm, **what: Any) -> AskRefund:
    given = {name: form.value(f"payee_{name}").strip() for name in ("name", "account", "bank", "bank_code")}
    payee = given if any(given.values()) else None
    words = {name: form.value(name) for name in ("evidence", "payee_why")}
    reason, pays = form.value("reason") or form.value("pays_reason"), form.value("pays").strip() or None
    return entered(AskRefund, payee=payee, pays=pays, reason=reason, **words, **what)


def _given(view: RefundView) -> dict[str, str]:
    """The account that the payer has given since the bank sent the money back, and the cashier's first words."""
    if view.offered is None or view.offered_at is None:
        return {}
    why = _("付款人 %(at)s 在缴费页给出的另一个账户。", at=moment(view.offered_at))
    told = {f"payee_{name}": getattr(view.offered, name) for name in ("name", "account", "bank")}
    return {**told, "reason": view.reason, "evidence": view.evidence, "payee_why": why}


def _paid_by(remitters: Sequence[Remitter]) -> dict[str, str]:
    """The payee's name to begin with: who sent the money, where it was one."""
    names = {one.payer for one in remitters if not any(map(str.isdigit, one.payer))}
    return {"payee_name": names.pop()} if len(names) == 1 else {}


def _find(order_id: str) -> FoundOrder:
    """Problem ``order_unknown``."""
    for found in call(FIND_ORDERS, FindOrders(text=order_id)).items:
        if found.order_id == order_id:
            return found
    raise Problem("order_unknown")


def _order_page(found: FoundOrder, form: PageForm) -> str:
    cases = {
        line.serial_number: case_of_fee(line.serial_number) for line in found.lines[:MOST_CASES] if line.serial_number
    }
    shown = {number: case for number, case in cases.items() if case}
    going_on = [case for case in shown.values() if case.state not in OVER]
    return _render("staff/refund_order.html", order=found, form=form, cases=shown, going_on=going_on)


def case_of_fee(serial_number: str) -> FoundCase | None:
    """The case of a fee; none of the old system's, and while filing does not answer."""
    try:
        found = call(FIND_CASES, FindCases(number=serial_number)).items
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
    return next((case for case in found if case.serial_number == serial_number), None)


def _page(view: RefundView, form: PageForm) -> str:
    names = names_of(step.actor for step in view.actions)
    words = {"actions": action_words(), "step_words": step_words()}
    return _render("staff/refund.html", view=view, form=form, names=names, **words)


def _render(template: str, **values: Any) -> str:
    words = {"states": state_words(), "because": because_words(), "methods": method_words()}
    return render_template(template, **words, **values)


def _told(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("staff_refunds.queue"), 303)
