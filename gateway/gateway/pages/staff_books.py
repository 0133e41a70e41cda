"""账目: the trial balance of a day, closed days, and what came in by month."""

from __future__ import annotations

from datetime import date

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.books import INCOME, LIST_CLOSINGS, TRIAL_BALANCE, ListClosings, TrialBalance, TrialBalanceOf
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.income_chart import chart
from gateway.pages.refund_words import method_words
from gateway.pages.sheets import amount, csv_file
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.languages import language

pages = staff_only(Blueprint("staff_books", __name__, url_prefix="/staff/books"), "cashier", "administrator")
CLOSINGS = 60


@pages.get("")
def trial_balance() -> str:
    """The day that is asked for, or today; the closed days beside it."""
    balance = _balance()
    closed = call(LIST_CLOSINGS, ListClosings(limit=CLOSINGS)).items
    return render_template("staff/books.html", balance=balance, closed=closed, title=_title)


@pages.get("/trial-balance.csv")
def trial_balance_file() -> Response:
    """The same, for a spreadsheet: amounts in yuan."""
    balance = _balance()
    heading = [_("科目"), _("名称"), _("期初余额"), _("借方"), _("贷方"), _("期末余额")]
    rows = [
        [line.account, _title(line), *map(amount, (line.opening, line.debit, line.credit, line.closing))]
        for line in balance.lines
    ]
    frozen = [[], [_("日结"), balance.closed_at.isoformat(), balance.sha256]] if balance.closed_at else []
    return csv_file(f"trial-balance-{balance.day}", heading, [*rows, *frozen])


@pages.get("/income")
def income() -> str:
    """A year of months by method, as a picture and as numbers."""
    items = call(INCOME, Empty()).items
    return render_template("staff/income.html", items=items, chart=chart(items), methods=method_words())


def _balance() -> TrialBalance:
    """Problem ``request_invalid`` for a day that is none."""
    wanted = request.args.get("day", "").strip()
    try:
        asked = TrialBalanceOf(day=date.fromisoformat(wanted) if wanted else None)
    except ValueError:
        raise Problem("request_invalid", errors=[FieldError("day", "value_error")]) from None
    return call(TRIAL_BALANCE, asked)


def _title(line: object) -> str:
    return str(getattr(line, "title_en" if language() == "en" else "title_zh"))
