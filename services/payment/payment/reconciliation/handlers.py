"""A day is compared with each provider's bill once it is there; it can be compared again, with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from chassis.clock import SHANGHAI
from chassis.cursors import after_day, cursor
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.telemetry import logger
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, place
from chassis.work.store import claim, give_back
from contracts.books import (
    Difference,
    ExplainDifference,
    ListReconciliations,
    Reconciliation,
    ReconciliationList,
    ReconciliationOf,
    ReconciliationView,
)
from contracts.payment import Method

from payment.providers.accounts import provider_for
from payment.providers.bills import BillRow
from payment.providers.model import Bill, ProviderRefused, ProviderUnavailable
from payment.reconciliation.bank import bank_day, days_of, missing_rows
from payment.reconciliation.model import DAYS_BACK, HOUR, Found, Record, compare
from payment.reconciliation.store import (
    DayCompared,
    DifferenceFound,
    count_open,
    days,
    differences_of,
    find_day,
    known_days,
    records_by_number,
    records_of,
    tallies,
    waiting_elsewhere,
)
from payment.settings import payment_settings

SYSTEM = "system"
ROW_WAITS = "waiting"
"""``their_state`` of a bank's row that is in the cashiers' queue: open, and no news to who reads the log."""
_OFFICE = Sender(Rank.OFFICE, "reconciliation")
_log = logger("payment.reconciliation")


def plan_days(uow: UnitOfWork) -> int:
    """Sweeper: from the hour on at which bills are there, by the legal clock, the last days that are over wait for
    theirs; returns how many were added."""
    now = uow.legal_now().astimezone(SHANGHAI)
    last = now.date() - timedelta(days=1 if now.hour >= HOUR else 2)
    wanted = [last - timedelta(days=back) for back in range(DAYS_BACK)]
    known = known_days(uow.session, wanted[-1])
    missing = [(day, method) for day in reversed(wanted) for method in _methods(uow) if (day, method) not in known]
    for day, method in missing:
        _enter(day, method, uow)
    return len(missing)


def _methods(uow: UnitOfWork) -> list[Method]:
    accounts = payment_settings(uow.settings)
    offered: list[tuple[Method, object]] = [("wechat", accounts.wechat), ("alipay", accounts.alipay)]
    return [method for method, account in offered if account]


def _enter(day: date, method: Method, uow: UnitOfWork) -> DayCompared:
    row = DayCompared(reconciliation_id=new_id("rcn"), day=day, method=method, state="waiting")
    place(uow, row, _OFFICE)
    uow.session.add(row)
    uow.session.flush()
    return row


def compare_days(uow: UnitOfWork) -> int:
    """Sweeper: takes one day from the queue, gets its bill and compares. Returns how many it took.

    A bill that cannot be had is asked for again, ever more rarely; after a dozen times the day is *failed*, until
    somebody runs it again.
    """
    row = claim(uow.ask, DayCompared, Rank.OFFICE)
    if row is None:
        return 0
    day, method = row.day, row.method
    if method == "bank":
        _compare_bank(day, uow)
        return 1
    if row.attempts > row.TERMS.attempts:
        _end(day, method, "failed", uow)
        return 1
    try:
        bill = provider_for(method, uow.settings).bill(day)
    except (ProviderUnavailable, ProviderRefused) as error:
        _log.warning("bill_missing", day=day.isoformat(), method=method, error=str(error))
        give_back(uow.ask, row, counted=True, error=str(error))
        return 1
    ours, found = _compared(day, method, bill, uow)
    _write_down(day, method, bill, ours, found, uow)
    return 1


def _compare_bank(day: date, uow: UnitOfWork) -> None:
    """Rows of statements are there already. What comes while they are compared waits for the lock, and has the day
    compared again."""
    find_day(uow.session, day, "bank", lock=True)
    said = bank_day(day, uow)
    ours, found = _compared(day, "bank", said.bill, uow)
    _write_down(day, "bank", said.bill, ours, said.explained(found), uow)


def _compared(day: date, method: Method, bill: Bill, uow: UnitOfWork) -> tuple[list[Record], list[Found]]:
    ours = records_of(uow.session, method, day)
    others = records_by_number(uow.session, method, [row.number for row in bill.rows])
    return ours, compare(day, ours, bill.rows, others)


def _write_down(
    day: date, method: Method, bill: Bill, ours: Sequence[Record], found: Sequence[Found], uow: UnitOfWork
) -> None:
    _keep(day, method, found, uow)
    _settle_elsewhere(day, method, bill.rows, found, uow)
    row = _end(day, method, "done", uow)
    row.our_payments = sum(one.amount for one in ours if one.what == "payment" and one.good)
    row.our_refunds = sum(one.amount for one in ours if one.what == "refund" and one.good)
    row.their_payments = sum(one.amount for one in bill.rows if one.what == "payment" and one.good)
    row.their_refunds = sum(one.amount for one in bill.rows if one.what == "refund" and one.good)
    row.rows, row.bill_sha256, row.compared_at = len(bill.rows), bill.sha256, uow.now()
    uow.audit("reconciliation.compare", subject=f"{method} {day}", rows=len(bill.rows), differences=len(found))
    unexplained = [one for one in found if not one.why and one.their_state != ROW_WAITS]
    if unexplained:
        _log.warning("reconciliation_differs", day=day.isoformat(), method=method, differences=len(unexplained))


def _end(day: date, method: Method, state: str, uow: UnitOfWork) -> DayCompared:
    row = find_day(uow.session, day, method)
    assert row is not None
    row.state, row.lease, row.leased_until = state, None, None
    return row


def _keep(day: date, method: Method, found: Sequence[Found], uow: UnitOfWork) -> None:
    """What is found stays what it was, with its explanation; what is not found any more is cleared."""
    known = {(row.what, row.number): row for row in differences_of(uow.session, day, method)}
    for one in found:
        row = known.pop(one.key, None)
        if row is None:
            row = DifferenceFound(difference_id=new_id("dif"), day=day, method=method, what=one.what, number=one.number)
            uow.session.add(row)
        elif (row.kind, row.ours, row.theirs) != (one.kind, one.ours, one.theirs) or row.cleared_at:
            row.explanation, row.explained_by, row.explained_at = "", None, None
        elif not one.why and row.explained_by == SYSTEM and row.explanation.startswith("row:"):
            row.explanation, row.explained_by, row.explained_at = "", None, None  # the bank's row waits again
        row.kind, row.ours, row.theirs = one.kind, one.ours, one.theirs
        row.our_state, row.their_state, row.cleared_at = one.our_state, one.their_state, None
        if one.why and row.explained_by in (None, SYSTEM) and row.explanation != one.why:
            _explain(row, one.why, SYSTEM, uow)
    for row in known.values():
        row.cleared_at = row.cleared_at or uow.now()
    uow.session.flush()


def _settle_elsewhere(
    day: date, method: Method, rows: Sequence[BillRow], found: Sequence[Found], uow: UnitOfWork
) -> None:
    """What was missing on the bill of another day is on this one: that day's difference is explained."""
    alike = {row.number for row in rows} - {one.number for one in found if one.kind != "timing"}
    for other in waiting_elsewhere(uow.session, day, method, alike):
        if other.kind in ("timing", "missing_there"):
            _explain(other, f"billed:{day.isoformat()}", SYSTEM, uow)


def _explain(row: DifferenceFound, words: str, who: str, uow: UnitOfWork) -> None:
    row.explanation, row.explained_by, row.explained_at = words, who, uow.now()


def list_reconciliations(request: ListReconciliations, uow: UnitOfWork) -> ReconciliationList:
    """Days with providers, the newest first. Problem ``request_invalid`` for a cursor that is none."""
    before, limit = after_day(request.cursor), request.limit
    found = days(uow.session, before, limit + 1, open_only=request.open_only)
    page = found[:limit]
    return ReconciliationList(
        items=_views(page, uow),
        next_cursor=cursor(page[-1].day, page[-1].reconciliation_id) if len(found) > limit else None,
        open=count_open(uow.session),
    )


def _views(rows: Sequence[DayCompared], uow: UnitOfWork) -> list[Reconciliation]:
    counted = tallies(uow.session, rows)
    return [
        Reconciliation(
            day=row.day,
            method=row.method,
            state=row.state,  # type: ignore[arg-type]  # a CHECK constraint knows the values
            our_payments=row.our_payments,
            our_refunds=row.our_refunds,
            their_payments=row.their_payments,
            their_refunds=row.their_refunds,
            rows=row.rows,
            differences=counted.get((row.day, row.method), (0, 0))[0],
            open=counted.get((row.day, row.method), (0, 0))[1],
            compared_at=row.compared_at,
            problem=row.last_error if row.state != "done" else "",
        )
        for row in rows
    ]


def get_reconciliation(request: ReconciliationOf, uow: UnitOfWork) -> ReconciliationView:
    """One day with one provider, and every difference. Problem ``reconciliation_unknown``."""
    row = find_day(uow.session, request.day, request.method)
    if row is None:
        raise Problem("reconciliation_unknown")
    differences = [_difference(one) for one in differences_of(uow.session, request.day, request.method)]
    missing = missing_rows(request.day, uow) if request.method == "bank" else []
    return ReconciliationView(reconciliation=_views([row], uow)[0], differences=differences, missing=missing)


def _difference(row: DifferenceFound) -> Difference:
    facts = {name: getattr(row, name) for name in Difference.model_fields if hasattr(row, name)}
    return Difference.model_validate(facts)


def reconcile_again(request: ReconciliationOf, uow: UnitOfWork) -> Reconciliation:
    """Gets the bill once more and compares. Problems: ``request_invalid`` for a day that is not over;
    ``payment_method_unavailable``."""
    if request.day >= uow.today():
        raise Problem("request_invalid", errors=[FieldError("day", "value_error")])
    if request.method != "bank":
        provider_for(request.method, uow.settings)
    row = _again(request.day, request.method, uow)
    uow.audit("reconciliation.again", subject=f"{request.method} {request.day}")
    uow.session.flush()
    return _views([row], uow)[0]


def _again(day: date, method: Method, uow: UnitOfWork) -> DayCompared:
    row = find_day(uow.session, day, method, lock=True)
    if row is None:
        return _enter(day, method, uow)
    if row.state != "waiting":
        place(uow, row, _OFFICE)
        row.state = "waiting"
    return row


def statement_came(statement_id: str, uow: UnitOfWork) -> None:
    """The days that a statement says something of are compared with it, by the sweeper."""
    for day in days_of(statement_id, uow):
        _again(day, "bank", uow)


def row_decided(day: date, uow: UnitOfWork) -> None:
    """What became of a row of a statement is compared again, if its day was."""
    if find_day(uow.session, day, "bank") is not None:
        _again(day, "bank", uow)


def explain_difference(request: ExplainDifference, uow: UnitOfWork) -> Difference:
    """A cashier says why. Problems ``difference_unknown``; ``request_invalid`` without words; ``bank_row_waits``: the
    row itself is settled, returned or explained."""
    row = uow.session.get(DifferenceFound, request.difference_id, with_for_update=True)
    if row is None:
        raise Problem("difference_unknown")
    if not request.explanation.strip():
        raise Problem("request_invalid", errors=[FieldError("explanation", "missing")])
    if row.their_state == ROW_WAITS:
        raise Problem("bank_row_waits")
    _explain(row, request.explanation, uow.actor.subject, uow)
    uow.audit("reconciliation.explain", subject=row.difference_id, kind=row.kind)
    uow.session.flush()
    return _difference(row)
