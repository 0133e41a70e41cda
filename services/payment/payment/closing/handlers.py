"""The trial balance of any day, and the close of those that are over."""

from __future__ import annotations

from datetime import date, timedelta

from chassis.clock import SHANGHAI
from chassis.cursors import after_day, cursor
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.books import (
    AccountBalance,
    Closing,
    ClosingList,
    Income,
    ListClosings,
    MonthlyIncome,
    TrialBalance,
    TrialBalanceOf,
)

from payment.closing.model import CLOSE_HOUR, Day, balances_are_zero, day_of, digest, read, stored
from payment.closing.store import (
    LedgerClosing,
    booked,
    closings,
    entries_of,
    income,
    last_closing,
    next_open_day,
    stop_booking,
    titles,
)

_log = logger("payment.closing")


def trial_balance(request: TrialBalanceOf, uow: UnitOfWork) -> TrialBalance:
    """Every account on a day: of a closed one the frozen figures, compared with what the entries say."""
    today = uow.today()
    day = request.day or today
    last = last_closing(uow.session)
    closed = last is not None and day <= last.day
    frozen = last_closing(uow.session, day)
    own = frozen if frozen and frozen.day == day else None
    figures = read(own.figures) if own else _figures(uow, day, frozen)
    names = titles(uow.session)
    agrees = balances_are_zero(figures) and (own is None or _holds(uow, own))
    return TrialBalance(
        day=day,
        today=today,
        lines=[
            AccountBalance(
                account=account,
                title_zh=names[account][0],
                title_en=names[account][1],
                opening=one.opening,
                debit=one.debit,
                credit=one.credit,
                closing=one.closing,
            )
            for account, one in figures.items()
        ],
        entries=own.entries if own else entries_of(uow.session, day)[0],
        closed=closed,
        closed_at=own.closed_at if own else None,
        sha256=own.sha256 if own else None,
        agrees=agrees,
    )


def _figures(uow: UnitOfWork, day: date, before: LedgerClosing | None) -> Day:
    """From the last closed day on."""
    opening = {account: one.closing for account, one in read(before.figures).items()} if before else {}
    earlier = booked(uow.session, before.day if before else None, day - timedelta(days=1))
    for account, (debit, credit) in earlier.items():
        opening[account] = opening.get(account, 0) + debit - credit
    return day_of(opening, booked(uow.session, day - timedelta(days=1), day))


def _holds(uow: UnitOfWork, closing: LedgerClosing) -> bool:
    """Whether the entries of a closed day are those that it was closed with."""
    entries, entries_sha256 = entries_of(uow.session, closing.day)
    moved = booked(uow.session, closing.day - timedelta(days=1), closing.day)
    kept = read(closing.figures)
    told = digest(closing.day, kept, closing.entries, closing.entries_sha256, closing.before)
    return (entries, entries_sha256, told) == (closing.entries, closing.entries_sha256, closing.sha256) and {
        account: (one.debit, one.credit) for account, one in kept.items() if one.debit or one.credit
    } == moved


def close_days(uow: UnitOfWork) -> int:
    """Sweeper: closes the first day that is over, by the legal clock, and has entries; returns how many it closed.

    Nothing is booked meanwhile; what is booked later for that day goes into the next (a trigger).
    """
    now = uow.legal_now().astimezone(SHANGHAI)
    over = now.date() if now.hour >= CLOSE_HOUR else now.date() - timedelta(days=1)
    if next_open_day(uow.session, over) is None:
        return 0
    stop_booking(uow.session)
    day = next_open_day(uow.session, over)
    if day is None:
        return 0  # another replica was faster
    before = last_closing(uow.session)
    figures = _figures(uow, day, before)
    entries, entries_sha256 = entries_of(uow.session, day)
    if not balances_are_zero(figures):
        _log.error("books_do_not_balance", day=day.isoformat())
        return 0
    sha256 = digest(day, figures, entries, entries_sha256, before.sha256 if before else "")
    uow.session.add(
        LedgerClosing(
            day=day,
            entries=entries,
            entries_sha256=entries_sha256,
            figures=stored(figures),
            before=before.sha256 if before else "",
            sha256=sha256,
        )
    )
    uow.audit("books.close", subject=day.isoformat(), entries=entries, sha256=sha256)
    return 1


def list_closings(request: ListClosings, uow: UnitOfWork) -> ClosingList:
    """Closed days, the newest first. Problem ``request_invalid`` for a cursor that is none."""
    before = after_day(request.cursor)
    rows = closings(uow.session, before[0] if before else None, request.limit + 1)
    page = rows[: request.limit]
    return ClosingList(
        items=[Closing(day=one.day, closed_at=one.closed_at, entries=one.entries, sha256=one.sha256) for one in page],
        next_cursor=cursor(page[-1].day, "") if len(rows) > request.limit else None,
    )


def income_by_month(_: Empty, uow: UnitOfWork) -> Income:
    """The last twelve months by method."""
    this_month = uow.now().astimezone(SHANGHAI).date().replace(day=1)
    since = this_month.replace(year=this_month.year - 1)
    return Income(
        items=[
            MonthlyIncome(month=row.month, method=row.method, received=row.received, refunded=row.refunded)
            for row in income(uow.session, since)
        ]
    )
