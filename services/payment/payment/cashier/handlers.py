"""What a cashier asks of everything that is money at once. Nothing here changes any of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, TypeVar

from chassis.calendar import roll_forward, working_days_between
from chassis.clock import SHANGHAI, legal_date
from chassis.cursors import after_day, cursor
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.cashier import (
    MOST_FOUND,
    CashierWork,
    FindMoney,
    FoundMoney,
    ListOrdersWaiting,
    OrdersWaiting,
    WorkItem,
    WorkKind,
)

from payment.cashier import finding, work
from payment.cashier.model import asked
from payment.cashier.views import order_brief, payment_views
from payment.reconciliation.model import HOUR
from payment.refunds.views import refund_views
from payment.settings import payment_settings
from payment.statements.store import waits_since
from payment.statements.views import row_views

T = TypeVar("T")
MOST_NAMED = 5
"""Orders that a number has led to, whose serial numbers are looked for in notes."""
KINDS: tuple[Literal["orders", "payments", "rows", "refunds"], ...] = ("orders", "payments", "rows", "refunds")
_REFUNDS: dict[WorkKind, tuple[str, ...]] = {
    "refunds_held": ("held",),
    "refunds_to_approve": ("asked", "requested"),
    "refunds_to_confirm": ("attested",),
    "refunds_failed": ("failed",),
}


def cashier_work(_: Empty, uow: UnitOfWork) -> CashierWork:
    """Everything that waits for a cashier, by kind."""
    session, today = uow.session, uow.today()
    mismatched, mismatched_since = work.mismatched(session)
    to_send, to_send_since = work.refunds_to_send(session)
    told: list[tuple[WorkKind, tuple[int, date | None]]] = [
        ("rows_waiting", waits_since(session)),
        *_refunds(uow),
        ("refunds_to_send", (to_send, legal_date(to_send_since) if to_send_since else None)),
        ("payments_mismatched", (mismatched, legal_date(mismatched_since) if mismatched_since else None)),
        ("orders_overdue", work.overdue(session, today)),
        ("orders_due_again", work.due_again(session)),
        ("write_offs_to_approve", work.write_offs_to_approve(session)),
        ("differences", work.differences_waiting(session)),
        ("bills_missing", work.bills_missing(session)),
        ("statements_missing", _statements_missing(uow)),
    ]
    return CashierWork(on=today, items=[WorkItem(kind=kind, count=count, since=since) for kind, (count, since) in told])


def _refunds(uow: UnitOfWork) -> list[tuple[WorkKind, tuple[int, date | None]]]:
    waiting = work.refunds_waiting(uow.session)
    told: list[tuple[WorkKind, tuple[int, date | None]]] = []
    for kind, states in _REFUNDS.items():
        found = [waiting[state] for state in waiting if state in states]
        since = min((since for _, since in found), default=None)
        told.append((kind, (sum(count for count, _ in found), legal_date(since) if since else None)))
    return told


def _statements_missing(uow: UnitOfWork) -> tuple[int, date | None]:
    """Working days that are over, since the last statement; banks have the one of yesterday by the hour of the bills.
    A gap between two statements is a difference of their balances."""
    last = work.last_statement(uow.session) if payment_settings(uow.settings).bank else None
    if last is None:
        return 0, None
    now = uow.legal_now().astimezone(SHANGHAI)
    until = now.date() - timedelta(days=1 if now.hour >= HOUR else 2)
    count = working_days_between(last, until) if until > last else 0
    return count, roll_forward(last + timedelta(days=1)) if count else None


def list_orders_waiting(request: ListOrdersWaiting, uow: UnitOfWork) -> OrdersWaiting:
    """Problem ``request_invalid`` for a cursor that is none."""
    after, limit = after_day(request.cursor), request.limit
    found = work.orders_waiting(uow.session, request.queue, uow.today(), after, limit + 1)
    page = found[:limit]
    return OrdersWaiting(
        items=[order_brief(order, order.items[0]) for order in page],
        next_cursor=cursor(page[-1].pay_by, page[-1].order_id) if len(found) > limit else None,
    )


def find_money(request: FindMoney, uow: UnitOfWork) -> FoundMoney:
    """By a number of any kind, an amount, or words; who looked for what is written down."""
    what = asked(request.text)
    if not (what.spellings or what.fen or what.words or request.application_ids):
        return FoundMoney()
    session, limit = uow.session, MOST_FOUND + 1
    led_to = finding.orders_by_number(session, what, request.application_ids, limit)
    orders = finding.find_orders(session, what, led_to, limit)
    known = [order.order_id for order in orders[:MOST_FOUND]]
    payments = finding.find_payments(session, what, known, limit)
    named = [order.serial_number for order in orders if order.order_id in led_to][:MOST_NAMED]
    rows = finding.find_rows(session, what, known, named, limit)
    refunds = finding.find_refunds(session, what, known, limit)
    found: dict[str, Sequence[object]] = {"orders": orders, "payments": payments, "rows": rows, "refunds": refunds}
    uow.audit("money.search", subject=uow.actor.subject, text=request.text, found=sum(map(len, found.values())))
    return FoundMoney(
        orders=[order_brief(order, order.items[0]) for order in _some(orders)],
        payments=payment_views(_some(payments), uow),
        rows=row_views(_some(rows), uow),
        refunds=refund_views(_some(refunds), uow),
        more=[name for name in KINDS if len(found[name]) > MOST_FOUND],
    )


def _some(found: Sequence[T]) -> Sequence[T]:
    return found[:MOST_FOUND]
