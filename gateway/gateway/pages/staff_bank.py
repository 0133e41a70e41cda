"""银行流水: the cashiers' queue of rows, the statements they came in, and one row with the orders it may be for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.paging import Page
from contracts.refunds import FIND_ORDERS, FindOrders, FoundOrder
from contracts.statements import (
    ACCEPT_STATEMENT,
    DECIDE_BANK_ROW,
    GET_BANK_ROW,
    GET_STATEMENT,
    LIST_BANK_ROWS,
    LIST_STATEMENTS,
    TAKE_STATEMENT,
    AcceptStatement,
    BankRowRef,
    BankRowView,
    DecideBankRow,
    ListBankRows,
    RowStep,
    StatementPart,
    StatementRef,
    StatementView,
    TakeStatement,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.bank_words import (
    action_words,
    evidence_words,
    order_states,
    refusals,
    row_reasons,
    row_states,
    statement_states,
)
from gateway.pages.colleagues import names_of
from gateway.pages.refund_words import state_words as refund_states
from gateway.pages.staff_access import staff_only
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import legal_date

pages = staff_only(Blueprint("staff_bank", __name__, url_prefix="/staff/bank"), "cashier")
Answer = str | Response | tuple[str, int]
PAGE = 50
LONGEST_TEXT = 60
FILES = ".sta,.mt940,.txt,.xml,.csv,.xls,.xlsx"


@dataclass(frozen=True)
class Part:
    """An account and period of a file, to be chosen."""

    value: str
    label: str
    hint: str
    open: bool = True


@pages.get("")
def queue() -> str:
    """Rows in a state, searched and page by page."""
    state: Any = request.args.get("state") if request.args.get("state") in (*row_states(), "all") else "waiting"
    text, cursor = request.args.get("text", "").strip()[:LONGEST_TEXT], request.args.get("after") or None
    wanted = ListBankRows(state=None if state == "all" else state, text=text, cursor=cursor, limit=PAGE)
    return _render(
        "staff/bank_rows.html", found=call(LIST_BANK_ROWS, wanted), state=state, text=text, first=cursor is None
    )


@pages.get("/statements")
def statements() -> str:
    """The files, the newest first, and the place to send one."""
    return _statements(PageForm())


@pages.post("/statements")
@accepts_files
def take() -> Answer:
    """Takes a file; it is read in a moment."""
    form = PageForm.from_request()
    try:
        upload_id = request.form.get("statement", "")
        file = request.files.get("statement_file")
        received = receipt_for(upload_id) if upload_id else receipt_for_form_file(file, "bank_statement")
        taken = call(TAKE_STATEMENT, TakeStatement(receipt=received.token))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _statements(form.refused(problem, field="statement")), problem.status
    if taken.again:
        flash(_("这份文件以前已经提交过，下面是它的内容，没有重复入账。"), "warning")
    return redirect(url_for("staff_bank.statement", statement_id=taken.statement_id), 303)


@pages.get("/statements/<statement_id>")
def statement(statement_id: str) -> str:
    """One file: accounts and balances, what of it is new, and its rows."""
    return _statement(call(GET_STATEMENT, StatementRef(statement_id=statement_id)), PageForm())


@pages.post("/statements/<statement_id>")
def accept(statement_id: str) -> Answer:
    """Has the rows of a doubtful file matched, or of those of its parts that were chosen."""
    form = PageForm({**request.form, "parts": request.form.getlist("parts")})
    try:
        said = {name: form.raw(name) for name in ("note", "account", "parts") if form.raw(name)}
        step: Any = "set_aside" if form.value("step") == "set_aside" else "accept"
        call(ACCEPT_STATEMENT, entered(AcceptStatement, statement_id=statement_id, step=step, **said))
    except Problem as problem:
        if problem.code == "statement_unknown" or problem.status >= 500:
            raise
        shown = call(GET_STATEMENT, StatementRef(statement_id=statement_id))
        return _statement(shown, form.refused(problem)), problem.status
    flash(_("整份对账单已记下说明，不再待处理。") if step == "set_aside" else _("已认可，正在匹配。"), "success")
    return redirect(url_for("staff_bank.statement", statement_id=statement_id), 303)


@pages.get("/rows/<row_id>")
def row(row_id: str) -> str:
    """One row with the orders it may be for."""
    return _row(call(GET_BANK_ROW, BankRowRef(row_id=row_id)), PageForm())


@pages.post("/rows/<row_id>")
def decide(row_id: str) -> Answer:
    """Assigns, keeps as a part, returns, says which refund it is, or explains. What pays an order is asked about once:
    it cannot be taken back."""
    form = PageForm.from_request()
    step: Any = form.value("step")
    orders = [one for one in [*request.form.getlist("order_id"), *form.value("other_orders").split()] if one]
    try:
        if step not in get_args(RowStep):
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        asked = entered(
            DecideBankRow,
            row_id=row_id,
            step=step,
            order_ids=orders,
            with_rows=form.value("with_rows").split(),
            refund_id=form.value("refund_id") or None if step == "refund" else None,
            note=form.value("note"),
        )
        if step == "assign" and orders and not form.value("confirmed"):
            return _confirm(asked)
        view = call(DECIDE_BANK_ROW, asked)
    except Problem as problem:
        if problem.code == "bank_row_unknown" or problem.status >= 500:
            raise
        return _row(call(GET_BANK_ROW, BankRowRef(row_id=row_id)), form.refused(problem)), problem.status
    if step == "refund" and view.state == "waiting":
        flash(_("已提出，等另一位出纳在退款的页面确认到账。"), "success")
        return redirect(url_for("staff_refunds.refund", refund_id=asked.refund_id), 303)
    if step == "part":
        flash(_("已记为部分缴款，付款人会收到还差多少的通知。"), "success")
        return redirect(url_for("staff_bank.queue"), 303)
    flash(_("已办理：%(state)s", state=row_states()[view.state]), "success")
    return redirect(url_for("staff_bank.queue"), 303)


def _confirm(asked: DecideBankRow) -> str:
    """What assigning leads to, before it is done. Problems as of the step itself."""
    rows = [call(GET_BANK_ROW, BankRowRef(row_id=one)) for one in dict.fromkeys([asked.row_id, *asked.with_rows])]
    orders = {one.order_id: one for one in map(_order_called, asked.order_ids)}
    came, owed = sum(one.amount for one in rows), sum(max(0, one.amount - one.received) for one in orders.values())
    if came < owed:
        raise Problem("bank_rows_too_little", missing=owed - came)
    return _render(
        "staff/bank_confirm.html", asked=asked, rows=rows, orders=list(orders.values()), came=came, rest=came - owed
    )


def _order_called(name: str) -> FoundOrder:
    """By its id or a serial number: the one that can be paid. Problems ``bank_row_order_unknown``,
    ``bank_row_order_unclear``, ``bank_row_order_settled``."""
    number = name.upper()
    found = [
        one
        for one in call(FIND_ORDERS, FindOrders(text=name)).items
        if one.order_id == name or number in {one.serial_number, *(line.serial_number for line in one.lines)}
    ]
    pending = [one for one in found if one.state == "pending"]
    if not found:
        raise Problem("bank_row_order_unknown", number=name)
    if len(pending) > 1:
        raise Problem("bank_row_order_unclear", number=name)
    if not pending:
        raise Problem("bank_row_order_settled", number=name)
    return pending[0]


def _statements(form: PageForm) -> str:
    cursor = request.args.get("after") or None
    found = call(LIST_STATEMENTS, Page(cursor=cursor, limit=PAGE))
    return _render(
        "staff/bank_statements.html",
        found=found,
        form=form,
        first=cursor is None,
        limit=purpose_limit("bank_statement"),
        accept=FILES,
    )


def _statement(view: StatementView, form: PageForm) -> str:
    cursor = request.args.get("after") or None
    found = call(LIST_BANK_ROWS, ListBankRows(statement_id=view.statement_id, cursor=cursor, limit=PAGE))
    further = request.args.get("missing_after") or None
    lost = ListBankRows(missing_from=view.statement_id, cursor=further, limit=PAGE)
    return _render(
        "staff/bank_statement.html",
        view=view,
        found=found,
        missing=call(LIST_BANK_ROWS, lost) if view.missing else None,
        form=form,
        names=names_of([view.accepted_by]),
        first=cursor is None,
        parts=_parts_to_accept(view),
    )


def _parts_to_accept(view: StatementView) -> list[Part]:
    """What waits for a cashier's word, by its number among the accounts and periods of a file."""
    return [
        Part(str(number), part.account or _("没有写明账号"), _days_of(part))
        for number, part in enumerate(view.periods, start=1)
        if part.needs_acceptance
    ]


def _days_of(part: StatementPart) -> str:
    return f"{legal_date(part.begins)}–{legal_date(part.ends)}" if part.begins and part.ends else ""


def _row(view: BankRowView, form: PageForm) -> str:
    names = names_of(step.actor for step in view.actions)
    return _render("staff/bank_row.html", view=view, form=form, names=names)


def _render(template: str, **values: Any) -> str:
    words = {
        "states": row_states(),
        "reasons": row_reasons(),
        "statement_states": statement_states(),
        "refusals": refusals(),
        "evidence": evidence_words(),
        "actions": action_words(),
        "order_states": order_states(),
        "refund_states": refund_states(),
    }
    return render_template(template, **words, **values)
